"""Files of a conversation: checked, written to disk for good, and only then known to the database."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chat.errors import FileRefused, Refused
from chat.models import Attachment, Conversation
from chat.rules import files, images
from identity.access import Actor
from identity.actions.disk import write_durably
from identity.models import Borrower
from supportdesk.realtime import failpoint

FORGOTTEN_AT_ONCE = 1_000


class Upload(Protocol):
    """An uploaded file, as Django and tests have it."""

    name: str | None
    size: int | None

    def read(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class _Checked:
    name: str
    content: bytes
    content_type: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that was checked and stands on the disk, and that no row knows yet."""

    name: str
    content_type: str
    size: int
    sha256: str
    path: str
    width: int | None
    height: int | None


def attach_file(*, conversation: Conversation, author: Actor | None, upload: Upload) -> Attachment:
    """Keep the file for a message of the author that will carry it; ``author`` None is a letter's.

    The right to write there is the caller's to have checked; raises ``FileRefused`` or ``Refused``.
    """
    if conversation.closed_at is not None and author is not None:
        raise Refused("closed")
    if author is not None and _uploaded_today(author) >= files.DAY_QUOTA:
        raise FileRefused("file_quota")
    return attach_kept_file(conversation=conversation, author=author, kept=keep_file(upload=upload))


def keep_file(*, upload: Upload) -> KeptFile:
    """Check the file, write a picture anew, and put it on the disk: slow work, for outside of any transaction."""
    checked = _check(upload)
    path = _write(checked.content)
    failpoint("attachments.written")
    return KeptFile(
        name=checked.name,
        content_type=checked.content_type,
        size=len(checked.content),
        sha256=hashlib.sha256(checked.content).hexdigest(),
        path=path,
        width=checked.width,
        height=checked.height,
    )


@transaction.atomic
def attach_kept_file(*, conversation: Conversation, author: Actor | None, kept: KeptFile) -> Attachment:
    """Make a kept file known, in the caller's transaction if there is one."""
    return Attachment.objects.create(
        conversation=conversation,
        author_kind=_kind_of(author),
        author_id=None if author is None else author.pk,
        name=kept.name,
        content_type=kept.content_type,
        size=kept.size,
        sha256=kept.sha256,
        path=kept.path,
        width=kept.width,
        height=kept.height,
    )


def forget_kept_file(*, kept: KeptFile) -> None:
    """Take a kept file off the disk that was not attached."""
    (Path(settings.MEDIA_ROOT) / kept.path).unlink(missing_ok=True)


def forget_unposted_files() -> int:
    """Delete the files that no message has carried for a day, bytes first; returns how many.

    A crash in between leaves a row without bytes, which the next run finds again, never bytes that nobody knows.
    """
    old = Attachment.objects.filter(entry=None, created_at__lt=timezone.now() - files.UNPOSTED_TIME)
    conversations = set(old.values_list("conversation_id", flat=True)[:FORGOTTEN_AT_ONCE])
    return sum(_forget_unposted(conversation) for conversation in conversations)


@transaction.atomic
def _forget_unposted(conversation: UUID) -> int:
    """Under the lock that a message takes before it claims its files."""
    Conversation.objects.select_for_update(no_key=True).get(pk=conversation)
    old = Attachment.objects.filter(
        conversation=conversation, entry=None, created_at__lt=timezone.now() - files.UNPOSTED_TIME
    )
    for path in old.values_list("path", flat=True):
        (Path(settings.MEDIA_ROOT) / path).unlink(missing_ok=True)
    return old.delete()[0]


def _check(upload: Upload) -> _Checked:
    """Size, name, kind by name and by content; a picture is written anew."""
    if (upload.size or 0) > files.SIZE_LIMIT:
        raise FileRefused("file_too_large")
    name = files.clean_name(upload.name or "")
    if not name:
        raise FileRefused("file_name")
    kind = files.kind_by_name(name)
    if kind is None:
        raise FileRefused("file_type")
    content = upload.read()
    if not content:
        raise FileRefused("file_empty")
    if files.kind_by_content(content) != kind:
        raise FileRefused("file_content")
    if kind in files.IMAGE_TYPES:
        return _checked_picture(name, content, kind)
    return _Checked(name, content, files.CONTENT_TYPES[kind])


def _checked_picture(name: str, content: bytes, kind: str) -> _Checked:
    try:
        picture = images.written_anew(content, kind)
    except images.TooManyPixels:
        raise FileRefused("image_too_large") from None
    except images.Unreadable:
        raise FileRefused("image_unreadable") from None
    if kind == "heic":
        name = name.rpartition(".")[0] + ".jpg"
    return _Checked(name, picture.content, files.CONTENT_TYPES[picture.kind], picture.width, picture.height)


def _write(content: bytes) -> str:
    """Under a random name, safe on disk before anything refers to it; returns the path below MEDIA_ROOT."""
    token = uuid.uuid4().hex
    relative = f"attachments/{token[:2]}/{token}"
    write_durably(Path(settings.MEDIA_ROOT) / relative, content)
    return relative


def _uploaded_today(author: Actor) -> int:
    since = timezone.now() - timedelta(days=1)
    return Attachment.objects.filter(author_id=author.pk, created_at__gte=since).count()


def _kind_of(author: Actor | None) -> str:
    if author is None:
        return "correspondent"
    return "borrower" if isinstance(author, Borrower) else "staff"
