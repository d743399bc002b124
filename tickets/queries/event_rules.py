"""Rules as they stand, and a ticket as they look at it, now or at a moment of the past."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from chat.models import AuthorKind, Entry, EntryKind
from tickets.access import administrator_of
from tickets.errors import NotVisible
from tickets.models import EventRule, RuleTrial, Ticket, TicketEvent, Topic
from tickets.rules.event_rules import Facts, Rule, words_of

KEPT_TIME = 5.0  # seconds
ASKERS = (AuthorKind.BORROWER, AuthorKind.CORRESPONDENT)
MESSAGE, OPENED = EventRule.Event.MESSAGE.value, EventRule.Event.OPENED.value

_kept: tuple[float, frozenset[str]] | None = None


def listened() -> frozenset[str]:
    """The events that any rule listens to; kept for a few seconds, since the live path asks on every batch."""
    global _kept
    now = time.monotonic()
    if _kept is None or _kept[0] < now:
        events = EventRule.objects.filter(is_on=True).order_by().values_list("event", flat=True)
        _kept = (now + KEPT_TIME, frozenset(events))
    return _kept[1]


def forget_listened() -> None:
    """Read them anew next time; called by whoever changes a rule."""
    global _kept
    _kept = None


def rules_in_order() -> list[EventRule]:
    return list(EventRule.objects.select_related("topic", "sets_topic", "gives_to"))


def rules_for(event: str) -> list[EventRule]:
    """Those that are on, in their order."""
    on = EventRule.objects.filter(is_on=True, event=event)
    return list(on.select_related("sets_topic", "gives_to"))


def rule_for(user: object, rule_id: int) -> EventRule:
    administrator_of(user)
    rule = EventRule.objects.select_related("topic", "sets_topic", "gives_to").filter(pk=rule_id).first()
    if rule is None:
        raise NotVisible
    return rule


def trial_of(rule: EventRule) -> RuleTrial | None:
    return RuleTrial.objects.filter(rule=rule).first()


def plain_rule(rule: EventRule) -> Rule:
    return Rule(
        id=rule.pk,
        name=rule.name,
        event=rule.event,
        channel=rule.channel,
        topic=rule.topic_id,
        priority=rule.priority,
        words=words_of(rule.words),
        borrower=rule.borrower,
        waited=None if rule.waited_minutes is None else rule.waited_minutes * 60,
        sets_topic=rule.sets_topic_id,
        sets_priority=rule.sets_priority,
    )


def facts_now(ticket: Ticket, now: datetime) -> Facts:
    """Everything but the text, which is looked up where a rule names words."""
    waits_since = ticket.waits_since
    return Facts(
        channel=ticket.channel,
        topic=ticket.topic_id,
        priority=ticket.priority,
        text="",
        is_known=ticket.conversation.borrower_id is not None,
        waited=(now - waits_since).total_seconds() if waits_since else 0.0,
    )


def text_of(ticket: Ticket, event: str, *, seq: int | None, at: datetime) -> str:
    """The subject and what the borrower said: that message, the first one of a ticket just opened, else the last."""
    said = Entry.objects.filter(conversation=ticket.conversation_id, kind=EntryKind.MESSAGE, author_kind__in=ASKERS)
    if seq is not None:
        said = said.filter(seq=seq)
    elif event == OPENED:
        said = said.order_by("seq")
    else:
        said = said.filter(created_at__lte=at).order_by("-seq")
    body = said.values_list("body", flat=True).first()
    return f"{ticket.conversation.subject}\n{body or ''}"


def numbers_by_conversation(conversations: Iterable[UUID]) -> dict[UUID, int]:
    return dict(Ticket.objects.filter(conversation__in=set(conversations)).values_list("conversation_id", "number"))


@dataclass(frozen=True)
class Moment:
    """When something happened that a rule listens to; ``seq`` is that of a message."""

    at: datetime
    seq: int | None = None


def tickets_between(event: str, since: datetime, until: datetime) -> list[int]:
    """The tickets to which it may have happened then, found without looking at every message of the desk."""
    if event != MESSAGE:
        happened = TicketEvent.objects.filter(kind=event, at__gte=since, at__lt=until)
        return sorted(set(happened.values_list("ticket_id", flat=True)))
    ended = TicketEvent.objects.filter(kind="resolved", at__gte=since).values_list("ticket_id", flat=True)
    going = Ticket.objects.filter(~Q(status=Ticket.Status.RESOLVED), borrower_wrote_at__gte=since)
    return sorted({*ended, *going.values_list("number", flat=True)})


def moments_of(ticket: Ticket, event: str, since: datetime, until: datetime) -> Iterator[Moment]:
    if event != MESSAGE:
        happened = TicketEvent.objects.filter(ticket=ticket, kind=event, at__gte=since, at__lt=until)
        yield from (Moment(at) for at in happened.order_by("at").values_list("at", flat=True))
        return
    said = Entry.objects.filter(conversation=ticket.conversation_id, kind=EntryKind.MESSAGE, author_kind__in=ASKERS)
    found = said.filter(created_at__gte=since, created_at__lt=until).order_by("seq")
    yield from (Moment(at, seq) for at, seq in found.values_list("created_at", "seq"))


class Past:
    """A ticket's topic, priority and waiting at moments of the past, read from its log once."""

    def __init__(self, ticket: Ticket, topics: dict[str, int]) -> None:
        kinds = ("opened", "topic_set", "priority_set", "answered")
        self.ticket, self.topics = ticket, topics
        log = TicketEvent.objects.filter(ticket=ticket, kind__in=kinds).order_by("at", "id")
        self.log = list(log.values_list("kind", "at", "data"))

    def facts_at(self, at: datetime) -> Facts:
        topic, priority = None, "normal"
        for kind, happened_at, data in self.log:
            if happened_at > at:
                break
            topic = self.topics.get(data.get("topic") or "") if kind in {"opened", "topic_set"} else topic
            priority = data["priority"] if kind == "priority_set" else priority
        known = self.ticket.conversation.borrower_id is not None
        return Facts(self.ticket.channel, topic, priority, "", known, self._waited(at))

    def _waited(self, at: datetime) -> float:
        waits = [
            asked_at
            for kind, answered_at, data in self.log
            if kind == "answered" and (asked_at := datetime.fromisoformat(data["asked_at"])) <= at <= answered_at
        ]
        if self.ticket.waiting_since and self.ticket.waiting_since <= at:
            waits.append(self.ticket.waiting_since)
        return (at - min(waits)).total_seconds() if waits else 0.0


def topics_by_code() -> dict[str, int]:
    return dict(Topic.objects.values_list("code", "id"))


def tickets_of(numbers: Iterable[int]) -> list[Ticket]:
    return list(Ticket.objects.filter(number__in=list(numbers)).select_related("conversation").order_by("number"))
