"""Who takes part by letters: a stranger's letter is let in or set apart, two tickets about one matter are joined."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chat import actions as chat
from chat.models import Channel, Conversation, Entry
from identity.actions import record_audit
from identity.models import User
from tickets.actions.announcements import announce_change
from tickets.actions.locking import lock_ticket, lock_tickets
from tickets.actions.tickets import resolve_joined
from tickets.errors import Invalid, TooLate
from tickets.models import InboundLetter, MailReference, Ticket, TicketParticipant
from tickets.queries.letters import id_hash
from tickets.rules.email.headers import is_address

MOVED_AT_ONCE = 100  # letters of a ticket that is joined with another


@transaction.atomic
def admit_letter(*, letter: InboundLetter, by: User) -> InboundLetter:
    """The agent lets a stranger's letter in: it becomes a message, and its sender takes part from now on."""
    letter, note = _waiting(letter)
    ticket = lock_ticket(note.conversation.ticket.pk)
    add_participant(ticket=ticket, address=letter.sender, name=str(letter.parsed.get("from_name", "")), by=by)
    if note.conversation.closed_at:
        chat.reopen_conversation(conversation=note.conversation, by=by)
    _post_again(letter, note, ticket.conversation, admitted_by=by.display_name)
    record_audit(code="letter.admitted", actor=by, object_kind="letter", object_id=str(letter.pk), ticket=ticket.pk)
    announce_change(ticket)
    return letter


@transaction.atomic
def split_letter(*, letter: InboundLetter, by: User) -> Ticket:
    """The agent makes a ticket of its own of a stranger's letter."""
    letter, note = _waiting(letter)
    old = note.conversation.ticket
    conversation = chat.start_conversation(
        channel=Channel.EMAIL,
        is_shared=True,
        correspondent_name=str(letter.parsed.get("from_name", "")),
        correspondent_address=letter.sender if is_address(letter.sender) else "",
        subject=letter.subject,
    )
    ticket = conversation.ticket
    _post_again(letter, note, conversation)
    letter.ticket = ticket
    letter.save(update_fields=["ticket"])
    MailReference.objects.filter(id_hash=id_hash(letter.message_id), ticket=old).update(ticket=ticket)
    _tell(old, by, _("The letter of %(sender)s has a ticket of its own: %(number)s.") % _names(letter, ticket))
    record_audit(code="letter.split", actor=by, object_kind="letter", object_id=str(letter.pk), ticket=ticket.pk)
    announce_change(ticket)
    return ticket


@transaction.atomic
def merge_ticket(*, ticket: Ticket, into: Ticket, by: User) -> Ticket:
    """Two tickets about one matter: the letters of the first go on in the second, and later ones go there too."""
    locked = {each.pk: each for each in lock_tickets({ticket.conversation_id, into.conversation_id})}
    ticket, into = locked[ticket.pk], locked[into.pk]
    if ticket == into or {ticket.channel, into.channel} != {Channel.EMAIL} or ticket.merged_into or into.merged_into:
        raise Invalid("cannot_merge")
    correspondent = ticket.conversation
    add_participant(
        ticket=into, address=correspondent.correspondent_address, name=correspondent.correspondent_name, by=by
    )
    for each in ticket.participants.all():
        add_participant(ticket=into, address=each.address, name=each.name, by=by)
    ticket.merged_into = into
    ticket.save(update_fields=["merged_into"])
    if into.conversation.closed_at:
        chat.reopen_conversation(conversation=into.conversation, by=by)
    for letter in ticket.letters.filter(entry__kind="message").select_related("entry")[:MOVED_AT_ONCE]:
        assert letter.entry
        _post_again(letter, letter.entry, into.conversation)
        letter.ticket = into
        letter.save(update_fields=["ticket"])
    _tell(ticket, by, _("Joined with ticket %(number)s: the letters go on there.") % {"number": into.pk})
    if ticket.status != Ticket.Status.RESOLVED:
        resolve_joined(ticket=ticket, by=by)
    record_audit(code="ticket.merged", actor=by, object_kind="ticket", object_id=str(ticket.pk), into=into.pk)
    announce_change(into)
    return into


def add_participant(*, ticket: Ticket, address: str, name: str = "", by: User | None) -> None:
    """Somebody takes part by letters from now on; the correspondent does so anyway."""
    address = address.strip().lower()
    if not is_address(address) or address == ticket.conversation.correspondent_address.lower():
        return
    row = TicketParticipant(ticket=ticket, address=address, name=name[:200], added_by=by)
    TicketParticipant.objects.bulk_create([row], ignore_conflicts=True)


def _waiting(letter: InboundLetter) -> tuple[InboundLetter, Entry]:
    """The letter under its lock, with the note it stands in, while nobody has decided about it."""
    locked = InboundLetter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    note = Entry.objects.select_related("conversation__ticket").filter(pk=locked.entry_id or 0).first()
    if note is None or note.kind != "note" or not note.data.get("third_party"):
        raise TooLate
    return locked, note


def _post_again(letter: InboundLetter, entry: Entry, conversation: Conversation, **facts: str) -> None:
    """The letter as a message of its sender, with the files it carried."""
    name = str(letter.parsed.get("from_name") or letter.sender)[:200]
    files = [
        chat.attach_kept_file(conversation=conversation, author=None, kept=_kept(each)).pk
        for each in entry.attachments.all()
    ]
    gone = {"third_party", "unverified", "suggested"}
    data: dict[str, Any] = {key: value for key, value in entry.data.items() if key not in gone} | facts
    author = chat.Correspondent(name, letter.sender)
    stored = chat.post_message(conversation=conversation, author=author, body=entry.body, attachments=files, data=data)
    letter.entry_id, letter.parsed["is_stranger"] = stored.id, False
    letter.save(update_fields=["entry", "parsed"])


def _kept(file: Any) -> chat.KeptFile:
    return chat.KeptFile(
        name=file.name,
        content_type=file.content_type,
        size=file.size,
        sha256=file.sha256,
        path=file.path,
        width=file.width,
        height=file.height,
    )


def _tell(ticket: Ticket, by: User, words: str) -> None:
    chat.post_message(conversation=ticket.conversation, author=by, body=words, kind="note")


def _names(letter: InboundLetter, ticket: Ticket) -> dict[str, Any]:
    return {"sender": letter.sender, "number": ticket.pk}
