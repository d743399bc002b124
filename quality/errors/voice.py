"""Refusals about what borrowers say, and what is answered in public; about practices."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from quality.errors.base import QualityError


class NotClosed(QualityError):
    code = "not_closed"
    status = 409
    message = _("You can rate the conversation when it is over.")


class RatingSettled(QualityError):
    code = "rating_settled"
    status = 409
    message = _("You have already rated this conversation. Thank you.")


class SurveyAnswered(QualityError):
    code = "survey_answered"
    status = 409
    message = _("You have answered already. Thank you.")


class SurveyOver(QualityError):
    code = "survey_over"
    status = 410
    message = _("This survey is over. Thank you for coming by.")


class AnswerIncomplete(QualityError):
    code = "answers"
    message = _("Choose an answer to every question.")

    def __init__(self, codes: list[str]) -> None:
        super().__init__()
        self.codes = codes


class FollowUpDone(QualityError):
    code = "follow_up_done"
    status = 409
    message = _("Somebody has looked into this already.")


class OutcomeMissing(QualityError):
    code = "outcome"
    message = _("Write what came of it.")


class AnswerConfirms(QualityError):
    code = "confirms"
    message = _("A public answer must not show that its author is a borrower.")

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__()
        self.words = list(words)


class ApproveOwn(QualityError):
    code = "approve_own"
    status = 409
    message = _("Somebody else has to approve what you wrote.")


class AnswerNotApproved(QualityError):
    code = "not_approved"
    status = 409
    message = _("The answer is not approved yet.")


class PracticeSettled(QualityError):
    code = "practice_settled"
    status = 409
    message = _("This step does not follow from the state of the practice.")
