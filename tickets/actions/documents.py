"""A correspondent brings a photo of a document: one link, one file, straight into the vault."""

from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from chat import actions as chat
from chat.errors import FileRefused
from chat.models import Channel
from chat.rules import files, images
from identity.actions import record_audit
from identity.actions.vault import keep_in_vault
from identity.models import User
from identity.rules.watermark import small_jpeg
from tickets.actions.announcements import announce_inbox
from tickets.actions.locking import lock_ticket
from tickets.errors import Invalid, LinkSpent
from tickets.models import Ticket, UploadLink
from tickets.models.verification import UPLOAD_TIME
from tickets.queries.identity import UPLOAD_SALT, open_link_of


@transaction.atomic
def make_upload_link(*, ticket: Ticket, by: User) -> UploadLink:
    """A link for this ticket; one that is still good is given again."""
    ticket = lock_ticket(ticket.number)
    if ticket.channel == Channel.CHAT:
        raise Invalid("not_a_letter")
    if (known := open_link_of(ticket)) is not None:
        return known
    link = UploadLink.objects.create(ticket=ticket, by=by, expires_at=timezone.now() + UPLOAD_TIME)
    record_audit(code="document.asked", actor=by, object_kind="ticket", object_id=ticket.number)
    return link


def address_of_link(link: UploadLink) -> str:
    """Where the correspondent brings the photo: the name of the link, signed; only the row says whether it is good."""
    signed = signing.Signer(salt=UPLOAD_SALT).sign(link.pk.hex)
    return f"{settings.PUBLIC_URL.rstrip('/')}{reverse('bring-document', args=[signed])}"


def invitation_words(link: UploadLink) -> str:
    """What the agent puts into the answer, in the language of the letter."""
    with translation.override(link.ticket.conversation.language):
        return _(
            "To confirm that it is you, take a photo of your passport (the page with the photo) and bring it here. The "
            "link works once, within 24 hours; please do not send documents by mail:\n%(address)s"
        ) % {"address": address_of_link(link)}


def bring_document(*, link: UploadLink, upload: Any, address: str | None = None) -> UploadLink:
    """Take the photo: count the try, make the picture harmless, encrypt it, spend the link. Raises ``FileRefused``."""
    _count_try(link)
    content, width, height = _picture_of(upload)
    return _bring(link, content, width, height, address)


@transaction.atomic
def _count_try(link: UploadLink) -> None:
    """Committed before the file is looked at: a file that kills this process counts too."""
    if not UploadLink.objects.open().filter(pk=link.pk).update(tries=F("tries") + 1):
        raise LinkSpent


@transaction.atomic
def _bring(link: UploadLink, content: bytes, width: int, height: int, address: str | None) -> UploadLink:
    ticket = lock_ticket(link.ticket_id)
    link = UploadLink.objects.select_for_update().get(pk=link.pk)
    if link.used_at is not None or link.revoked_at is not None:
        raise LinkSpent
    link.file = keep_in_vault(content=content, width=width, height=height)
    link.used_at = timezone.now()
    link.save(update_fields=["file", "used_at"])
    chat.record_fact(conversation=ticket.conversation, kind="document", data={}, public=False)
    document = link.file.pk.hex
    record_audit(
        code="document.brought", object_kind="ticket", object_id=ticket.number, address=address, document=document
    )
    announce_inbox([ticket.assignee_id], ticket)
    return link


def _picture_of(upload: Any) -> tuple[bytes, int, int]:
    """A photo by its content, within size, written anew by a child without metadata, and made smaller."""
    if (upload.size or 0) > files.SIZE_LIMIT:
        raise FileRefused("file_too_large")
    content = upload.read()
    if not content:
        raise FileRefused("file_empty")
    kind = files.kind_by_content(content)
    if kind not in files.IMAGE_TYPES:
        raise FileRefused("file_type")
    try:
        return small_jpeg(images.written_anew(content, kind).content)
    except images.TooManyPixels:
        raise FileRefused("image_too_large") from None
    except (images.Unreadable, OSError):
        raise FileRefused("image_unreadable") from None
