"""Who stands behind a request, and what its body says."""

from typing import Any, cast

from rest_framework.request import Request
from rest_framework.serializers import Serializer

from identity.access import Actor
from identity.models import Borrower, User
from tickets import access


def actor_of(request: Request) -> Actor:
    return cast(Actor, request.user)


def staff_of(request: Request) -> User:
    return access.staff_of(actor_of(request))


def borrower_of(request: Request) -> Borrower:
    return access.borrower_of(actor_of(request))


def said_in(form: type[Serializer[None]], data: Any) -> dict[str, Any]:
    """The validated body or query of the request."""
    filled = form(data=data)
    filled.is_valid(raise_exception=True)
    return cast(dict[str, Any], filled.validated_data)
