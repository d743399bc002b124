"""Letters on paper and of the regulator's portal: registered by hand, answered on paper."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from chat import actions as chat
from chat.models import Channel
from identity.actions import record_audit
from identity.models import Borrower, User
from tickets.actions.announcements import announce_change
from tickets.actions.appeals import register_appeal
from tickets.actions.disclosure import refuse_disclosure
from tickets.actions.locking import lock_ticket
from tickets.errors import Invalid
from tickets.models import PaperAnswer, PaperLetter, Ticket
from tickets.queries.calls import may_link

FACTS = ("channel", "kind", "incoming_number", "received_on", "sender", "sender_address")


def register_letter(
    *, by: User, said: Mapping[str, Any], scans: Iterable[chat.Upload], claimed: Borrower | None = None
) -> Ticket:
    """Take a letter in: its words and scans open a conversation and a ticket that every agent may take.

    The scans are checked and written before the transaction, which holds locks that chats wait for.
    """
    kept, ticket = [], None
    try:
        for each in scans:
            kept.append(chat.keep_file(upload=each))
        ticket = _register(by, said, kept, claimed)
        return ticket
    finally:
        if ticket is None:
            _forget(kept)


@transaction.atomic
def _register(by: User, said: Mapping[str, Any], kept: list[chat.KeptFile], claimed: Borrower | None) -> Ticket:
    if PaperLetter.objects.filter(channel=said["channel"], incoming_number=said["incoming_number"]).exists():
        raise Invalid("number_taken")
    context: dict[str, Any] = {"topic": said["topic"]}
    conversation = chat.start_conversation(
        channel=said["channel"],
        borrower=claimed if claimed and may_link(by, claimed) else None,
        correspondent_name=said["sender"],
        subject=said["subject"],
        is_shared=True,
        context=context,
    )
    ticket: Ticket = context["ticket"]
    facts = {name: said[name] for name in FACTS}
    PaperLetter.objects.create(ticket=ticket, claimed=claimed, registered_by=by, **facts)
    files = [chat.attach_kept_file(conversation=conversation, author=None, kept=each).pk for each in kept]
    writer = chat.Correspondent(said["sender"])
    chat.post_message(conversation=conversation, author=writer, body=said["body"], attachments=files)
    if said.get("is_appeal"):
        register_appeal(ticket=ticket, received_on=said["received_on"], channel=said["channel"], by=by)
    record_audit(
        code="paper.registered",
        actor=by,
        object_kind="ticket",
        object_id=ticket.pk,
        scans=len(files),
        kind=said["kind"],
    )
    return ticket


@transaction.atomic
def keep_answer(*, ticket: Ticket, body: str, by: User) -> PaperAnswer:
    """Keep the text of the answer that is begun; nobody outside sees it before it is sent."""
    ticket = lock_ticket(ticket.pk)
    answer, _ = PaperAnswer.objects.update_or_create(
        ticket=ticket,
        sent_on=None,
        defaults={"body": body, "composed_by": by, "composed_at": timezone.now(), "printed_at": None},
    )
    return answer


@transaction.atomic
def mark_printed(*, answer: PaperAnswer, by: User) -> None:
    """The answer goes to the printer: from here on it says what may be said to whoever wrote, or it is refused."""
    refuse_what_is_not_proved(answer.ticket, answer.body)
    PaperAnswer.objects.filter(pk=answer.pk).update(printed_at=timezone.now())
    record_audit(code="paper.printed", actor=by, object_kind="ticket", object_id=answer.ticket_id)


def send_answer(
    *, answer: PaperAnswer, by: User, outgoing_number: str, sent_on: date, scans: Iterable[chat.Upload]
) -> PaperAnswer:
    """The printed answer has left: it stands in the conversation, and the clock stops."""
    kept, sent = [], None
    try:
        for each in scans:
            kept.append(chat.keep_file(upload=each))
        sent = _send(answer, by, {"outgoing_number": outgoing_number, "sent_on": sent_on}, kept)
        return sent
    finally:
        if sent is None:
            _forget(kept)


@transaction.atomic
def _send(answer: PaperAnswer, by: User, mark: dict[str, Any], kept: list[chat.KeptFile]) -> PaperAnswer:
    ticket = lock_ticket(answer.ticket_id)
    answer = PaperAnswer.objects.select_for_update(no_key=True).get(pk=answer.pk)
    if answer.sent_on is not None:
        raise Invalid("answer_sent")
    if PaperAnswer.objects.filter(outgoing_number=mark["outgoing_number"]).exists():
        raise Invalid("number_taken")
    refuse_what_is_not_proved(ticket, answer.body)
    conversation = ticket.conversation
    files = [chat.attach_kept_file(conversation=conversation, author=by, kept=each).pk for each in kept]
    data = {"outgoing_number": mark["outgoing_number"], "sent_on": mark["sent_on"].isoformat()}
    entry = chat.post_message(conversation=conversation, author=by, body=answer.body, attachments=files, data=data)
    answer.outgoing_number, answer.sent_on = mark["outgoing_number"], mark["sent_on"]
    answer.sent_by, answer.entry_id = by, entry.id
    answer.save(update_fields=["outgoing_number", "sent_on", "sent_by", "entry"])
    record_audit(code="paper.sent", actor=by, object_kind="ticket", object_id=ticket.pk, answer=answer.pk)
    announce_change(ticket)
    return answer


def refuse_what_is_not_proved(ticket: Ticket, body: str) -> None:
    """A letter by post is answered as one by mail. The regulator knows whom they ask about: their portal is a proof."""
    if ticket.channel == Channel.PAPER:
        refuse_disclosure(ticket=ticket, body=body)


def _forget(kept: list[chat.KeptFile]) -> None:
    for each in kept:
        chat.forget_kept_file(kept=each)
