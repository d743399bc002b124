"""Who stands behind a request of the API."""

from typing import cast
from uuid import UUID

from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from identity.access import Actor
from identity.models import Borrower, User


def actor_of(request: Request) -> Actor:
    return cast(Actor, request.user)


def borrower_of(request: Request) -> Borrower:
    """The borrower; staff have other doors."""
    if not isinstance(request.user, Borrower):
        raise PermissionDenied
    return request.user


def staff_of(request: Request) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def session_id_of(request: Request) -> UUID:
    return cast(UUID, request.auth.pk)
