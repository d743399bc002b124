"""Colleagues and what they could take."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from identity.models import Role, User
from tickets.models import Availability, AvailabilityPeriod, PresenceLease


@dataclass(frozen=True)
class Colleague:
    """Free places, not just a name."""

    user: User
    is_present: bool
    availability: str
    reason: str
    load: int
    places: int

    @property
    def may_get_chats(self) -> bool:
        return self.is_present and self.availability == Availability.AVAILABLE


def colleagues_of(user: User) -> list[Colleague]:
    """Everybody a ticket can be handed to: those on the line with most free places first."""
    agents = User.objects.filter(deactivated_at=None).filter(Q(role=Role.AGENT) | Q(slots__isnull=False))
    counted = agents.exclude(pk=user.pk).annotate(
        places=Count("slots", distinct=True),
        load=Count("slots", filter=Q(slots__ticket__isnull=False), distinct=True),
    )
    here = set(PresenceLease.objects.filter(expires_at__gt=timezone.now()).values_list("user_id", flat=True))
    said = {period.user_id: period for period in AvailabilityPeriod.objects.filter(until=None)}
    colleagues = [
        Colleague(
            user=each,
            is_present=each.pk in here,
            availability=said[each.pk].state if each.pk in said else Availability.AWAY.value,
            reason=said[each.pk].reason if each.pk in said else "",
            load=each.load,
            places=each.places,
        )
        for each in counted
    ]
    return sorted(colleagues, key=_order)


def _order(colleague: Colleague) -> tuple[bool, int, str]:
    return not colleague.may_get_chats, colleague.load - colleague.places, colleague.user.full_name
