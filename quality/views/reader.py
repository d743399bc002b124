"""Whoever looks at a page."""

from typing import cast

from django.http import HttpRequest

from identity.models import User


def reader_of(request: HttpRequest) -> User:
    """The staff member who is signed in."""
    return cast(User, request.user)
