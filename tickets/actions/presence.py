"""Who is here (a lease that their socket renews) and what they say of themselves (a row with since and until)."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Least
from django.utils import timezone

from identity.models import User
from tickets.actions import announcements
from tickets.actions.matching import match_soon
from tickets.actions.slots import ensure_slots
from tickets.errors import Invalid
from tickets.models import Availability, AvailabilityPeriod, PresenceLease, Slot

LEAVING_TIME = 15  # seconds after the last socket of one process closed: a reload or another process renews it


@transaction.atomic
def renew_presence(*, user_ids: Iterable[UUID]) -> None:
    """Extend the leases of everybody whose socket is alive; somebody who just came may take chats."""
    now = timezone.now()
    wanted = set(user_ids)
    here = set(PresenceLease.objects.filter(user__in=wanted, expires_at__gt=now).values_list("user_id", flat=True))
    expires_at = now + timedelta(seconds=settings.PRESENCE_TIME)
    rows = [PresenceLease(user_id=user, expires_at=expires_at) for user in sorted(wanted)]
    PresenceLease.objects.bulk_create(rows, update_conflicts=True, unique_fields=["user"], update_fields=["expires_at"])
    if wanted - here:
        match_soon()


def shorten_presence(*, user_id: UUID) -> None:
    """The last socket on one process closed; unless another renews the lease, new chats stop soon."""
    soon = timezone.now() + timedelta(seconds=LEAVING_TIME)
    PresenceLease.objects.filter(user=user_id).update(expires_at=Least("expires_at", soon))


@transaction.atomic
def set_availability(*, user: User, state: str, reason: str = "") -> AvailabilityPeriod:
    """What the agent says from now on; a break stops new chats and leaves the open ones alone."""
    if state not in Availability.values:
        raise Invalid("unknown_state")
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    now = timezone.now()
    current = AvailabilityPeriod.objects.filter(user=user, until=None).first()
    if current and (current.state, current.reason) == (state, reason):
        return current
    AvailabilityPeriod.objects.filter(user=user, until=None).update(until=now)
    period = AvailabilityPeriod.objects.create(user=user, state=state, reason=reason, since=now)
    if state == Availability.AVAILABLE:
        if not Slot.objects.filter(agent=user).exists():
            ensure_slots(user=user)
        match_soon()
    else:
        announcements.announce_queue_soon()
    announcements.announce_inbox([user.pk])
    return period
