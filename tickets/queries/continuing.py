"""Who may go on in the chat by a link of one of our letters."""

from datetime import timedelta

from django.utils import timezone

from chat.models import Channel, Conversation
from identity.models import AuditEntry, Borrower
from tickets.models import Ticket
from tickets.queries.identity import candidates_of


def wrote_these_letters(ticket: Ticket, borrower: Borrower) -> bool:
    """Whether this is whom the ticket is linked to; while it is linked to nobody, whether the letters point to them.

    Signing in proves who somebody is; the link they came by went to whoever wrote these letters.
    """
    conversation = ticket.conversation
    if conversation.borrower_id is not None:
        return conversation.borrower_id == borrower.pk
    return any(each.borrower == borrower for each in candidates_of(ticket))


def open_chat_of(borrower: Borrower) -> Conversation | None:
    """The chat the borrower has already: there is never a second one."""
    return Conversation.objects.filter(borrower=borrower, channel=Channel.CHAT, closed_at=None).first()


def refusals_of(borrower: Borrower) -> int:
    """How many links were refused to this person lately."""
    lately = timezone.now() - timedelta(hours=1)
    return AuditEntry.objects.filter(code="continue.refused", borrower_id=borrower.pk, at__gt=lately).count()
