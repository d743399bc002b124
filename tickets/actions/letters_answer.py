"""Answers that leave by SMTP: promised with the message, called back while they wait, tried again when they failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from chat import actions as chat
from chat.access import writer_of
from chat.models import Conversation
from chat.rules.entries import StoredEntry, marks_of
from identity.actions import record_audit
from identity.models import User
from identity.rules.pii import mask_documents
from tickets.actions import deliveries
from tickets.actions.disclosure import refuse_disclosure
from tickets.actions.letters_parties import add_participant
from tickets.errors import Invalid, ThirdParty, TooLate
from tickets.models import InboundLetter, Mailbox, OutboundLetter, Ticket
from tickets.queries.appeals import registered
from tickets.queries.letters import addresses_of_mailboxes, last_letter_of
from tickets.queries.threads import names_of_participants
from tickets.rules.email import compose
from tickets.rules.email.headers import is_address
from tickets.rules.email.tokens import is_of

State = OutboundLetter.State
QUOTE = 10_000  # characters of the letter that is answered
COPIES = 10
ABOVE = "-- reply above this line · ответьте выше этой строки --"  # both, so that any reader of letters finds it


def queue_answers(answers: Sequence[StoredEntry]) -> list[OutboundLetter]:
    """These staff messages in conversations by e-mail become letters, in the transaction that stores the messages."""
    conversations = {each.conversation_id for each in answers}
    found = Ticket.objects.filter(conversation__in=conversations).select_related("conversation")
    tickets = {ticket.conversation_id: ticket for ticket in found}
    return [_queue_answer(tickets[each.conversation_id], each) for each in answers]


@dataclass(frozen=True, kw_only=True)
class Recipients:
    """Whom an answer goes to; ``confirmed`` are the strangers among the copies whom the agent means indeed."""

    to: str = ""
    cc: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()


@transaction.atomic
def post_answer(
    *,
    ticket: Ticket,
    by: User,
    body: str,
    recipients: Recipients,
    client_id: UUID | None,
    files: Sequence[UUID],
    answers: Sequence[int] = (),
) -> StoredEntry:
    """An answer to chosen participants. Who takes no part is written to only when the agent confirms it."""
    to, cc = _checked(ticket, recipients, by)
    refuse_disclosure(ticket=ticket, body=body, recipients=[to, *cc])
    data = {"to": [to], "cc": cc, **marks_of(writer_of(by), answers)}
    return chat.post_message(
        conversation=ticket.conversation, author=by, body=body, client_id=client_id, attachments=files, data=data
    )


def _checked(ticket: Ticket, recipients: Recipients, by: User) -> tuple[str, list[str]]:
    """The recipients; strangers the agent confirmed take part from now on."""
    names = names_of_participants(ticket)
    to = recipients.to.strip() or ticket.conversation.correspondent_address
    cc = list(dict.fromkeys(each.strip() for each in recipients.cc if each.strip()))
    strangers = [each for each in cc if each.lower() not in names]
    own = any(is_of(each, box) for each in strangers for box in addresses_of_mailboxes())
    if to.lower() not in names or len(cc) > COPIES or own or not all(is_address(each) for each in cc):
        raise Invalid("unknown_recipient")
    confirmed = {each.strip().lower() for each in recipients.confirmed}
    if unconfirmed := [each for each in strangers if each.lower() not in confirmed]:
        raise ThirdParty(unconfirmed)
    for each in strangers:
        add_participant(ticket=ticket, address=each, by=by)
        record_audit(code="letter.copied", actor=by, object_kind="ticket", object_id=str(ticket.pk))
    return to, cc


def _queue_answer(ticket: Ticket, entry: StoredEntry) -> OutboundLetter:
    conversation = ticket.conversation
    to = str((entry.data.get("to") or [conversation.correspondent_address])[0])
    last = last_letter_of(ticket, sender=to) or last_letter_of(ticket)
    mailbox = last.mailbox if last else deliveries.first_mailbox()
    is_theirs = last is not None and last.sender.lower() == to.lower()
    letter = OutboundLetter(
        ticket=ticket,
        entry_id=entry.id,
        mailbox=mailbox,
        in_reply_to=compose.answerable(last.message_id) if last else "",
        to_name=names_of_participants(ticket).get(to.lower(), ""),
        to_address=to,
        cc=list(entry.data.get("cc") or []),
        subject=_subject(conversation, last.subject if last else ""),
        body=entry.body,
        signature=signature_of(ticket=ticket, name=entry.author_name, mailbox=mailbox),
        quote=quote_of(last) if last and is_theirs else "",
    )
    return deliveries.queue_letter(letter, message=entry.seq, delay=settings.MAIL_UNDO_TIME)


def signature_of(*, ticket: Ticket, name: str, mailbox: Mailbox | None) -> str:
    """The agent's name, what every letter of the mailbox ends with, and what a written appeal is known by."""
    lines = (name, mailbox.signature.strip() if mailbox else "", _register_line(ticket))
    return "\n".join(each for each in lines if each)


def _register_line(ticket: Ticket) -> str:
    """Number and date of a registered appeal, in the language of the conversation: an answer has to name both."""
    appeal = registered(ticket)
    if appeal is None:
        return ""
    with translation.override(ticket.conversation.language):
        facts = {"number": appeal.number, "day": f"{appeal.received_on:%d.%m.%Y}"}
        return _("In answer to appeal %(number)s received on %(day)s") % facts


def quote_of(letter: InboundLetter) -> str:
    """What is answered, one level deep: the line to write above, who wrote when, their words without card numbers."""
    if letter.entry is None:
        return ""
    with translation.override(letter.entry.conversation.language):
        at = timezone.localtime(letter.received_at).strftime("%d.%m.%Y %H:%M")
        who = _("%(name)s wrote on %(moment)s:") % {"name": letter.entry.author_name, "moment": at}
    return "\n".join([ABOVE, " ".join(who.split()), mask_documents(letter.entry.body[:QUOTE])])


def _subject(conversation: Conversation, subject: str) -> str:
    return compose.answer_subject(subject or conversation.subject)[:480]


@transaction.atomic
def cancel_answer(*, letter: OutboundLetter) -> OutboundLetter:
    """Take an answer back while it waits for its undo time to pass."""
    letter = _locked(letter)
    if letter.state != State.QUEUED:
        raise TooLate
    deliveries.withdraw(letter)
    return letter


@transaction.atomic
def retry_answer(*, letter: OutboundLetter) -> OutboundLetter:
    """Try a letter again that did not arrive, or perhaps did not: the same letter, so that nobody reads it twice."""
    letter = _locked(letter)
    if letter.state not in {State.FAILED, State.UNKNOWN, State.BOUNCED}:
        raise TooLate
    deliveries.send_again(letter, at=timezone.now())
    return letter


def _locked(letter: OutboundLetter) -> OutboundLetter:
    letters = OutboundLetter.objects.select_for_update(of=("self",)).select_related("ticket", "entry")
    return letters.get(pk=letter.pk)
