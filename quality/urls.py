"""Addresses of quality."""

from django.urls import path

from quality.api import metrics, ratings
from quality.api import surveys as surveys_api
from quality.views import drivers, follow_ups, forecasts, models, overview, public_reviews, scores, surveys

urlpatterns = [
    path("quality/", overview.show_overview, name="quality"),
    path("quality/scores/<int:id>/", scores.show_score, name="quality-score"),
    path("quality/scores/<int:id>/review/", scores.submit_card, name="quality-review"),
    path("api/v1/ratings", ratings.OwnRatings.as_view(), name="own-ratings"),
    path("api/v1/conversations/<uuid:conversation>/rating", ratings.ConversationRating.as_view(), name="rating"),
    path("quality/voice/", surveys.show_voice, name="quality-voice"),
    path("quality/voice/surveys/<slug:survey>/", surveys.set_survey, name="quality-survey"),
    path("quality/voice/stops/", surveys.leave_in_peace, name="quality-survey-stop"),
    path("quality/voice/stops/<int:stop>/lift/", surveys.lift_stop, name="quality-survey-stop-lift"),
    path("quality/follow-ups/", follow_ups.show_follow_ups, name="quality-follow-ups"),
    path("quality/follow-ups/<int:follow_up>/take/", follow_ups.take, name="quality-follow-up-take"),
    path("quality/follow-ups/<int:follow_up>/finish/", follow_ups.finish, name="quality-follow-up-finish"),
    path("surveys/<str:survey_token>/", surveys.answer, name="survey"),
    path("api/v1/surveys/waiting", surveys_api.WaitingSurvey.as_view(), name="waiting-survey"),
    path("api/v1/surveys/<int:invite>", surveys_api.SurveyAnswers.as_view(), name="survey-answers"),
    path("api/v1/quality/metrics", metrics.Metrics.as_view(), name="quality-metrics"),
    path("quality/public/", public_reviews.show_reviews, name="public-reviews"),
    path("quality/public/file/", public_reviews.import_file, name="public-reviews-file"),
    path("quality/public/paste/", public_reviews.paste, name="public-reviews-paste"),
    path("quality/public/<int:public_review>/", public_reviews.show_review, name="public-review"),
    path("quality/public/<int:public_review>/work/", public_reviews.work, name="public-review-work"),
    path("quality/public/<int:public_review>/answer/", public_reviews.draft, name="public-review-draft"),
    path("quality/public/answers/<int:public_answer>/", public_reviews.settle, name="public-answer"),
    path("quality/public/guesses/<int:guess>/", public_reviews.decide, name="author-guess"),
    path("quality/models/", models.show_models, name="quality-models"),
    path("quality/models/train/", models.train, name="quality-model-train"),
    path("quality/models/<int:model>/put-in-force/", models.put_in_force, name="quality-model-force"),
    path("quality/models/<int:model>/retire/", models.retire, name="quality-model-retire"),
    path("quality/forecasts/", forecasts.show_forecasts, name="quality-forecasts"),
    path("quality/drivers/", drivers.show_drivers, name="quality-drivers"),
]
