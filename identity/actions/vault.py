"""The vault: photos of documents, encrypted on the disk, shown for a few days and then erased for ever.

A file is one Fernet message under the first of VAULT_KEYS; older keys still open what they closed. The name on the disk
is random; the database knows the name and never the key or the bytes.
"""

import uuid
from datetime import timedelta
from pathlib import Path

from cryptography.fernet import InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from identity.actions.audit import record_audit
from identity.actions.disk import write_durably
from identity.errors import NotFound
from identity.models import User, VaultFile
from identity.rules.at_rest import cipher
from identity.rules.watermark import marked
from supportdesk.realtime import failpoint

ERASED_AT_ONCE = 500


def keep_in_vault(*, content: bytes, width: int, height: int) -> VaultFile:
    """Encrypt, write and sync the picture, then make it known; a crash in between leaves bytes nobody can open."""
    name = uuid.uuid4().hex
    relative = f"{name[:2]}/{name}"
    write_durably(_place(relative), _keys().encrypt(content))
    failpoint("vault.written")
    erase_at = timezone.now() + timedelta(hours=settings.VAULT_KEPT_HOURS)
    return VaultFile.objects.create(path=relative, size=len(content), width=width, height=height, erase_at=erase_at)


def look_into_vault(*, file: VaultFile, by: User, address: str | None = None) -> bytes:
    """The picture with the name of whoever looks burnt into it; the look is recorded before it is shown."""
    if not file.is_here:
        raise NotFound
    record_audit(code="document.seen", actor=by, object_kind="document", object_id=file.pk, address=address)
    try:
        content = _keys().decrypt(_place(file.path).read_bytes())
    except (FileNotFoundError, InvalidToken):
        raise NotFound from None
    return marked(content, [by.full_name, by.email, timezone.localtime().strftime("%d.%m.%Y %H:%M")])


def erase_old_documents() -> int:
    """Delete the bytes of every document whose time has passed; the row and what was decided stay."""
    old = VaultFile.objects.filter(erased_at=None, erase_at__lt=timezone.now()).order_by("erase_at")
    return sum(erase_document(file=file) for file in old[:ERASED_AT_ONCE])


@transaction.atomic
def erase_document(*, file: VaultFile) -> bool:
    """Bytes first: a crash in between is found again by the next run."""
    file = VaultFile.objects.select_for_update().get(pk=file.pk)
    if not file.is_here:
        return False
    _place(file.path).unlink(missing_ok=True)
    failpoint("vault.erased")
    file.path, file.erased_at = "", timezone.now()
    file.save(update_fields=["path", "erased_at"])
    record_audit(code="document.erased", object_kind="document", object_id=file.pk)
    return True


def _place(relative: str) -> Path:
    return Path(settings.VAULT_ROOT) / relative


def _keys() -> MultiFernet:
    return cipher(settings.VAULT_KEYS, secret=settings.SECRET_KEY, purpose="document-vault")
