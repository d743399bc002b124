"""Who did or saw what, when. Rows are only ever added: a database trigger refuses the rest."""

from typing import Any

from identity.access import Actor
from identity.models import AuditEntry, Borrower, User


def record_audit(
    *,
    code: str,
    actor: Actor | None = None,
    object_kind: str = "",
    object_id: object = "",
    address: str | None = None,
    **detail: Any,
) -> AuditEntry:
    """Add one line; ``detail`` holds ids, codes and numbers, never bodies, tokens or personal data."""
    return AuditEntry.objects.create(
        code=code,
        user_id=actor.id if isinstance(actor, User) else None,
        borrower_id=actor.id if isinstance(actor, Borrower) else None,
        object_kind=object_kind,
        object_id=str(object_id),
        address=address,
        detail=detail,
    )
