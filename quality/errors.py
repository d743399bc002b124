"""What quality refuses; each refusal has a stable code, an HTTP status and a sentence for people.

QualityError
├── NotFound            404: what the actor may not see does not exist
├── NotClosed           409: a conversation is rated when it is over
├── RatingSettled       409: a rating may be changed for an hour
├── PublishedForGood    409: a published standard never changes
├── WeightsNotHundred   400: a standard's weights must sum to 100
├── UnknownCheck        400: a criterion names a check that does not exist
└── ReviewIncomplete    400: a failure without a word why
"""

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
