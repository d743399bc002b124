"""Contacts as such: solved at first contact or not, how long borrowers waited, what a chat costs.

Durations are seconds. The arithmetic of spreads and levels is that of the service report (``tickets.rules.metrics``).
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from quality.rules.statistics.estimates import Estimate
from quality.rules.statistics.intervals import wilson
from tickets.rules import metrics

WINDOWS = (1, 3, 7, 30)
USUAL_WINDOW = 7

# First-contact resolution


@dataclass(frozen=True)
class Contact:
    """One closed dialog as FCR needs it. ``solvable``: its topic can be solved at first contact at all."""

    borrower: Hashable
    topic: Hashable
    opened_at: datetime
    closed_at: datetime
    was_reopened: bool = False
    was_transferred: bool = False
    solvable: bool = True


def survey_fcr(solved: Sequence[str]) -> Estimate:
    """The share of borrowers who say that their question is solved (``yes``) among all who answered.

    SQM's method. "Partly" is an answer, and not solved; an empty one is none.
    """
    given = [one for one in solved if one]
    return wilson(given.count("yes"), len(given))


def system_fcr(contacts: Iterable[Contact], *, as_of: datetime, days: int = USUAL_WINDOW) -> Estimate:
    """The share of first contacts that stayed the only one.

    A *first contact* has no dialog of the same borrower and topic, on any channel, in the ``days`` before. It counts
    once its window is over (closed_at + days ≤ as_of), and is solved when no other dialog of that borrower and topic
    began until then, it was not reopened, and not transferred.
    """
    judged = first_contacts(contacts, as_of=as_of, days=days)
    return wilson(sum(solved for _, solved in judged), len(judged))


def net_fcr(contacts: Iterable[Contact], *, as_of: datetime, days: int = USUAL_WINDOW) -> Estimate:
    """``system_fcr`` without the topics marked "cannot be solved at first contact"."""
    judged = [solved for contact, solved in first_contacts(contacts, as_of=as_of, days=days) if contact.solvable]
    return wilson(sum(judged), len(judged))


def first_contacts(contacts: Iterable[Contact], *, as_of: datetime, days: int) -> list[tuple[Contact, bool]]:
    """Each first contact whose window is over, and whether it was solved."""
    window = timedelta(days=days)
    matters: defaultdict[tuple[Hashable, Hashable], list[Contact]] = defaultdict(list)
    for contact in contacts:
        matters[contact.borrower, contact.topic].append(contact)
    found = []
    for dialogs in matters.values():
        openings = sorted(one.opened_at for one in dialogs)
        closings = sorted(one.closed_at for one in dialogs)
        for one in dialogs:
            if one.closed_at + window <= as_of and _is_first(one, openings, closings, window):
                came_again = bisect_right(openings, one.closed_at + window) - bisect_right(openings, one.opened_at) > 0
                found.append((one, not (came_again or one.was_reopened or one.was_transferred)))
    return found


def _is_first(one: Contact, openings: Sequence[datetime], closings: Sequence[datetime], window: timedelta) -> bool:
    """Whether every dialog of the matter that began before had ended longer ago than the window."""
    began_before = bisect_left(openings, one.opened_at)
    ended_long_ago = bisect_left(closings, one.opened_at - window)
    return began_before <= ended_long_ago


# Waiting and cost


@dataclass(frozen=True)
class ResponseTimes:
    """How long borrowers waited; never the mean alone."""

    n: int
    median: float | None
    p90: float | None
    mean: float | None
    in_time: Estimate


def response_times(waits: Sequence[float], *, limit: float) -> ResponseTimes:
    """Waits for a first answer (FRT) or of every block (ART): median, 90th percentile, share ≤ ``limit``."""
    spread = metrics.spread(waits)
    in_time = wilson(sum(wait <= limit for wait in waits), len(waits))
    return ResponseTimes(n=spread.n, median=spread.median, p90=spread.p90, mean=spread.mean, in_time=in_time)


@dataclass(frozen=True)
class Concurrency:
    """Open chats at once, over the time in which there was at least one."""

    mean: float | None
    p95: int | None


def concurrency(times_at_levels: Iterable[Mapping[int, float]]) -> Concurrency:
    """From seconds at each number of parallel chats, of each agent: the time-weighted mean and the 95th percentile."""
    levels = metrics.joined_levels(times_at_levels)
    return Concurrency(mean=metrics.mean_level(levels), p95=metrics.level_percentile(levels, 0.95))


def effective_handle_time(sessions: Sequence[float], *, parallel: float | None) -> float | None:
    """What one chat costs: mean session duration ÷ mean parallel chats."""
    mean = metrics.spread(sessions).mean
    return mean / parallel if mean is not None and parallel else None
