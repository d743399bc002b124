"""How well: versioned service standards, automatic scores with evidence, reviews, and what borrowers say."""

from quality.models.calibration import CalibrationSession
from quality.models.checks import CheckQuality, CheckSetting, LexiconEntry
from quality.models.coaching import CoachingSession, Pin
from quality.models.forecasts import ComplaintForecast
from quality.models.metrics import MetricDay
from quality.models.mystery import MysteryProgramme, MysteryScenario, MysteryVisit, PlantedBorrower
from quality.models.notices import OpenedNotice
from quality.models.practices import Practice, PracticeAdoption, PracticeEffect
from quality.models.public_reviews import AuthorGuess, PublicAnswer, PublicReview
from quality.models.reviews import ClosedPeriod, Dispute, LateChange, Rating, Review, ReviewRevision
from quality.models.sampling import ReviewTask, SamplingPlan
from quality.models.scores import Confirmation, Finding, FindingLabel, Rescoring, Score, Verdict
from quality.models.standards import Criterion, CriticalClass, Section, ServiceStandard, StandardVersion
from quality.models.surveys import (
    FollowUp,
    Survey,
    SurveyAnswer,
    SurveyInvite,
    SurveyResponse,
    SurveyStop,
    SurveyVersion,
)
from quality.models.trained import ModelKind, TrainedModel, Training

__all__ = [
    "AuthorGuess",
    "CalibrationSession",
    "CheckQuality",
    "CheckSetting",
    "ClosedPeriod",
    "CoachingSession",
    "ComplaintForecast",
    "Confirmation",
    "Criterion",
    "CriticalClass",
    "Dispute",
    "Finding",
    "FindingLabel",
    "FollowUp",
    "LateChange",
    "LexiconEntry",
    "MetricDay",
    "ModelKind",
    "MysteryProgramme",
    "MysteryScenario",
    "MysteryVisit",
    "OpenedNotice",
    "Pin",
    "PlantedBorrower",
    "Practice",
    "PracticeAdoption",
    "PracticeEffect",
    "PublicAnswer",
    "PublicReview",
    "Rating",
    "Rescoring",
    "Review",
    "ReviewRevision",
    "ReviewTask",
    "SamplingPlan",
    "Score",
    "Section",
    "ServiceStandard",
    "StandardVersion",
    "Survey",
    "SurveyAnswer",
    "SurveyInvite",
    "SurveyResponse",
    "SurveyStop",
    "SurveyVersion",
    "TrainedModel",
    "Training",
    "Verdict",
]
