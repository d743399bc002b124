"""Which live chats have been silent for too long; each question is answered by an index of its own."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.db.models.functions import Greatest

from chat.models import Channel
from tickets.models import SilenceRule, Ticket

LOOKED_AT = 200  # chats at one look
LAST_WORD = Greatest("staff_wrote_at", "borrower_wrote_at", "moved_at")  # Postgres ignores nulls here


def silence_rule() -> SilenceRule:
    """What holds now; the usual where nobody changed anything."""
    return SilenceRule.objects.filter(pk=1).first() or SilenceRule()


def silent_chats(rule: SilenceRule, now: datetime) -> QuerySet[Ticket]:
    """Chats in which the borrower owes the next word and has not been asked yet; by the index ``ticket_silent``."""
    owed = Ticket.objects.filter(
        channel=Channel.CHAT,
        status=Ticket.Status.WAITING,
        waiting_since=None,
        snoozed_until=None,
        silence_asked_at=None,
        staff_wrote_at__isnull=False,
    )
    since = now - timedelta(seconds=rule.warn_time)
    return owed.annotate(last_word=LAST_WORD).filter(last_word__lte=since)


def asked_chats(rule: SilenceRule, now: datetime) -> QuerySet[Ticket]:
    """Chats whose borrower was asked and has not said a word since; whoever speaks takes the question back."""
    return Ticket.objects.filter(silence_asked_at__lte=now - timedelta(seconds=rule.close_time))


def numbers(chats: QuerySet[Ticket], *order: str) -> list[int]:
    return list(chats.order_by(*order).values_list("number", flat=True)[:LOOKED_AT])
