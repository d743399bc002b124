"""Answers that leave by SMTP: promised with the message, sent by a worker, always the same letter."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chat.models import Attachment, Conversation
from chat.rules.entries import StoredEntry
from identity.models import User
from supportdesk.realtime import failpoint, publish_on_commit
from tickets import jobs
from tickets.actions.outbox import enqueue
from tickets.actions.tickets import answered_after_all, owe_again
from tickets.errors import TooLate
from tickets.mailboxes import smtp
from tickets.mailboxes.errors import MailboxUnusable, MailError, Rejected
from tickets.mailboxes.passwords import mail_key
from tickets.models import Job, Mailbox, MailReference, OutboundLetter, Suppression, Ticket
from tickets.queries.letters import id_hash, last_letter_of, references_of
from tickets.rules.email import compose, tokens

log = logging.getLogger(__name__)
State = OutboundLetter.State


def queue_answers(answers: Sequence[StoredEntry]) -> list[OutboundLetter]:
    """These staff messages in conversations by e-mail become letters, in the transaction that stores the messages."""
    conversations = {each.conversation_id for each in answers}
    found = Ticket.objects.filter(conversation__in=conversations).select_related("conversation")
    tickets = {ticket.conversation_id: ticket for ticket in found}
    return [_queue_answer(tickets[each.conversation_id], each) for each in answers]


def _queue_answer(ticket: Ticket, entry: StoredEntry) -> OutboundLetter:
    conversation = ticket.conversation
    last = last_letter_of(ticket)
    message_id = tokens.make_message_id(
        key=mail_key(), ticket=ticket.number, message=entry.seq, domain=settings.MAIL_DOMAIN
    )
    letter = OutboundLetter.objects.create(
        ticket=ticket,
        entry_id=entry.id,
        mailbox=last.mailbox if last else _first_mailbox(),
        message_id=message_id,
        in_reply_to=_answerable(last.message_id) if last else "",
        references=references_of(ticket),
        to_name=conversation.correspondent_name,
        to_address=conversation.correspondent_address,
        subject=_subject(conversation, last.subject if last else ""),
        body=entry.body,
    )
    MailReference.objects.create(id_hash=id_hash(message_id), ticket=ticket, kind=MailReference.Kind.OUT)
    delay = settings.MAIL_UNDO_TIME
    enqueue(kind="send_letter", key=f"send:{letter.pk}", payload={"letter": letter.pk}, delay=delay)
    return letter


def _first_mailbox() -> Mailbox | None:
    return Mailbox.objects.exclude(state=Mailbox.State.DISABLED).order_by("pk").first()


def _answerable(message_id: str) -> str:
    """A letter that came without an id cannot be referred to."""
    return "" if message_id.endswith("@missing.local") else message_id


def _subject(conversation: Conversation, subject: str) -> str:
    return compose.answer_subject(subject or conversation.subject)[:480]


@jobs.outside_handler("send_letter", work=jobs.MAIL)
def send_letter(job: Job) -> None:
    """Hand one letter to its server; a retry hands over the same letter, Message-ID included."""
    letter = _begin_sending(job.payload["letter"])
    if letter is None or letter.mailbox is None:
        return
    failpoint("smtp.before_send")
    try:
        smtp.send(composed(letter), mailbox=letter.mailbox, recipients=[letter.to_address])
        failpoint("smtp.accepted")
    except (Rejected, compose.Injected, ValueError) as error:
        _move(letter, State.FAILED, str(error))
        raise jobs.GivenUp(str(error)) from error
    except Exception as error:  # whatever it was is shown at the message: no letter is "being sent" for ever
        is_last = job.attempts >= jobs.MAX_ATTEMPTS or isinstance(error, MailboxUnusable)
        words = str(error) if isinstance(error, MailError) else type(error).__name__
        _move(letter, State.FAILED if is_last else State.DEFERRED, words)
        raise
    _move(letter, State.SENT, "")


@transaction.atomic
def _begin_sending(letter_id: int) -> OutboundLetter | None:
    """Committed before the server is spoken to: from here on it cannot be taken back."""
    letter = (
        OutboundLetter.objects.select_for_update(of=("self",)).select_related("mailbox", "ticket").get(pk=letter_id)
    )
    if letter.state in {State.SENT, State.CANCELLED, State.FAILED}:
        return None
    if Suppression.objects.filter(address__iexact=letter.to_address).exists() or not letter.to_address:
        _move(letter, State.FAILED, "no address to write to" if not letter.to_address else "suppressed")
        return None
    letter.mailbox = letter.mailbox or _first_mailbox()
    if letter.mailbox is None:
        _move(letter, State.FAILED, "no mailbox to send from")
        return None
    _move(letter, State.SENDING, "")
    return letter


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
        to_address=letter.to_address,
        reply_to=reply_to,
        subject=letter.subject,
        body=letter.body,
        message_id=letter.message_id,
        sent_at=letter.queued_at,
        in_reply_to=letter.in_reply_to,
        references=letter.references,
        files=[_file(attachment) for attachment in Attachment.objects.filter(entry=letter.entry_id)],
    )
    return compose.compose(draft, key=mail_key())


def _file(attachment: Attachment) -> compose.File:
    content = (Path(settings.MEDIA_ROOT) / attachment.path).read_bytes()
    return compose.File(name=attachment.name, content_type=attachment.content_type, content=content)


@transaction.atomic
def cancel_answer(*, letter: OutboundLetter) -> OutboundLetter:
    """Take an answer back while it waits for its undo time to pass."""
    letter = OutboundLetter.objects.select_for_update(of=("self",)).select_related("ticket", "entry").get(pk=letter.pk)
    if letter.state != State.QUEUED:
        raise TooLate
    Job.objects.filter(key=f"send:{letter.pk}").update(done_at=timezone.now(), error="cancelled")
    _move(letter, State.CANCELLED, "")
    return letter


@transaction.atomic
def retry_answer(*, letter: OutboundLetter) -> OutboundLetter:
    """Try a letter again that was not sent."""
    letter = OutboundLetter.objects.select_for_update(of=("self",)).select_related("ticket", "entry").get(pk=letter.pk)
    if letter.state != State.FAILED:
        raise TooLate
    _move(letter, State.QUEUED, "")
    key = f"send:{letter.pk}:{timezone.now().timestamp()}"
    enqueue(kind="send_letter", key=key, payload={"letter": letter.pk})
    return letter
