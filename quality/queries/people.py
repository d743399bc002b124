"""Staff as quality names them."""

from collections.abc import Iterable

from django.db.models import QuerySet

from identity.models import Role, User


def agents() -> QuerySet[User]:
    return User.objects.filter(role=Role.AGENT, deactivated_at=None).order_by("full_name", "pk")


def supervisors() -> QuerySet[User]:
    """Whoever may review."""
    return User.objects.filter(role__in=[Role.SUPERVISOR, Role.ADMIN], deactivated_at=None).order_by("full_name", "pk")


def names_of(ids: Iterable[str]) -> dict[str, str]:
    """Full names by id, of those that there are."""
    return {str(pk): name for pk, name in User.objects.filter(pk__in=list(ids)).values_list("pk", "full_name")}
