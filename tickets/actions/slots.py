"""Places for live chats: rows with a unique key, so that no race can give an agent one more."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from identity.models import User
from tickets.actions import announcements
from tickets.models import Slot, Ticket


@transaction.atomic
def ensure_slots(*, user: User, capacity: int | None = None) -> int:
    """Give the agent exactly so many places; a place that is taken above the new number stays until it is free."""
    wanted = settings.CHAT_CAPACITY if capacity is None else capacity
    rows = [Slot(agent=user, number=number) for number in range(1, wanted + 1)]
    Slot.objects.bulk_create(rows, ignore_conflicts=True)
    own = Slot.objects.filter(agent=user)
    own.filter(number__lte=wanted).update(withdrawn_at=None)
    own.filter(number__gt=wanted).update(withdrawn_at=timezone.now())
    own.filter(number__gt=wanted, ticket=None).delete()
    announcements.announce_inbox([user.pk])
    return wanted


def take_slot(*, agent: User, ticket: Ticket, at: datetime) -> Slot | None:
    """The agent's first free place for this ticket; None when all are taken."""
    free = Slot.objects.filter(agent=agent, ticket=None).order_by("number")
    slot = free.select_for_update(skip_locked=True).first()
    if slot is not None:
        slot.ticket, slot.taken_at = ticket, at
        slot.save(update_fields=["ticket", "taken_at"])
    return slot


def free_slot(*, ticket: Ticket, at: datetime) -> bool:
    """The ticket gives its place up, if it has one."""
    place = Slot.objects.select_for_update(no_key=True).filter(ticket=ticket).first()
    if place is None:
        return False
    if place.withdrawn_at:
        place.delete()
    else:
        place.ticket, place.taken_at, place.freed_at = None, None, at
        place.save(update_fields=["ticket", "taken_at", "freed_at"])
    return True
