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

from collections.abc import Sequence
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from identity.errors import DeskError


class QualityError(DeskError):
    code = "quality"


class NotFound(QualityError):
    code = "not_found"
    status = 404
    message = _("There is no such score.")


class NotClosed(QualityError):
    code = "not_closed"
    status = 409
    message = _("You can rate the conversation when it is over.")


class RatingSettled(QualityError):
    code = "rating_settled"
    status = 409
    message = _("You have already rated this conversation. Thank you.")


class PublishedForGood(QualityError):
    code = "published"
    status = 409
    message = _("A published standard does not change. Make a new version.")


class WeightsNotHundred(QualityError):
    code = "weights"
    message = _("The weights of a standard must sum to 100.")


class UnknownCheck(QualityError):
    code = "unknown_check"
    message = _("There is no such automatic check.")


class ReviewIncomplete(QualityError):
    """``problems`` are codes by criterion: ``value``, ``na``, ``cause``, ``comment``, ``evidence``."""

    code = "incomplete"
    message = _("The review is not complete: a failure needs its cause, the words it rests on and a comment.")

    def __init__(self, problems: dict[int, list[str]] | None = None) -> None:
        super().__init__()
        self.problems = problems or {}


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


class StandardNotReady(QualityError):
    code = "not_ready"
    message = _("The draft cannot be published yet: look at the marked places.")

    def __init__(self, problems: Sequence[object] = ()) -> None:
        super().__init__()
        self.problems = problems


class ChangedMeanwhile(QualityError):
    code = "changed_meanwhile"
    status = 409
    message = _(
        "Somebody else has changed this meanwhile. Nothing of yours is lost: look at what is new and save again."
    )


class AnotherScheduled(QualityError):
    code = "another_scheduled"
    status = 409
    message = _("Another version waits for its moment. Call it back first.")


class MomentPassed(QualityError):
    code = "moment_passed"
    message = _("This moment has passed. Choose a later one.")


class NothingInForce(QualityError):
    code = "nothing_in_force"
    status = 409
    message = _("No version of this standard is in force, so there is nothing to compare with.")


class EntryNotTaken(QualityError):
    code = "entry_not_taken"
    REASONS: ClassVar = {
        "unknown_lexicon": _("There is no such lexicon."),
        "empty": _("Write the words to look for."),
        "no_examples": _("Give at least one sentence it must find and one it must not."),
        "not_words": _("Write one to eight words, or choose a regular expression."),
        "not_a_pattern": _("This is not a regular expression."),
        "matches_nothing": _("It finds an empty place: make it more particular."),
        "repeats_repetition": _("A repetition inside a repetition may never come to an end."),
        "too_slow": _("It is too slow: more than 2 ms on 10,000 characters."),
        "example_not_found": _("It does not find this sentence, and should."),
        "example_found": _("It finds this sentence, and should not."),
        "known_already": _("This wording is in the lexicon already."),
    }

    def __init__(self, reason: str, about: str = "") -> None:
        super().__init__()
        self.reason, self.about = reason, about
        self.message = self.REASONS[reason]


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


class TrainingRuns(QualityError):
    code = "training_runs"
    status = 409
    message = _("This model is being trained already.")


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


class PeriodClosed(QualityError):
    code = "period_closed"
    status = 409
    message = _("The month of this conversation is closed: a change of its review needs a reason and a second person.")


class PeriodNotReady(CalibrationRefused):
    code = "period_not_ready"
    status = 409
    REASONS: ClassVar = {
        "open": _("This month is not closed: change the review itself."),
        "month": _("A month can be closed once it is over."),
        "closed": _("This month is closed already."),
        "waiting": _("Reviews of this month still wait for their agent's answer, or are disputed."),
    }


class LateChangeDone(QualityError):
    code = "late_change_done"
    status = 409
    message = _("Somebody has decided about this change already.")
