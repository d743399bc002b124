"""Letters the desk sends by itself: not an answer, and nobody owes one."""

from django.db import transaction

from tickets.actions import deliveries
from tickets.models import OutboundLetter, Suppression, Ticket
from tickets.queries.letters import last_letter_of
from tickets.rules.email import compose


@transaction.atomic
def send_notice(*, ticket: Ticket, purpose: str, subject: str, body: str, link_path: str) -> OutboundLetter | None:
    """Queue a letter to the correspondent of a ticket, in its thread; None when nobody may be written to.

    Where the body has ``notice_links.MARK``, the link under ``link_path`` stands when it leaves.
    """
    last = last_letter_of(ticket)
    address = ticket.conversation.correspondent_address
    if last is None or not address or Suppression.objects.filter(address__iexact=address).exists():
        return None
    letter = OutboundLetter(
        ticket=ticket,
        purpose=purpose,
        mailbox=last.mailbox,
        to_name=ticket.conversation.correspondent_name,
        to_address=address,
        subject=compose.answer_subject(subject)[:480],
        body=body,
        signature=last.mailbox.signature.strip(),
        link_path=link_path,
    )
    return deliveries.queue_letter(letter)
