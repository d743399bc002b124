"""What an agent sees beside a conversation: who, what they owe, the scenario, everything said before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db.models import Count, Max, Q

from chat.access import conversations_visible_to
from chat.models import Conversation
from identity import lender
from identity.lender import Loan, Loans
from identity.models import Borrower, User
from identity.rules.pii import mask_phone
from identity.rules.verification import DISCLOSED_FROM
from tickets.models import Ticket
from tickets.queries.identity import level_of
from tickets.queries.scenarios import Player, player_of
from tickets.queries.search_people import people
from tickets.queries.topic_proposals import Proposals, proposals_for
from tickets.queries.topics import Group, offered_groups
from tickets.rules.search import asked_in
from tickets.signals import ratings_wanted

SHOWN = 4
FOUND = 50


@dataclass(frozen=True)
class Past:
    """One conversation of the History, on whatever channel, with the borrower's rating if there is one."""

    conversation: Conversation
    title: str
    status: str
    at: datetime
    rating: int | None


@dataclass(frozen=True)
class LoanCard:
    """What is known of the debt: nothing at all (no answer), nothing owed, or the loan that is due first."""

    is_known: bool
    loan: Loan | None
    others: int
    closed: int


@dataclass(frozen=True)
class Panel:
    """The right panel of one ticket. Without a borrower, identity is not proved and nothing of theirs is here."""

    ticket: Ticket
    borrower: Borrower | None
    phone: str
    loans: LoanCard | None
    topics: list[Group]
    proposed: Proposals | None
    wants_proof: bool
    player: Player | None
    past: list[Past]
    past_count: int


def panel_of(*, ticket: Ticket, user: User) -> Panel:
    borrower = ticket.conversation.borrower if level_of(ticket) >= DISCLOSED_FROM else None
    past = history_of(borrower=borrower, user=user, but=ticket.conversation) if borrower else []
    return Panel(
        ticket=ticket,
        borrower=borrower,
        phone=mask_phone(borrower.phone) if borrower and borrower.phone else "",
        loans=loan_card(borrower) if borrower else None,
        topics=offered_groups([ticket.topic_id]),
        proposed=proposals_for(ticket),
        wants_proof=ticket.topic is not None and level_of(ticket) < ticket.topic.disclosure,
        player=player_of(ticket),
        past=past[:SHOWN],
        past_count=len(past),
    )


def loan_card(borrower: Borrower) -> LoanCard:
    loans = lender.loans_of(borrower.customer_id)
    if loans is None:
        return LoanCard(is_known=False, loan=None, others=0, closed=0)
    return LoanCard(
        is_known=True, loan=_due_first(loans), others=max(len(loans.active) - 1, 0), closed=loans.closed_count
    )


def _due_first(loans: Loans) -> Loan | None:
    return min(loans.active, key=lambda loan: (-loan.overdue_days, loan.due_on), default=None)


def history_of(*, borrower: Borrower, user: User, but: Conversation | None = None) -> list[Past]:
    """Every conversation of the borrower that this staff member may read, the newest first."""
    conversations = conversations_visible_to(user).filter(borrower=borrower).order_by("-started_at")
    if but:
        conversations = conversations.exclude(pk=but.pk)
    found = list(conversations.select_related("ticket__topic"))
    ratings = ratings_of(conversation.pk for conversation in found)
    return [_past(conversation, ratings.get(conversation.pk)) for conversation in found]


def ratings_of(conversations: Iterable[UUID]) -> dict[UUID, int]:
    """What the app above knows of the borrowers' own ratings."""
    found: dict[UUID, int] = {}
    for _, known in ratings_wanted.send(sender=None, conversations=list(conversations)):
        found.update(cast(dict[UUID, int], known or {}))
    return found


def _past(conversation: Conversation, rating: int | None) -> Past:
    ticket: Ticket | None = getattr(conversation, "ticket", None)
    topic = ticket.topic.title if ticket and ticket.topic else ""
    return Past(
        conversation=conversation,
        title=conversation.subject or topic,
        status=ticket.get_status_display() if ticket else "",
        at=conversation.started_at,
        rating=rating,
    )


@dataclass(frozen=True)
class Found:
    """One borrower of the list: who, and when the last conversation began."""

    borrower: Borrower
    phone: str
    last: datetime
    conversations: int


def found_borrowers(*, user: User, query: str = "") -> list[Found]:
    """Whom this staff member may read, the latest first; found as the search finds people, or by a part of a word."""
    borrowers = Borrower.objects.filter(conversations__in=conversations_visible_to(user))
    known = [each.pk for each in people(user, asked_in(query))[:FOUND]] if query else []
    borrowers = borrowers.filter(pk__in=known) if known else borrowers
    for word in [] if known else query.split()[:4]:
        digits = "".join(letter for letter in word if letter.isdigit())
        matches = Q(full_name__icontains=word) | Q(email__icontains=word) | Q(customer_id__iexact=word)
        borrowers = borrowers.filter(matches | Q(phone__endswith=digits) if len(digits) >= 4 else matches)
    counted = borrowers.annotate(last=Max("conversations__started_at"), talks=Count("conversations", distinct=True))
    return [
        Found(borrower=one, phone=mask_phone(one.phone) if one.phone else "", last=one.last, conversations=one.talks)
        for one in counted.order_by("-last")[:FOUND]
    ]
