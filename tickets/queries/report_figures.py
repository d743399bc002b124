"""The service report from the roll-ups: figures by channel, by agent, by topic, by hour, each beside its past."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from chat.models import Channel
from identity.models import User
from tickets.models import Topic
from tickets.queries.rollups import (
    Asked,
    Found,
    Sums,
    added,
    computed_at,
    days_not_rolled,
    figures,
    figures_by,
    figures_by_day,
    hours,
)
from tickets.rules import metrics
from tickets.rules.histograms import sparse_percentile
from tickets.rules.metrics import Ratio

NOTHING = Sums()
WEEK = 7
USUAL = (Channel.CHAT.value, Channel.EMAIL.value)
LONG = 45  # days from which lines are drawn by week


@dataclass(frozen=True)
class Line:
    """One figure of the table: its name, what it counts, which part of that, and how it is written."""

    code: str
    measure: str
    value: Callable[[Found, str], float | None]
    form: str
    only: str = ""


@dataclass(frozen=True)
class Cell:
    """A figure of one channel: the value, the sums it rests on, and the value of the period before."""

    channel: str
    value: float | None
    sums: Sums
    before: float | None


@dataclass(frozen=True)
class Person:
    """An agent's line: the sums that lead to dialogs, and what the agent's time says."""

    agent: User
    answers: Sums
    resolved: Sums
    cost: float | None
    parallel: float | None
    occupancy: float | None


@dataclass(frozen=True)
class Matter:
    """A topic's line; ``width`` is its share of the largest, for the bar."""

    topic: Topic | None
    opened: Sums
    share: float | None
    width: float
    answers: Sums
    contacts: Sums


@dataclass(frozen=True)
class Report:
    asked: Asked
    before: Asked
    found: Found
    earlier: Found
    channels: list[str]
    lines: list[tuple[Line, list[Cell]]]
    agents: list[Person]
    topics: list[Matter]
    heat: dict[tuple[int, int], Sums]
    medians: dict[str, list[tuple[date, Sums]]]
    ratio: Ratio | None
    as_of: Any
    missing: int


def count(measure: str) -> Callable[[Found, str], float | None]:
    return lambda found, channel: found.get((measure, channel), NOTHING).n


def share(measure: str) -> Callable[[Found, str], float | None]:
    def of(found: Found, channel: str) -> float | None:
        sums = found.get((measure, channel), NOTHING)
        return metrics.share(sums.k, sums.n)

    return of


def percentile(measure: str, at: float) -> Callable[[Found, str], float | None]:
    return lambda found, channel: sparse_percentile(found.get((measure, channel), NOTHING).counts, at)


def departed(found: Found, channel: str) -> float | None:
    """Nobody leaves but a chat: a letter waits, and a call nobody answered is owed an answer."""
    return found.get(("left", channel), NOTHING).n if channel == Channel.CHAT else None


def cost(found: Found, channel: str) -> float | None:
    """Agents' seconds on the channel for each request that was solved there."""
    spent, solved = found.get(("spent", channel), NOTHING), found.get(("resolution", channel), NOTHING)
    return spent.total / solved.n if solved.n and spent.total else None


def net(measure: str) -> Callable[[Found, str], float | None]:
    def of(found: Found, channel: str) -> float | None:
        return net_of(found.get((measure, channel), NOTHING))

    return of


def net_of(sums: Sums) -> float | None:
    """Points from -100 to 100, of values that are each 1, 0 or -1."""
    return 100 * sums.total / sums.n if sums.n else None


def said_of(found: Found, measure: str, channel: str) -> tuple[Sums, int]:
    """All answers, or those of one channel, and how many of them are about a dialog."""
    known = {on: one for (name, on), one in found.items() if name == measure and (not channel or on == channel)}
    return added(known.values()), sum(one.n for on, one in known.items() if on)


LINES = (
    Line("opened", "opened", count("opened"), "figure"),
    Line("resolved", "resolution", count("resolution"), "figure"),
    Line("first-response", "first_response", percentile("first_response", 0.5), "duration"),
    Line("first-response-90", "first_response", percentile("first_response", 0.9), "duration"),
    Line("in-time", "first_response", share("first_response"), "share", "missed"),
    Line("next-response", "next_response", percentile("next_response", 0.5), "duration"),
    Line("next-in-time", "next_response", share("next_response"), "share", "missed"),
    Line("handle", "handle_time", percentile("handle_time", 0.5), "duration"),
    Line("resolution", "resolution", percentile("resolution", 0.5), "duration"),
    Line("contact", "contact", share("contact"), "share", "missed"),
    Line("cost", "resolution", cost, "duration"),
    Line("left", "left", departed, "figure"),
    Line("csat", "rating", share("rating"), "share", "missed"),
    Line("nps", "nps", net("nps"), "points"),
)


def report_of(asked: Asked) -> Report:
    """Everything the page shows; from roll-ups alone."""
    before = asked.before()
    found, earlier = figures(asked), figures(before)
    channels = channels_of(asked, found, earlier)
    slow, fast = (found.get(("first_response", one), NOTHING).counts for one in (Channel.EMAIL, Channel.CHAT))
    return Report(
        asked=asked,
        before=before,
        found=found,
        earlier=earlier,
        channels=channels,
        lines=[(line, [_cell(line, found, earlier, one) for one in channels]) for line in LINES],
        agents=_agents(asked),
        topics=_topics(asked),
        heat=hours(asked, "opened"),
        medians=_medians(asked, channels),
        ratio=metrics.ratio_of_medians(slow, fast),
        as_of=computed_at(asked),
        missing=days_not_rolled(asked),
    )


def channels_of(asked: Asked, *found: Found) -> list[str]:
    """Chat and e-mail always, the others when something was counted; only the one that was asked for."""
    known = {channel for each in found for _, channel in each} | set(USUAL)
    return [one.value for one in Channel if one.value in ({asked.channel} if asked.channel else known)]


def moved_of(found: Found) -> tuple[int, int]:
    """Letters that opened a ticket, and how many of them went on in the chat."""
    letters = found.get(("opened", Channel.EMAIL.value), NOTHING)
    return letters.n, letters.k


def parallel_of(found: Found) -> float | None:
    """Live chats at once, over the time in which there was at least one."""
    return metrics.mean_level({int(at): each for at, each in found.get(("busy", "chat"), NOTHING).counts.items()})


def occupancy_of(found: Found) -> float | None:
    """Which share of agents' time on the line there was a chat."""
    busy, line = found.get(("busy", "chat"), NOTHING), found.get(("line_time", ""), NOTHING)
    return min(1.0, busy.total / line.total) if line.total else None


def _cell(line: Line, found: Found, earlier: Found, channel: str) -> Cell:
    sums = found.get((line.measure, channel), NOTHING)
    return Cell(channel, line.value(found, channel), sums, line.value(earlier, channel))


def _medians(asked: Asked, channels: Iterable[str]) -> dict[str, list[tuple[date, Sums]]]:
    """First answers of each day, or of each week of a long period."""
    days = figures_by_day(asked, ["first_response"])
    step = WEEK if asked.days > LONG else 1
    found: dict[str, list[tuple[date, Sums]]] = {}
    for channel in channels:
        spans = [asked.since + timedelta(days=first) for first in range(0, asked.days, step)]
        found[channel] = [
            (
                first,
                added(
                    days.get(first + timedelta(days=ahead), {}).get(("first_response", channel), NOTHING)
                    for ahead in range(step)
                ),
            )
            for first in spans
        ]
    return found


def _agents(asked: Asked) -> list[Person]:
    found = figures_by("agent", asked)
    users = {user.pk: user for user in User.objects.filter(pk__in=[key for key in found if key])}
    people = [_person(users[key], sums) for key, sums in found.items() if key in users]
    return sorted(people, key=lambda one: (-one.answers.n, one.agent.full_name))


def _person(agent: User, found: Found) -> Person:
    first, ended, spent = (_joined(found, measure) for measure in ("first_response", "resolution", "spent"))
    busy, line = _joined(found, "busy"), _joined(found, "line_time")
    return Person(
        agent=agent,
        answers=first,
        resolved=ended,
        cost=spent.total / ended.n if ended.n and spent.total else None,
        parallel=_joined(found, "chat_time").total / busy.total if busy.total else None,
        occupancy=min(1.0, busy.total / line.total) if line.total else None,
    )


def _topics(asked: Asked) -> list[Matter]:
    found = figures_by("topic", asked)
    topics = {topic.pk: topic for topic in Topic.objects.filter(pk__in=[key for key in found if key])}
    opened = {key: _joined(sums, "opened") for key, sums in found.items()}
    counts = [one.n for one in opened.values()]
    total, largest = sum(counts), max(counts, default=0)
    matters = [_matter(topics.get(key), found[key], total, largest) for key, one in opened.items() if one.n]
    return sorted(matters, key=lambda one: -one.opened.n)


def _matter(topic: Topic | None, found: Found, total: int, largest: int) -> Matter:
    opened, first, contact = (_joined(found, measure) for measure in ("opened", "first_response", "contact"))
    return Matter(
        topic=topic,
        opened=opened,
        share=metrics.share(opened.n, total),
        width=100 * opened.n / largest if largest else 0,
        answers=first,
        contacts=contact,
    )


def _joined(found: Found, measure: str) -> Sums:
    return added(sums for (name, _), sums in found.items() if name == measure)
