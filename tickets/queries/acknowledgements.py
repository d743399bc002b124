"""What speaks for and against answering a letter by machine, counted in the tables."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from chat.models import Channel
from tickets.models import InboundLetter, Mailbox, OutboundLetter, Suppression, Ticket
from tickets.queries.letters import Recent
from tickets.rules.email import Letter
from tickets.rules.email.headers import is_address
from tickets.rules.email.loops import TICKETS_PER_HOUR, Came, Counts

DAY, HOUR, TEN_MINUTES, WEEK = timedelta(days=1), timedelta(hours=1), timedelta(minutes=10), timedelta(days=7)


def came_of(letter: InboundLetter, reading: Letter) -> Came:
    """The letter, as the rule about acknowledgements sees it."""
    mailbox, address = letter.mailbox, reading.from_address
    arrived = letter.arrived_at or letter.received_at
    own = Mailbox.objects.filter(address__iexact=address).exists()
    return Came(
        is_human=not reading.is_automatic,
        is_message=not letter.parsed.get("is_stranger"),
        is_on=mailbox.acknowledges,
        is_silenced=mailbox.silent_until is not None and arrived < mailbox.silent_until,
        has_address=reading.has_one_sender and is_address(address) and address.isascii() and not own,
        is_suppressed=Suppression.objects.filter(address__iexact=address).exists(),
        age=(timezone.now() - arrived).total_seconds(),
    )


def counts_of(letter: InboundLetter, ticket: Ticket) -> Counts:
    """What this sender wrote and heard lately, and how many acknowledgements leave at all."""
    now = timezone.now()
    acks = OutboundLetter.objects.filter(purpose=OutboundLetter.Purpose.ACK).exclude(
        state=OutboundLetter.State.CANCELLED
    )
    to_address = acks.filter(Q(to_address=letter.from_address) | Q(to_address=letter.sender), mailbox=letter.mailbox)
    recent, usual = acknowledgements_lately()
    return Counts(
        to_address_today=to_address.filter(queued_at__gt=now - DAY).count(),
        for_ticket=acks.filter(ticket=ticket).count(),
        letters_this_hour=letters_this_hour(letter),
        recent=recent,
        usual=usual,
    )


def acknowledgements_lately() -> tuple[int, float]:
    """How many left in the last ten minutes, and on average in ten minutes of the last week."""
    now = timezone.now()
    acks = OutboundLetter.objects.filter(purpose=OutboundLetter.Purpose.ACK)
    recent = acks.filter(queued_at__gt=now - TEN_MINUTES).count()
    before = acks.filter(queued_at__gt=now - WEEK, queued_at__lte=now - TEN_MINUTES).count()
    return recent, before * (TEN_MINUTES / WEEK)


def letters_this_hour(letter: InboundLetter) -> int:
    """How many letters this sender wrote within the hour, this one included."""
    since = letter.received_at - HOUR
    rows = InboundLetter.objects.filter(from_address=letter.from_address, received_at__gt=since).exclude(pk=letter.pk)
    return rows.exclude(from_address="").count() + 1


def ticket_of_a_flood(recent: Sequence[Recent]) -> Ticket | None:
    """The newest ticket of a sender who opened too many within the hour: further letters are collected there."""
    opened = [each.number for each in recent if each.is_new]
    if len(opened) < TICKETS_PER_HOUR:
        return None
    return Ticket.objects.select_related("conversation").get(number=opened[0])


def letters_before(ticket: Ticket) -> tuple[bool, int]:
    """Whether promises to letters are being broken now, and how many letters wait longer than this one."""
    others = Ticket.objects.filter(channel=Channel.EMAIL, waiting_since__isnull=False).exclude(pk=ticket.pk)
    since = ticket.waiting_since or timezone.now()
    return others.filter(due_at__lt=timezone.now()).exists(), others.filter(waiting_since__lte=since).count()
