"""Putting a letter that was read into a ticket: one transaction, exactly once."""

from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils.translation import gettext as _

from chat import actions as chat
from chat.errors import FileRefused
from chat.models import Channel
from tickets.actions.acknowledgements import acknowledge
from tickets.actions.announcements import announce_change
from tickets.actions.bounces import hear_report
from tickets.actions.letters_reviews import is_about_reviews, outcome_of_review_letter
from tickets.actions.letters_trust import judge_sender, look_if_nobody_did
from tickets.mailboxes.passwords import mail_key
from tickets.models import InboundLetter, Mailbox, MailReference, Ticket
from tickets.queries.acknowledgements import ticket_of_a_flood
from tickets.queries.letters import Known, Twin, id_hash, locked_and_known, mailbox_in_version
from tickets.queries.threads import decision_for
from tickets.rules.email import Letter
from tickets.rules.email.attachments import File
from tickets.rules.email.headers import is_address
from tickets.rules.email.servers import Found
from tickets.rules.email.shown import remote_pictures
from tickets.rules.email.threading import Decision
from tickets.rules.email.tokens import is_of, sign

State = InboundLetter.State

BODY = 100_000  # characters of one entry; the rest is in the raw letter
FILES = 10  # carried by the entry; the rest is in the raw letter

# Ready as they stand: at full speed, building a statement would cost more than running it.
SETTLE = """
update tickets_inboundletter
   set state = %s, error = %s, from_address = %s, auth_level = %s, auth_evidence = %s, letter_class = %s, parsed = %s,
       ticket_id = %s, entry_id = %s
 where id = %s
"""
REMEMBER = """
insert into tickets_mailreference (ticket_id, id_hash, kind)
select %s, hash, kind from unnest(%s::text[], %s::text[]) as n(hash, kind) on conflict do nothing
"""


@dataclass
class Upload:
    """A letter's file, in the form in which the chat takes files."""

    name: str | None
    size: int | None
    content: bytes

    def read(self) -> bytes:
        return BytesIO(self.content).read()


@dataclass(frozen=True)
class Files:
    """The letter's files that the chat takes, on the disk already, and the names of those it does not."""

    kept: list[chat.KeptFile]
    refused: list[str]


def apply_letter(*, letter: InboundLetter, reading: Letter, is_released: bool = False) -> InboundLetter:
    """Settle a letter: into its ticket, into a new one, or aside with the reason.

    Its pictures are written anew before the transaction, which holds locks that chats wait for.
    """
    files, settled = _kept(reading.attachments), None
    try:
        own = look_if_nobody_did(letter=letter, reading=reading)
        settled = _apply(letter, reading, files, own, is_released=is_released)
        return settled
    finally:
        if settled is None or settled.entry_id is None or settled.state not in {State.APPLIED, State.OVERSIZE}:
            for each in files.kept:
                chat.forget_kept_file(kept=each)


@transaction.atomic
def _apply(
    letter: InboundLetter, reading: Letter, files: Files, own: Found | None, *, is_released: bool
) -> InboundLetter:
    known = locked_and_known(letter, reading)
    letter.state, letter.ticket_id = known.state, known.ticket
    if letter.is_settled:
        return letter
    letter.mailbox = mailbox_in_version(letter.mailbox_id, known.mailbox)
    letter.from_address = reading.from_address.lower()[:320]
    decision = decision_for(letter, reading, known.recent)
    verdict = judge_sender(
        letter=letter, reading=reading, candidates=known.borrowers, has_token=decision.has_token, own=own
    )
    if _is_ours(reading, letter.mailbox):
        letter.letter_class = InboundLetter.Class.OWN
        return _settle(letter, State.IGNORED, "own")
    if (twin := _twin(letter, known)) is not None:
        letter.ticket_id, letter.entry_id = twin.ticket, twin.entry
        return _settle(letter, State.DUPLICATE, f"same as letter {twin.letter}")
    if verdict.is_held and not is_released:
        return _settle(letter, State.HELD, verdict.reasons[0])
    if is_about_reviews(mailbox=letter.mailbox, sender=reading.from_address):
        return _settle(letter, *outcome_of_review_letter(letter=letter, reading=reading))
    if reading.letter_class == "bounce" and decision.ticket is None and not is_released:
        return _settle(letter, State.HELD, "bounce")
    ticket = _put_into_ticket(letter, reading, files, decision, known)
    hear_report(letter=letter, reading=reading)
    acknowledge(letter=letter, reading=reading, ticket=ticket)
    return _settle(letter, State.OVERSIZE if "oversize" in reading.problems else State.APPLIED, "")


def _settle(letter: InboundLetter, state: str, reason: str) -> InboundLetter:
    letter.state, letter.error = state, reason
    evidence, said = _json(letter.auth_evidence), _json(letter.parsed)
    values = [state, reason, letter.from_address, letter.auth_level, evidence, letter.letter_class, said]
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, [*values, letter.ticket_id, letter.entry_id, letter.pk])
    return letter


def _json(values: dict[str, Any]) -> str:
    return orjson.dumps(values).decode()


def _is_ours(reading: Letter, mailbox: Mailbox) -> bool:
    if reading.instance and reading.instance.lower() == sign(mail_key(), "instance", reading.message_id):
        return True
    return is_of(reading.from_address, mailbox.address)


def _twin(letter: InboundLetter, known: Known) -> Twin | None:
    """The same letter that came another way; the same Message-ID with other content is another letter."""
    if known.twin is None or known.twin.is_same:
        return known.twin
    letter.parsed["problems"] = [*letter.parsed.get("problems", []), "message_id_reused"]
    return None


def _put_into_ticket(letter: InboundLetter, reading: Letter, files: Files, decision: Decision, known: Known) -> Ticket:
    ticket = _decided(decision)
    is_machine = bool(decision.ticket) and reading.letter_class != "human"
    is_note = decision.is_stranger or is_machine
    previous = decision.previous
    if ticket is not None and not is_note and _is_a_chat_that_is_over(ticket):
        previous, ticket = ticket.number, None
    is_flood = ticket is None and (ticket := ticket_of_a_flood(known.recent)) is not None
    if ticket is None:
        ticket = _new_ticket(reading, previous=previous)
    if ticket.conversation.closed_at and not is_note:
        chat.reopen_conversation(conversation=ticket.conversation, by=None)
    extra = _facts_of(decision, is_machine=is_machine) | ({"collected": True} if is_flood else {})
    entry = _post(ticket, letter, reading, files, is_note=is_note, extra=extra)
    letter.ticket, letter.entry_id = ticket, entry.id
    letter.parsed["is_stranger"] = is_note
    _remember_ids(letter, reading, ticket)
    if is_note or ticket.channel == Channel.CHAT:  # of another letter everybody heard as its clock began
        announce_change(ticket)
    return ticket


def _decided(decision: Decision) -> Ticket | None:
    if decision.ticket is None:
        return None
    return Ticket.objects.select_related("conversation").filter(number=decision.ticket).first()


def _is_a_chat_that_is_over(ticket: Ticket) -> bool:
    """Its letters went on in a chat: a later letter does not open that again, beside another perhaps."""
    return ticket.channel == Channel.CHAT and ticket.conversation.closed_at is not None


def _facts_of(decision: Decision, *, is_machine: bool) -> dict[str, Any]:
    """How the letter found its ticket, and what the agent may do about it."""
    facts: dict[str, Any] = {"matched_by": decision.by} if decision.by else {}
    if decision.previous:
        facts["previous"] = decision.previous
    if decision.suggested:
        facts["suggested"] = list(decision.suggested)
    if decision.is_stranger and not is_machine:
        facts["third_party"] = True
    return facts


def _new_ticket(reading: Letter, *, previous: int | None) -> Ticket:
    made: dict[str, Any] = {}
    chat.start_conversation(
        channel="email",
        is_shared=True,
        correspondent_name=reading.from_name,
        correspondent_address=reading.from_address if is_address(reading.from_address) else "",
        subject=reading.subject,
        context=made,
    )
    ticket: Ticket = made["ticket"]
    if previous:
        ticket.previous_id = previous
        ticket.save(update_fields=["previous"])
    return ticket


def _post(
    ticket: Ticket, letter: InboundLetter, reading: Letter, files: Files, *, is_note: bool, extra: dict[str, Any]
) -> chat.StoredEntry:
    """The letter as an entry: what was typed is the body, the rest is folded beside it."""
    conversation = ticket.conversation
    known = [chat.attach_kept_file(conversation=conversation, author=None, kept=each).pk for each in files.kept]
    name = reading.from_name or reading.from_address or _("Unknown sender")
    body = (reading.reply_text or reading.text)[:BODY].strip() or _("(a letter without text)")
    data = _data_of(letter, reading, files.refused) | extra
    if is_note:
        data |= {"unverified": True, "class": reading.letter_class}
    post = chat.Post(
        conversation=conversation.pk,
        writer=chat.Writer("correspondent", None, name[:200]),
        body=body,
        attachments=tuple(known),
        data=data,
        trusted=True,
        is_letter=True,
    )
    if is_note:
        post = _note(post, f"{name} <{reading.from_address}>")
    return chat.posted_or_refused(chat.post_within(post)).entry


def _note(post: chat.Post, name: str) -> chat.Post:
    """What a stranger or a machine sent is shown to staff only and moves no clock."""
    return replace(post, writer=chat.Writer("system", None, name[:200]), kind="note", public=False)


def _data_of(letter: InboundLetter, reading: Letter, refused: list[str]) -> dict[str, Any]:
    data: dict[str, Any] = {
        "letter": letter.pk,
        "subject": reading.subject,
        "from": reading.from_address,
        "to": [box.address for box in reading.to[:20]],
        "cc": [box.address for box in reading.cc[:20]],
        "trimmed": reading.trimmed[:BODY],
        "has_html": bool(reading.html),
        "pictures": remote_pictures(reading.html),
        "auth_level": letter.auth_level,
        "reasons": letter.auth_evidence["reasons"],
    }
    if refused:
        data["files_refused"] = refused
    return data


def _kept(files: tuple[File, ...]) -> Files:
    """Files the chat takes go with the entry; the names of the others are told, their bytes stay in the raw letter."""
    kept: list[chat.KeptFile] = []
    refused: list[str] = []
    for file in files:
        if len(kept) == FILES:
            refused.append(file.name)
            continue
        try:
            kept.append(chat.keep_file(upload=Upload(name=file.name, size=file.size, content=file.content)))
        except FileRefused:
            refused.append(file.name)
    return Files(kept, refused[:50])


def _remember_ids(letter: InboundLetter, reading: Letter, ticket: Ticket) -> None:
    """So that later letters which refer to this one find the ticket."""
    kinds = MailReference.Kind
    hashes = {id_hash(letter.message_id): kinds.IN}
    if not letter.parsed["is_stranger"]:
        hashes = {id_hash(each): kinds.REFERENCED for each in (*reading.in_reply_to, *reading.references)} | hashes
    with connection.cursor() as cursor:
        cursor.execute(REMEMBER, [ticket.pk, list(hashes), list(hashes.values())])
