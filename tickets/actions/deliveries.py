"""Letters on their way out: handed to a server by a worker, always the same letter, and every state shown."""

import logging
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chat.models import Attachment
from identity.models import User
from supportdesk.realtime import failpoint, publish_on_commit
from tickets import jobs
from tickets.actions import continue_links, notice_links
from tickets.actions.mailbox_sign_in import ready_to_sign_in
from tickets.actions.outbox import enqueue
from tickets.actions.tickets import answered_after_all, owe_again
from tickets.mailboxes import smtp
from tickets.mailboxes.errors import MailboxUnusable, MailError, Rejected, Unanswered
from tickets.mailboxes.passwords import mail_key
from tickets.models import Job, Mailbox, MailReference, OutboundLetter, Suppression
from tickets.queries.letters import answering_mailboxes, id_hash, references_of
from tickets.rules.email import compose, tokens
from tickets.rules.email.domains import ascii_address

log = logging.getLogger(__name__)
State = OutboundLetter.State
SETTLED = {State.SENT, State.CANCELLED, State.FAILED, State.BOUNCED}


def queue_letter(letter: OutboundLetter, *, message: int = 0, delay: float = 0) -> OutboundLetter:
    """Keep a new letter under the Message-ID it leaves with, in the thread of its ticket.

    ``message`` is the number of the message it carries, 0 for letters the desk sends by itself. It leaves after
    ``delay`` seconds, whatever happens to this process.
    """
    ticket = letter.ticket
    letter.message_id = tokens.make_message_id(
        key=mail_key(), ticket=ticket.number, message=message, domain=settings.MAIL_DOMAIN
    )
    letter.references = references_of(ticket)
    letter.save(force_insert=True)
    reference = MailReference(id_hash=id_hash(letter.message_id), ticket=letter.ticket, kind=MailReference.Kind.OUT)
    MailReference.objects.bulk_create([reference], ignore_conflicts=True)
    enqueue(kind="send_letter", key=f"send:{letter.pk}", payload={"letter": letter.pk}, delay=delay)
    return letter


@jobs.outside_handler("send_letter", work=jobs.MAIL)
def send_letter(job: Job) -> None:
    """Hand one letter to its server; a retry hands over the same letter, Message-ID included."""
    letter = _begin_sending(job.payload["letter"])
    if letter is None or letter.mailbox is None:
        return
    failpoint("smtp.before_send")
    try:
        mailbox = ready_to_sign_in(mailbox=letter.mailbox)
        recipients = [ascii_address(each) for each in letter.recipients if each not in _suppressed(letter)]
        handed = smtp.send(composed(letter), mailbox=mailbox, recipients=recipients, return_to=return_address(letter))
        failpoint("smtp.accepted")
    except (Rejected, compose.Injected, ValueError) as error:
        _move(letter, State.FAILED, str(error))
        raise jobs.GivenUp(str(error)) from error
    except Exception as error:  # whatever it was is shown at the message: no letter is "being sent" for ever
        is_last = job.attempts >= jobs.MAX_ATTEMPTS or isinstance(error, MailboxUnusable)
        given_up = State.UNKNOWN if isinstance(error, Unanswered) else State.FAILED
        words = str(error) if isinstance(error, MailError) else type(error).__name__
        _move(letter, given_up if is_last else State.DEFERRED, words)
        raise
    _move(letter, State.SENT, ", ".join(handed.refused))
    _remember_alias(letter, handed.said)


@transaction.atomic
def _begin_sending(letter_id: int) -> OutboundLetter | None:
    """Committed before the server is spoken to: from here on it cannot be taken back."""
    letters = OutboundLetter.objects.select_for_update(of=("self",)).select_related("mailbox", "ticket")
    letter = letters.get(pk=letter_id)
    if letter.state in SETTLED:
        return None
    if not letter.to_address or letter.to_address in _suppressed(letter):
        _move(letter, State.FAILED, "no address to write to" if not letter.to_address else "suppressed")
        return None
    letter.mailbox = letter.mailbox or first_mailbox()
    if letter.mailbox is None:
        _move(letter, State.FAILED, "no mailbox to send from")
        return None
    _move(letter, State.SENDING, "")
    return letter


def _suppressed(letter: OutboundLetter) -> set[str]:
    """Those of the recipients whom we must not write to."""
    lowered = {each.lower(): each for each in letter.recipients}
    found = Suppression.objects.filter(address__in=[*lowered, *letter.recipients]).values_list("address", flat=True)
    return {lowered[each.lower()] for each in found}


@transaction.atomic
def _move(letter: OutboundLetter, state: str, error: str) -> None:
    """Set the state and show it at the message; an answer that did not leave is owed again."""
    letter.state, letter.error = state, error[:300]
    if state == State.SENT:
        letter.sent_at = timezone.now()
    letter.save(update_fields=["state", "error", "sent_at", "mailbox"])
    announce_delivery(letter)
    entry = letter.entry
    if entry is not None and state in {State.FAILED, State.CANCELLED}:
        owe_again(ticket=letter.ticket, answered_at=entry.created_at)
    elif entry is not None and state == State.SENT:
        author = User.objects.filter(pk=entry.author_id).first() if entry.author_id else None
        answered_after_all(ticket=letter.ticket, written_at=entry.created_at, by=author)


def withdraw(letter: OutboundLetter) -> None:
    """It was called back before it left."""
    Job.objects.filter(key=f"send:{letter.pk}").update(done_at=timezone.now(), error="cancelled")
    _move(letter, State.CANCELLED, "")


def send_again(letter: OutboundLetter, *, at: datetime) -> None:
    """Another try of the same letter."""
    _move(letter, State.QUEUED, "")
    enqueue(kind="send_letter", key=f"send:{letter.pk}:{at.timestamp()}", payload={"letter": letter.pk})


def announce_delivery(letter: OutboundLetter) -> None:
    """Tell the staff who have the conversation open how the letter fares."""
    conversation = str(letter.ticket.conversation_id)
    frame: dict[str, Any] = {
        "type": "delivery.moved",
        "conversation": conversation,
        "seq": letter.entry.seq if letter.entry else None,
        "state": letter.state,
    }
    publish_on_commit(f"conversation.{conversation}.staff", frame)


def _remember_alias(letter: OutboundLetter, said: str) -> None:
    """Some providers send our letter under an id of their own: answers to that one find the ticket too."""
    host = letter.mailbox.smtp_host if letter.mailbox else ""
    aliases = compose.aliases_of(said, host=host)
    rows = [MailReference(id_hash=id_hash(each), ticket=letter.ticket, kind="alias") for each in aliases]
    MailReference.objects.bulk_create(rows, ignore_conflicts=True)


def return_address(letter: OutboundLetter) -> str:
    """Where reports about this letter come back to."""
    assert letter.mailbox
    return tokens.make_bounce_address(key=mail_key(), address=letter.mailbox.address, letter=letter.pk)


def first_mailbox() -> Mailbox | None:
    return answering_mailboxes().order_by("pk").first()


def composed(letter: OutboundLetter) -> Any:
    """The letter as it leaves: the same row always gives the same bytes."""
    mailbox = letter.mailbox
    if mailbox is None:
        raise MailboxUnusable("no mailbox to send from")
    reply_to = tokens.make_reply_address(
        key=mail_key(), address=mailbox.address, ticket=letter.ticket_id, participant=letter.to_address
    )
    draft = compose.Draft(
        from_name=mailbox.name,
        from_address=mailbox.address,
        to_name=" ".join(letter.to_name.split()),
        to_address=ascii_address(letter.to_address),
        cc=[ascii_address(each) for each in letter.cc],
        reply_to=reply_to,
        subject=letter.subject,
        body=_body_to_send(letter),
        signature=letter.signature,
        quote=letter.quote,
        message_id=letter.message_id,
        sent_at=letter.queued_at,
        in_reply_to=letter.in_reply_to,
        references=letter.references,
        files=[_file(each) for each in Attachment.objects.filter(entry=letter.entry_id)] if letter.entry_id else [],
        is_automatic=letter.purpose != OutboundLetter.Purpose.ANSWER,
    )
    return compose.compose(draft, key=mail_key())


def _body_to_send(letter: OutboundLetter) -> str:
    return notice_links.body_to_send(letter) if letter.link_path else continue_links.body_to_send(letter)


def _file(attachment: Attachment) -> compose.File:
    content = (Path(settings.MEDIA_ROOT) / attachment.path).read_bytes()
    return compose.File(name=attachment.name, content_type=attachment.content_type, content=content)
