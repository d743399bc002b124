"""Addresses of files: signed for one person's session, good for a minute, and asked again when used."""

from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core import signing

from chat.access.visibility import attachment_for
from chat.errors import NotVisible
from chat.models import Attachment
from identity.access import Actor
from identity.models import Borrower, User
from identity.queries import live_sessions

ADDRESS_TIME = 60  # seconds
SALT = "chat.file"


def signed_address(attachment: Attachment, actor: Actor, session: UUID) -> str:
    kind = "borrower" if isinstance(actor, Borrower) else "staff"
    return signing.dumps([attachment.pk.hex, kind, actor.pk.hex, session.hex], salt=SALT)


def attachment_at(signed: str) -> Attachment:
    """The file, while the address is fresh, the session lives and the person may still see it."""
    try:
        attachment, kind, actor, session = signing.loads(signed, salt=SALT, max_age=ADDRESS_TIME)
    except signing.BadSignature:
        raise NotVisible from None
    person = _person(kind, UUID(actor))
    if person is None or not live_sessions([UUID(session)]):
        raise NotVisible
    return attachment_for(person, UUID(attachment))


def content_of(attachment: Attachment) -> bytes:
    try:
        return (Path(settings.MEDIA_ROOT) / attachment.path).read_bytes()
    except OSError:
        raise NotVisible from None


def _person(kind: str, id: UUID) -> Actor | None:  # noqa: A002
    if kind == "borrower":
        return Borrower.objects.filter(pk=id).first()
    return User.objects.filter(pk=id, deactivated_at=None).first()
