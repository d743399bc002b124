"""The kinds of promised work of quality; ``quality.tasks`` says what each does."""

SCORE = "score_conversation"
PUT_IN_FORCE = "put_standard_in_force"
RESCORE = "rescore_slice"
SURVEY = "ask_survey"
FORECAST = "forecast_complaint"
TRAIN = "train_model"
