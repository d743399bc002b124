"""Critical failures that wait for a person, and those that a person confirmed."""

from django.db.models import QuerySet

from quality.models import Confirmation

LATEST = 50


def to_confirm(visible: QuerySet[Confirmation]) -> QuerySet[Confirmation]:
    return visible.select_related(*_RELATED).filter(is_confirmed__isnull=True).order_by("due_at", "pk")


def incidents(visible: QuerySet[Confirmation]) -> QuerySet[Confirmation]:
    """What security and compliance have to look at, the newest first."""
    return visible.select_related(*_RELATED).filter(is_confirmed=True).order_by("-decided_at", "-pk")[:LATEST]


_RELATED = ("criterion", "score__agent", "score__conversation__ticket__topic", "decided_by")
