"""Refusals about reviews, disputes, critical failures, sampling and calibration."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from quality.errors.base import QualityError


class ReviewIncomplete(QualityError):
    """``problems`` are codes by criterion: ``value``, ``na``, ``cause``, ``comment``, ``evidence``."""

    code = "incomplete"
    message = _("The review is not complete: a failure needs its cause, the words it rests on and a comment.")

    def __init__(self, problems: dict[int, list[str]] | None = None) -> None:
        super().__init__()
        self.problems = problems or {}


class ReviewSettled(QualityError):
    code = "review_settled"
    status = 409
    message = _("This review can no longer be changed here.")


class DisputeTooLate(QualityError):
    code = "too_late"
    status = 409
    message = _("The time to answer this review is over.")


class DisputeSettled(QualityError):
    code = "dispute_settled"
    status = 409
    message = _("This dispute is settled already.")


class WordsMissing(QualityError):
    code = "words"
    message = _("Write why.")


class ConfirmationDone(QualityError):
    code = "confirmation_done"
    status = 409
    message = _("Somebody has decided this already.")


class SamplingRefused(QualityError):
    code = "plan"
    message = _("These settings of the plan make no sense.")


class CalibrationRefused(QualityError):
    code = "calibration"
    message = _("This calibration cannot begin.")
    REASONS: ClassVar = {
        "raters": _("Two people at least have to rate."),
        "scores": _("There are no such conversations to rate."),
        "own": _("One of the raters answered one of these conversations: nobody rates their own work."),
        "reference": _("The reference rater has to be one of the raters."),
        "deadline": _("The deadline is over already."),
    }

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason, self.message = reason, self.REASONS[reason]


class CalibrationOver(QualityError):
    code = "calibration_over"
    status = 409
    message = _("This calibration is closed.")
