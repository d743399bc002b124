"""What an administrator does with mailboxes: add, change, pause, connect, and see whether they work."""

import secrets
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from identity.actions import record_audit
from identity.models import User
from tickets.actions.mailbox_sign_in import keep_credentials, open_folder, ready_to_sign_in
from tickets.actions.mailboxes import FRESH
from tickets.mailboxes import imap, smtp
from tickets.mailboxes.credentials import readable_credentials_of, sealed
from tickets.mailboxes.errors import MailError
from tickets.mailboxes.hooks import GIVES_PASSWORD
from tickets.mailboxes.passwords import encrypt
from tickets.models import Mailbox

KEPT = ("client_id", "client_secret", "tenant", "is_application", "secret", "api_key")
SECRETS = {"client_secret", "secret", "api_key"}  # left empty in the form, they stay as they are
TOKENS = {"access_token", "refresh_token", "issued_at", "expires_at"}
PLACES = ("address", "name", "kind", "imap_host", "imap_port", "imap_security", "folder", "smtp_host", "smtp_port")
SAVED = (
    *(*PLACES, "smtp_security", "username", "auth", "authserv_ids", "is_m365"),
    *("signature", "acknowledges", "purpose", "review_senders"),
)


@dataclass(frozen=True)
class Step:
    """One step of a check: what was tried, whether it went well, and what the server said if not."""

    code: str
    went_well: bool
    said: str = ""
    count: int | None = None


@transaction.atomic
def save_mailbox(*, mailbox: Mailbox | None, values: dict[str, Any], by: User) -> Mailbox:
    """Add a mailbox or change one; it is then tried at once. What is left empty of secrets stays as it was."""
    is_new = mailbox is None
    box = Mailbox() if mailbox is None else Mailbox.objects.select_for_update().get(pk=mailbox.pk)
    before = (box.purpose, box.review_senders)
    for name in SAVED:
        setattr(box, name, values[name])
    box.username = values["username"] or values["address"]
    if values["password"]:
        box.password_encrypted = encrypt(values["password"])
    box.credentials_encrypted = sealed(_kept(box, values))
    if not box.is_paused:
        box.state, box.failures, box.last_error, box.next_attempt_at = Mailbox.State.OK, 0, "", timezone.now()
    if is_new and values["is_silent"]:
        box.silent_until = timezone.now()
    box.save()
    _note("mailbox.added" if is_new else "mailbox.changed", box, by)
    if (box.purpose, box.review_senders) != before:
        facts: dict[str, Any] = {"purpose": box.purpose, "before": before[0], "senders": len(box.review_senders)}
        record_audit(code="mailbox.purpose_changed", actor=by, object_kind="mailbox", object_id=str(box.pk), **facts)
    return box


def _kept(box: Mailbox, values: dict[str, Any]) -> dict[str, Any]:
    """What the form says of credentials. Tokens of another application would be of no use."""
    old = readable_credentials_of(box) if box.pk else {}
    new = {name: values[name] for name in KEPT if values[name] or name not in SECRETS}
    if any(old.get(name, "") != new[name] for name in ("client_id", "tenant")):
        old = {name: value for name, value in old.items() if name not in TOKENS}
    kept = old | new
    if box.provider in GIVES_PASSWORD and not kept.get("secret"):
        kept["secret"] = secrets.token_urlsafe(24)
    return {name: value for name, value in kept.items() if value not in {"", False}}


@transaction.atomic
def pause_mailbox(*, mailbox: Mailbox, by: User) -> None:
    """Nothing is fetched, taken or sent until it goes on; nothing is lost meanwhile."""
    Mailbox.objects.filter(pk=mailbox.pk).update(state=Mailbox.State.DISABLED)
    _note("mailbox.paused", mailbox, by)


@transaction.atomic
def resume_mailbox(*, mailbox: Mailbox, by: User) -> None:
    """Go on, also after a refused sign-in: it is tried once more."""
    Mailbox.objects.filter(pk=mailbox.pk).update(**FRESH, next_attempt_at=timezone.now())
    _note("mailbox.resumed", mailbox, by)


@transaction.atomic
def trust_server(*, mailbox: Mailbox, server: str, by: User) -> None:
    """From now on believe what that server says about senders."""
    box = Mailbox.objects.select_for_update().get(pk=mailbox.pk)
    box.authserv_ids = sorted({*box.authserv_ids, server})
    box.save(update_fields=["authserv_ids"])
    record_audit(
        code="mailbox.server_trusted", actor=by, object_kind="mailbox", object_id=str(mailbox.pk), server=server
    )


@transaction.atomic
def connect_mailbox(*, mailbox: Mailbox, tokens: dict[str, Any], by: User) -> None:
    """The provider has given leave: keep its tokens and begin."""
    box = keep_credentials(mailbox=mailbox, **tokens)
    if not box.is_paused:
        Mailbox.objects.filter(pk=box.pk).update(**FRESH, next_attempt_at=timezone.now())
    _note("mailbox.connected", box, by)


def check_mailbox(*, mailbox: Mailbox, by: User) -> list[Step]:
    """Really sign in, open the folder, and sign in for sending; each side stops at its first step that fails."""
    _note("mailbox.checked", mailbox, by)
    steps = _fetching(mailbox) if mailbox.is_fetched else []
    return steps + _sending(mailbox)


def _fetching(mailbox: Mailbox) -> list[Step]:
    steps: list[Step] = []
    try:
        imap.open_connection(mailbox).client.shutdown()
        steps.append(Step("imap", True))
        with open_folder(mailbox=mailbox) as folder:
            steps.append(Step("imap_sign_in", True))
            steps.append(Step("folder", True, count=len(folder.uids_after(0))))
    except MailError as error:
        codes = ("imap", "imap_sign_in", "folder")
        code = "folder" if "the folder" in str(error) else codes[len(steps)]
        if code == "folder" and len(steps) == 1:
            steps.append(Step("imap_sign_in", True))
        steps.append(Step(code, False, str(error)))
    return steps


def _sending(mailbox: Mailbox) -> list[Step]:
    if not mailbox.smtp_host:
        return []
    try:
        smtp.try_sign_in(ready_to_sign_in(mailbox=mailbox))
    except MailError as error:
        return [Step("smtp", False, str(error))]
    return [Step("smtp", True)]


def _note(code: str, mailbox: Mailbox, by: User) -> None:
    record_audit(code=code, actor=by, object_kind="mailbox", object_id=str(mailbox.pk))
