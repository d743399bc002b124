"""An agent opens what they are told."""

from django.db import transaction

from identity.models import User
from quality.models import OpenedNotice
from quality.queries.notices import Notice


@transaction.atomic
def open_notice(*, notice: Notice, by: User) -> None:
    """It is read from now on; opening it twice changes nothing."""
    OpenedNotice.objects.get_or_create(agent=by, kind=notice.kind, number=notice.number)
