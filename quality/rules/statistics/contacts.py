"""Contacts as such: solved at first contact or not, how long borrowers waited, what a chat costs.

Durations are seconds. The arithmetic of spreads and levels is that of the service report (``tickets.rules.metrics``).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from quality.rules.statistics.estimates import Estimate
from quality.rules.statistics.intervals import wilson
from tickets.rules import metrics
from tickets.rules.contacts import Contact, first_contacts

WINDOWS = (1, 3, 7, 30)
USUAL_WINDOW = 7

# First-contact resolution


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
