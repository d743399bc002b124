"""The import journal: a letter is stored raw, read in a child process, and put into a ticket, each step once."""

import logging
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import actions as chat
from identity.actions import record_audit
from identity.models import User
from supportdesk.realtime import failpoint
from tickets import jobs
from tickets.actions.letters_apply import apply_letter
from tickets.actions.letters_reviews import is_about_reviews
from tickets.actions.outbox import enqueue
from tickets.mailboxes.errors import LetterUnreadable
from tickets.mailboxes.raw import keep_raw, raw_letter
from tickets.mailboxes.reader import read_in_child
from tickets.models import InboundLetter, Job, LetterSource, Mailbox
from tickets.models.reasons import Reason
from tickets.rules.email import VERSION, Letter, compose, glance

log = logging.getLogger(__name__)
State = InboundLetter.State

ATTEMPTS = 3
READING_TIME = 120.0  # seconds one letter may take in all; its reader is stopped after half of that
UNDER_WAY = (State.STORED, State.PARSING, State.PARSED)
PAUSE = 2.0  # seconds before a letter that killed its reader is tried again; doubles

# Ready as they stand: at full speed, building a statement would cost more than running it.
BEGIN = """
update tickets_inboundletter set attempts = attempts + 1, state = %s
 where id = %s and state in %s and attempts < %s returning *
"""
RECORD = """
update tickets_inboundletter
   set state = %s, parser_version = %s, message_id = %s, fingerprint = %s, letter_class = %s, parsed = %s, error = ''
 where id = %s
"""


@dataclass(frozen=True)
class Envelope:
    """What is known of a letter besides its bytes: by whom and for whom it was handed in, when, and what came along."""

    sender: str = ""
    recipient: str = ""
    arrived_at: datetime | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def store_letter(*, mailbox: Mailbox, source_key: str, raw: bytes, envelope: Envelope | None = None) -> InboundLetter:
    """Keep a letter for good: bytes on disk, then the row, then the promise to read it. Twice changes nothing."""
    sha256 = keep_raw(raw)
    failpoint("letters.raw_kept")
    came = envelope or Envelope()
    letter = InboundLetter(
        mailbox=mailbox,
        source_key=source_key,
        sha256=sha256,
        size=len(raw),
        envelope_from=came.sender[:320],
        envelope_to=came.recipient[:320],
        envelope=came.facts,
        arrived_at=came.arrived_at,
    )
    with transaction.atomic():
        known = _first_of(letter)
        enqueue(kind="apply_letter", key=f"letter:{known.pk}", payload={"letter": known.pk})
        failpoint("letters.row_written")
    return known


def _first_of(letter: InboundLetter) -> InboundLetter:
    """The row of this letter; seen under another name before, that row is its row, and the name is remembered."""
    InboundLetter.objects.bulk_create([letter], ignore_conflicts=True)
    stored = InboundLetter.objects.filter(mailbox=letter.mailbox)
    known = stored.filter(source_key=letter.source_key).first() or stored.get(sha256=letter.sha256)
    if known.source_key != letter.source_key:
        further = LetterSource(mailbox=letter.mailbox, source_key=letter.source_key, letter=known)
        LetterSource.objects.bulk_create([further], ignore_conflicts=True)
    return known


@jobs.outside_handler("apply_letter", work=jobs.IMPORT, seconds=READING_TIME)
def import_letter(job: Job) -> None:
    """Read a stored letter and put it into its ticket; goes on where a crash left off."""
    letter = _begin_attempt(job.payload["letter"])
    if letter is None:
        return
    raw = raw_letter(letter.sha256)
    try:
        reading = read_in_child(raw)
    except LetterUnreadable as error:
        _record_failure(letter, str(error))
        if letter.attempts < ATTEMPTS:
            raise jobs.Postponed(PAUSE * 2 ** (letter.attempts - 1)) from None
        quarantine_letter(letter_id=letter.pk, raw=raw, reason=str(error))
        return
    failpoint("letters.read")
    _record_reading(letter, reading)
    failpoint("letters.recorded")
    apply_letter(letter=letter, reading=reading, is_released=bool(job.payload.get("released")))
    failpoint("letters.applied")


def _begin_attempt(letter_id: int) -> InboundLetter | None:
    """Count the attempt before it is made, in one statement, so that one that kills this process counts too."""
    begun = list(InboundLetter.objects.raw(BEGIN, [State.PARSING, letter_id, UNDER_WAY, ATTEMPTS]))
    if begun:
        return begun[0]
    letter = InboundLetter.objects.get(pk=letter_id)
    if not letter.is_settled:
        quarantine_letter(letter_id=letter.pk, raw=raw_letter(letter.sha256), reason=letter.error or "killed")
    return None


def _record_failure(letter: InboundLetter, error: str) -> None:
    log.warning("letter %s: attempt %s to read it failed", letter.pk, letter.attempts)
    letter.error = error[:300]
    letter.save(update_fields=["error"])


def _record_reading(letter: InboundLetter, reading: Letter) -> None:
    letter.state = State.PARSED
    letter.parser_version = VERSION
    letter.message_id = reading.message_id or f"{letter.sha256}{compose.MISSING}"
    letter.fingerprint = reading.fingerprint
    letter.letter_class = reading.letter_class
    letter.parsed = facts_of(reading)
    letter.error = ""
    said = orjson.dumps(letter.parsed).decode()
    values = [letter.message_id, letter.fingerprint, letter.letter_class, said]
    with connection.cursor() as cursor:
        cursor.execute(RECORD, [State.PARSED, VERSION, *values, letter.pk])


def facts_of(reading: Letter) -> dict[str, Any]:
    """What the journal keeps of a reading; texts stay in the raw letter and in the transcript."""
    facts = asdict(reading)
    for name in ("text", "reply_text", "trimmed", "html", "auth"):
        del facts[name]
    facts["attachments"] = [{k: v for k, v in file.items() if k != "content"} for file in facts["attachments"]]
    facts["sent_at"] = reading.sent_at.isoformat() if reading.sent_at else None
    return facts


@transaction.atomic
def quarantine_letter(*, letter_id: int, raw: bytes, reason: str) -> InboundLetter:
    """Set a letter aside that cannot be read, and open a stub ticket, so that a person sees it came.

    One that tells of public reviews is held instead: it never becomes a ticket.
    """
    letter = InboundLetter.objects.select_for_update().get(pk=letter_id)
    if letter.is_settled:
        return letter
    seen = glance(raw)
    letter.state, letter.error, letter.parser_version = State.QUARANTINED, reason[:300], VERSION
    letter.parsed = asdict(seen)
    if is_about_reviews(mailbox=letter.mailbox, sender=seen.from_address):
        letter.state, letter.error = State.HELD, Reason.REVIEW_UNREAD
    elif letter.ticket is None:
        conversation = chat.start_conversation(
            channel="email",
            is_shared=True,
            correspondent_name=seen.from_name,
            correspondent_address=seen.from_address,
            subject=seen.subject or _("A letter that could not be read"),
        )
        letter.ticket = conversation.ticket
        entry = chat.post_message(
            conversation=conversation,
            author=chat.Correspondent(seen.from_name or seen.from_address or _("Unknown sender"), seen.from_address),
            body=_("This letter could not be read. A supervisor can download it as it came."),
            data={"letter": letter.pk, "subject": seen.subject, "unreadable": True},
        )
        letter.entry_id = entry.id
    letter.save()
    return letter


@transaction.atomic
def read_again(*, letter: InboundLetter, by: User | None) -> InboundLetter:
    """A letter in quarantine or held is taken in after all: a supervisor asks for it, or a newer reader may manage."""
    letter = InboundLetter.objects.select_for_update().get(pk=letter.pk)
    if letter.state not in {State.QUARANTINED, State.HELD}:
        return letter
    is_released = letter.state == State.HELD
    letter.state, letter.attempts, letter.next_attempt_at = State.STORED, 0, timezone.now()
    letter.save(update_fields=["state", "attempts", "next_attempt_at"])
    key = f"letter:{letter.pk}:{timezone.now().timestamp()}"
    enqueue(kind="apply_letter", key=key, payload={"letter": letter.pk, "released": is_released})
    record_audit(code="letter.read_again", actor=by, object_kind="letter", object_id=str(letter.pk))
    return letter


def requeue_unread_letters() -> int:
    """Letters whose job is missing, or was given up while they are not settled, are promised again."""
    waiting = InboundLetter.objects.filter(state__in=UNDER_WAY)
    count = 0
    for letter in waiting.filter(received_at__lt=timezone.now() - timedelta(minutes=4))[:500]:
        if not Job.objects.filter(
            kind="apply_letter", payload__letter=letter.pk, done_at=None, failed_at=None
        ).exists():
            key = f"letter:{letter.pk}:{timezone.now().timestamp()}"
            enqueue(kind="apply_letter", key=key, payload={"letter": letter.pk})
            count += 1
    return count
