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
├── NothingInForce      409: there is no published version to compare with
└── ReviewIncomplete    400: a failure without a word why
"""

from collections.abc import Sequence

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
    code = "incomplete"
    message = _("Say in a comment why the criterion is not met.")


class StandardNotReady(QualityError):
    """``problems`` are those of ``quality.rules.standard_problems``."""

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
