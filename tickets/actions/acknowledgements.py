"""Saying at once that a letter came, and honestly when it will be answered; silent wherever something could loop."""

import logging
from datetime import timedelta

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tickets.actions import deliveries
from tickets.mailboxes.passwords import mail_key
from tickets.models import InboundLetter, OutboundLetter, Ticket
from tickets.queries.acknowledgements import came_of, counts_of, letters_before
from tickets.rules.email import Letter, compose, tokens
from tickets.rules.email.loops import why_silent

log = logging.getLogger(__name__)
PROVED = {"E2", "E3"}  # may be called by the name in the letter; anybody else is greeted without one


def acknowledge(*, letter: InboundLetter, reading: Letter, ticket: Ticket) -> OutboundLetter | None:
    """Queue the acknowledgement of a letter that was just put into its ticket, or keep silent."""
    if reading.is_automatic or letter.is_silent or not letter.mailbox.acknowledges:
        return None
    if reason := why_silent(came_of(letter, reading), counts_of(letter, ticket)):
        if reason == "breaker":
            log.error("acknowledgements stopped: far more than usual in ten minutes")
        return None
    ticket.refresh_from_db()
    with translation.override(ticket.conversation.language):
        body = words_for(ticket, name=reading.from_name if letter.auth_level in PROVED else "")
    tag = tokens.subject_tag(key=mail_key(), ticket=ticket.number)
    subject = compose.answer_subject(reading.subject or ticket.conversation.subject)[:440]
    sent = OutboundLetter(
        ticket=ticket,
        purpose=OutboundLetter.Purpose.ACK,
        mailbox=letter.mailbox,
        in_reply_to=compose.answerable(letter.message_id),
        to_name="",
        to_address=reading.from_address,
        subject=subject if tag in subject else f"{subject} {tag}",
        body=body,
        signature=letter.mailbox.signature.strip(),
    )
    return deliveries.queue_letter(sent)


def words_for(ticket: Ticket, *, name: str) -> str:
    """What the sender is told: nothing of any account, and a time only while the desk keeps such promises."""
    hello = _("Hello, %(name)s.") % {"name": name} if name else _("Hello.")
    came = _("Your letter has come; its number is %(number)s.") % {"number": ticket.number}
    careful = _("Please do not send card numbers or photos of your passport by e-mail.")
    return "\n\n".join([hello, f"{came} {_when(ticket)}", careful])


def _when(ticket: Ticket) -> str:
    late, ahead = letters_before(ticket)
    if ticket.due_at is not None and ticket.due_at > timezone.now() and not late:
        moment = timezone.localtime(ticket.due_at + timedelta(seconds=59))
        return _("We will answer by %(moment)s.") % {"moment": date_format(moment, "j E, H:i")}
    more = _("There are more letters than usual now, so we do not name a time that we may not keep.")
    count = ngettext("%(n)d letter is before yours.", "%(n)d letters are before yours.", ahead) % {"n": ahead}
    return f"{more} {count}"
