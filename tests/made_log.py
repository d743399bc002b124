"""A made log: days of chats and letters whose every moment is known, to the second, and the figures by plain Python.

The figures here are computed from the raw rows alone, second by second, by none of the desk's own arithmetic.
"""

import random
from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

DAY = date(2026, 11, 9)
AGES = 20  # days after, when everything can be judged
ZONE = timezone.get_default_timezone


def at(day: int, seconds: int) -> datetime:
    return datetime(2026, 11, 9, tzinfo=ZONE()) + timedelta(days=day, seconds=seconds)


def make_log(*, agents: list[Any], tickets: int, days: int = 2, seed: int = 1) -> list[Any]:
    """Tickets of several borrowers and topics, on both channels; some reopened, transferred, lapsed or planted."""
    from chat.models import Conversation
    from identity.models import Borrower
    from tickets.models import Assignment, AvailabilityPeriod, Ticket, TicketEvent, Topic

    chance = random.Random(seed)
    topics = [
        *(Topic.objects.get_or_create(code=code, defaults={"title_ru": code, "title_en": code})[0] for code in "ab"),
        None,
    ]
    borrowers = [
        Borrower.objects.create(customer_id=f"M-{seed}-{n}", full_name=f"Заёмщик {n}", first_name="Заёмщик")
        for n in range(max(3, tickets // 4))
    ]
    made, events, led = [], [], []
    for _ in range(tickets):
        channel = chance.choice(["chat", "chat", "email"])
        opened = at(chance.randrange(days), chance.randrange(8 * 3600, 20 * 3600))
        conversation = Conversation.objects.create(
            channel=channel, borrower=chance.choice(borrowers), started_at=opened, closed_at=opened
        )
        ticket = Ticket.objects.create(
            conversation=conversation, channel=channel, topic=chance.choice(topics), opened_at=opened
        )
        made.append(ticket)
        lived(ticket, opened, chance, agents, events, led)
    TicketEvent.objects.bulk_create(events)
    Assignment.objects.bulk_create(led)
    for agent in agents:
        for day in range(days):
            for first, last, state, reason in (
                (9, 13, "available", ""), (13, 14, "break", ""), (14, 17, "available", ""), (17, 19, "away", "letters"),
            ):  # fmt: skip
                facts = {
                    "since": at(day, first * 3600),
                    "until": at(day, last * 3600),
                    "state": state,
                    "reason": reason,
                }
                AvailabilityPeriod.objects.create(user=agent, **facts)
    return made


def lived(ticket: Any, opened: datetime, chance: random.Random, agents: list[Any], events: list, led: list) -> None:
    """What happens to one ticket: assigned, perhaps lapsed, answered twice, ended, perhaps reopened and ended again."""
    from tickets.models import Assignment, TicketEvent

    def say(kind: str, when: datetime, user: Any = None, **data: Any) -> None:
        events.append(TicketEvent(ticket=ticket, kind=kind, at=when, user=user, data=data))

    def answer(asked: datetime, when: datetime, agent: Any, first: bool) -> None:
        wait = (when - asked).total_seconds()
        facts = {"first": first, "asked_at": asked.isoformat(), "wait": wait, "working_wait": wait}
        say("answered", when, agent, **facts, due_at=None, in_time=wait <= 60)

    def hold(agent: Any, since: datetime, until: datetime, ending: str) -> None:
        led.append(Assignment(ticket=ticket, agent=agent, since=since, until=until, ending=ending, reason="matched"))

    slow = 1 if ticket.channel == "chat" else 60
    say("opened", opened, channel=ticket.channel)
    agent = chance.choice(agents)
    given = opened + timedelta(seconds=chance.randrange(5, 90))
    if chance.random() < 0.2:
        lapsed = given + timedelta(seconds=60)
        hold(agent, given, lapsed, "unanswered")
        agent, given = chance.choice(agents), lapsed
    if chance.random() < 0.1:
        say("resolved", given, None, unanswered_since=opened.isoformat())
        return
    first = given + timedelta(seconds=chance.randrange(5, 90) * slow)
    answer(opened, first, agent, True)
    asked = first + timedelta(seconds=chance.randrange(10, 100))
    second = asked + timedelta(seconds=chance.randrange(5, 200) * slow)
    answer(asked, second, agent, False)
    if chance.random() < 0.1:
        say("withdrawn", second + timedelta(seconds=5), agent, answered_at=second.isoformat())
    ended = second + timedelta(seconds=chance.randrange(30, 900))
    if chance.random() < 0.15:
        handed = second + timedelta(seconds=10)
        hold(agent, given, handed, "transferred")
        say("transferred", handed, agent)
        agent, given = chance.choice(agents), handed
    hold(agent, given, ended, "resolved")
    say("resolved", ended, agent, unanswered_since=None)
    if chance.random() < 0.2:
        again = ended + timedelta(seconds=chance.randrange(60, 40_000))
        say("reopened", again)
        if chance.random() < 0.6:
            over = again + timedelta(seconds=chance.randrange(60, 600))
            hold(agent, again, over, "resolved")
            say("resolved", over, agent, unanswered_since=None)
            ended = over
    type(ticket).objects.filter(pk=ticket.pk).update(first_response_at=first, resolved_at=ended, status="resolved")


# The same figures, by plain Python from the raw rows


def told(tickets: list[Any], days: list[date], now: datetime) -> dict[str, list[tuple[Any, ...]]]:
    """Of each measure, its values as (day, agent, topic, channel, value, success), from rows and nothing else."""
    from tickets.models import Assignment, Ticket, TicketEvent

    rows = {one.number: one for one in Ticket.objects.select_related("conversation")}
    logs: dict[int, list[Any]] = defaultdict(list)
    for event in TicketEvent.objects.order_by("at", "id"):
        logs[event.ticket_id].append(event)
    held: dict[int, list[Any]] = defaultdict(list)
    for one in Assignment.objects.order_by("since", "id"):
        held[one.ticket_id].append(one)
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)

    def day_of(moment: datetime) -> date:
        return moment.astimezone(ZONE()).date()

    def put(measure: str, when: datetime, agent: Any, ticket: Any, value: float = 0, success: bool = False) -> None:
        if day_of(when) in days:
            found[measure].append((day_of(when), agent, ticket.topic_id, ticket.channel, value, success, ticket.number))

    for number, log in logs.items():
        ticket = rows[number]
        taken_back = {event.data["answered_at"] for event in log if event.kind == "withdrawn"}
        for event in log:
            if event.kind == "opened":
                put("opened", event.at, None, ticket)
            if event.kind == "answered" and event.at.isoformat() not in taken_back:
                measure = "first_response" if event.data["first"] else "next_response"
                put(measure, event.at, event.user_id, ticket, event.data["wait"], event.data["in_time"])
        turns = [event for event in log if event.kind in ("resolved", "reopened")]
        if not turns or turns[-1].kind != "resolved":
            continue
        end = turns[-1].at
        kept = [one for one in held[number] if one.ending != "unanswered" and one.until]
        agent = kept[-1].agent_id if kept else None
        put("resolution", end, agent, ticket, (end - ticket.opened_at).total_seconds())
        if kept:
            put("handle_time", end, agent, ticket, sum((one.until - one.since).total_seconds() for one in kept))
        if ticket.channel == "chat" and not any(event.kind == "answered" for event in log):
            put("left", end, agent, ticket)
        solved = solved_at_once(ticket, log, end, rows, now)
        if solved is not None:
            put("contact", end, agent, ticket, 0, solved)
    return found


def solved_at_once(ticket: Any, log: list[Any], end: datetime, rows: dict[int, Any], now: datetime) -> bool | None:
    """None when it was not the first contact, or the seven days are not over."""
    week = timedelta(days=7)
    if end + week > now:
        return None
    same = [
        one
        for one in rows.values()
        if one.number != ticket.number
        and one.topic_id == ticket.topic_id
        and one.conversation.borrower_id == ticket.conversation.borrower_id
    ]
    for one in same:
        over = one.resolved_at or now
        if one.opened_at < ticket.opened_at and over >= ticket.opened_at - week:
            return None
    kinds = [event.kind for event in log]
    again = any(ticket.opened_at < one.opened_at <= end + week for one in same)
    return not again and "reopened" not in kinds and "transferred" not in kinds


def seconds_of(day: int, agents: list[Any]) -> dict[tuple[str, Any, Any, str], float]:
    """Agents' time, asked of every single second of the day."""
    from tickets.models import Assignment, AvailabilityPeriod, TicketEvent

    start, total = at(day, 0), defaultdict(float)
    for agent in agents:
        chats, letters, works = [], [], []
        for one in Assignment.objects.filter(agent=agent).select_related("ticket"):
            key = (one.ticket.topic_id, one.ticket.channel)
            span = (second(one.since, start), second(one.until, start))
            if one.ticket.channel == "chat":
                chats.append((*span, key))
                continue
            for event in TicketEvent.objects.filter(ticket=one.ticket, kind="answered"):
                asked = second(datetime.fromisoformat(event.data["asked_at"]), start)
                letters.append((max(span[0], asked), min(span[1], second(event.at, start)), key))
        for period in AvailabilityPeriod.objects.filter(user=agent):
            if period.state == "available" or period.reason == "letters":
                works.append((second(period.since, start), second(period.until, start)))
        for moment in range(86_400):
            live = [key for first, last, key in chats if first <= moment < last]
            is_working = any(first <= moment < last for first, last in works)
            if not live and not is_working:
                continue
            total["line_time", agent.pk, None, ""] += 1
            total["busy", agent.pk, None, "chat"] += bool(live)
            in_hand = live + [key for first, last, key in letters if first <= moment < last]
            for topic, channel in live:
                total["chat_time", agent.pk, topic, channel] += 1
            for topic, channel in in_hand:
                total["spent", agent.pk, topic, channel] += 1 / len(in_hand)
    return {key: value for key, value in total.items() if value}


def second(moment: datetime, start: datetime) -> int:
    return int((moment - start).total_seconds())
