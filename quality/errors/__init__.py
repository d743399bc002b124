"""What quality refuses; each refusal has a stable code, an HTTP status and a sentence for people.

QualityError
├── NotFound            404: what the actor may not see does not exist
├── NotClosed           409: a conversation is rated when it is over
├── RatingSettled       409: a rating may be changed for an hour
├── PublishedForGood    409: a published standard never changes
├── WeightsNotHundred   400: a standard's weights must sum to 100
├── UnknownCheck        400: a criterion names a check that does not exist
├── StandardNotReady    400: something in a draft keeps it from being published
├── ChangedMeanwhile    409: somebody else saved the draft since it was read
├── AnotherScheduled    409: one version waits for its moment already
├── MomentPassed        400: a standard cannot begin in the past
├── ReviewIncomplete    400: ``problems`` names by criterion what its rating lacks
├── ReviewSettled       409: acknowledged, disputed or final: its reviewer changes it no more
├── DisputeTooLate      409: the agent's time to answer is over
├── DisputeSettled      409: a dispute is settled once
├── WordsMissing        400: a dispute and its decision need words
├── ConfirmationDone    409: somebody has decided already
├── SamplingRefused     400: a plan's settings make no sense
├── SurveyAnswered      409: a survey is answered once
├── SurveyOver          410: its time has passed
├── AnswerIncomplete    400: ``codes`` names the questions without a possible answer
├── FollowUpDone        409: somebody has looked into it already
├── NothingInForce      409: there is no published version to compare with
├── OutcomeMissing      400: what came of it is not said
├── PracticeSettled     409: this step does not follow from the practice's state
├── AnswerConfirms      400: ``words`` of a public answer that would confirm a borrower or disclose something
├── ApproveOwn          409: another person approves
├── AnswerNotApproved   409: nobody has approved it yet
├── TrainingRuns        409: the same model is being trained already
├── CalibrationRefused  400: ``reason`` says what is wrong with a session that is to begin
├── CalibrationOver     409: it is closed already
├── PeriodClosed        409: a review of a closed month changes with two people and a reason only
├── PeriodNotReady      409: ``reason`` says what keeps a month open, or a change from being late
├── LateChangeDone      409: somebody has decided about it already
└── EntryNotTaken       400: ``reason`` says which promise an entry of a lexicon broke, ``about`` with which example
"""

from quality.errors.base import (
    NotFound,
    QualityError,
)
from quality.errors.periods import (
    LateChangeDone,
    PeriodClosed,
    PeriodNotReady,
)
from quality.errors.reviews import (
    CalibrationOver,
    CalibrationRefused,
    ConfirmationDone,
    DisputeSettled,
    DisputeTooLate,
    ReviewIncomplete,
    ReviewSettled,
    SamplingRefused,
    WordsMissing,
)
from quality.errors.standards import (
    AnotherScheduled,
    ChangedMeanwhile,
    EntryNotTaken,
    MomentPassed,
    NothingInForce,
    PublishedForGood,
    StandardNotReady,
    TrainingRuns,
    UnknownCheck,
    WeightsNotHundred,
)
from quality.errors.voice import (
    AnswerConfirms,
    AnswerIncomplete,
    AnswerNotApproved,
    ApproveOwn,
    FollowUpDone,
    NotClosed,
    OutcomeMissing,
    PracticeSettled,
    RatingSettled,
    SurveyAnswered,
    SurveyOver,
)

__all__ = [
    "AnotherScheduled",
    "AnswerConfirms",
    "AnswerIncomplete",
    "AnswerNotApproved",
    "ApproveOwn",
    "CalibrationOver",
    "CalibrationRefused",
    "ChangedMeanwhile",
    "ConfirmationDone",
    "DisputeSettled",
    "DisputeTooLate",
    "EntryNotTaken",
    "FollowUpDone",
    "LateChangeDone",
    "MomentPassed",
    "NotClosed",
    "NotFound",
    "NothingInForce",
    "OutcomeMissing",
    "PeriodClosed",
    "PeriodNotReady",
    "PracticeSettled",
    "PublishedForGood",
    "QualityError",
    "RatingSettled",
    "ReviewIncomplete",
    "ReviewSettled",
    "SamplingRefused",
    "StandardNotReady",
    "SurveyAnswered",
    "SurveyOver",
    "TrainingRuns",
    "UnknownCheck",
    "WeightsNotHundred",
    "WordsMissing",
]
