"""Critical failures that wait for a person, and those that a person confirmed."""

from django.db.models import QuerySet

from quality.models import Confirmation

LATEST = 50


def to_confirm() -> QuerySet[Confirmation]:
    return _with_all().filter(is_confirmed__isnull=True).order_by("due_at", "pk")


def incidents() -> QuerySet[Confirmation]:
    """What security and compliance have to look at, the newest first."""
    return _with_all().filter(is_confirmed=True).order_by("-decided_at", "-pk")[:LATEST]


def _with_all() -> QuerySet[Confirmation]:
    related = ("criterion", "score__agent", "score__conversation__ticket__topic", "decided_by")
    return Confirmation.objects.select_related(*related)
