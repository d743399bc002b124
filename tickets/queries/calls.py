"""Calls and exchanges as pages and the webhook look for them."""

from dataclasses import dataclass
from uuid import UUID

from chat.access import conversations_visible_to
from identity.models import Borrower, User
from tickets.mailboxes.errors import MailboxUnusable
from tickets.mailboxes.passwords import decrypt
from tickets.models import Call, Exchange, PaperLetter, Ticket


@dataclass(frozen=True)
class Claims:
    """What is said of whoever rang or wrote on paper: a number, and whom somebody took them for. None of it proves."""

    number: str = ""
    borrower: UUID | None = None


def claims_of(ticket: Ticket) -> Claims:
    call = call_of(ticket)
    paper = PaperLetter.objects.filter(ticket=ticket).only("claimed_id").first()
    if call is not None:
        return Claims(call.number, call.claimed_id)
    return Claims(borrower=paper.claimed_id if paper else None)


def call_of(ticket: Ticket) -> Call | None:
    return Call.objects.filter(ticket=ticket).select_related("agent", "claimed", "exchange", "recorded_by").first()


def paper_of(ticket: Ticket) -> PaperLetter | None:
    return PaperLetter.objects.filter(ticket=ticket).select_related("claimed", "registered_by").first()


def exchange_by(code: str) -> Exchange | None:
    return Exchange.objects.filter(code=code).first()


def exchanges() -> list[Exchange]:
    return list(Exchange.objects.order_by("name"))


def secret_of(exchange: Exchange) -> str:
    """Empty when it cannot be read any more: then nothing of that exchange is believed."""
    try:
        return decrypt(exchange.secret_encrypted)
    except MailboxUnusable:
        return ""


def may_link(user: User, borrower: Borrower) -> bool:
    """Whether saying that a call was this borrower's shows the staff member nothing new: they read all of it already.

    Everybody else's word makes the borrower a candidate, whom the identity desk has to confirm.
    """
    if user.is_supervisor:
        return True
    return not borrower.conversations.exclude(pk__in=conversations_visible_to(user).values("pk")).exists()
