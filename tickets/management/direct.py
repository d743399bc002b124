"""Who needs a connection to Postgres that stays the same one."""

from django.conf import settings
from django.core.management.base import CommandError


def require_direct_connection() -> None:
    """No lock of a session, no LISTEN outlives a pool's turn: a worker would be taken for dead, its work done twice."""
    if settings.POOLED:
        raise CommandError(
            "This process holds locks of a session and listens: give it the DATABASE_URL of Postgres and POOLED=no."
        )
