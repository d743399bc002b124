"""A practice's windows, and whether a transcript shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from quality.rules.lexicon_entries import EntryRefused, EntryText, phrase_of, repeats_repetition, slowest
from quality.rules.transcript import Transcript

KINDS = ("regex", "check", "step")
SHORTEST, LONGEST = 7, 90  # days of a window
SLOWEST = 0.002  # seconds for 10 kB


@dataclass(frozen=True)
class Windows:
    """Two windows of the same length on either side of the roll-out; days, both ends included.

    The window before is halved for the test of parallel trends.
    """

    before: tuple[date, date]
    after: tuple[date, date]
    early: tuple[date, date]
    late: tuple[date, date]


def windows(rollout: date, today: date) -> Windows | None:
    """The longest full days since the roll-out, at most 90; None before a week has passed."""
    days = min((today - rollout).days, LONGEST)
    if days < SHORTEST:
        return None
    before = (rollout - timedelta(days=days), rollout - timedelta(days=1))
    half = timedelta(days=days // 2)
    return Windows(
        before=before,
        after=(rollout, rollout + timedelta(days=days - 1)),
        early=(before[1] - 2 * half + timedelta(days=1), before[1] - half),
        late=(before[1] - half + timedelta(days=1), before[1]),
    )


def is_eligible(filters: Mapping[str, Any], *, channel: str, topic: str | None) -> bool:
    """Whether a conversation of this channel and topic is one the practice is for; empty filters mean every one."""
    channels, topics = filters.get("channels") or [], filters.get("topics") or []
    return (not channels or channel in channels) and (not topics or topic in topics)


def says(transcript: Transcript, pattern: str) -> bool:
    """Whether the staff's own words match: lower case, «е» for «ё», quotations left out."""
    phrase = phrase_of(EntryText(language="", pattern=pattern, is_regex=True))
    return any(phrase.found_in(message.own_words) for message in transcript.staff_messages)


def problem_of_pattern(pattern: str) -> str:
    """Why a pattern cannot be looked for: ``not_a_pattern``, ``matches_nothing``, ``slow``; empty when it can."""
    try:
        phrase = phrase_of(EntryText(language="", pattern=pattern, is_regex=True))
    except EntryRefused as refused:
        return refused.code
    if phrase.pattern.match(""):
        return "matches_nothing"
    return "slow" if repeats_repetition(pattern) or slowest(phrase) > SLOWEST else ""


@dataclass(frozen=True)
class Picture:
    """An interval on a line of 0…100 with the places of nothing and of the minimal effect."""

    lo: float
    hi: float
    value: float
    zero: float
    wanted: float


def picture(*, value: float, lo: float, hi: float, wanted: float) -> Picture:
    """Where an effect, its interval, zero and the wanted effect stand on one line."""
    left, right = min(lo, 0, wanted), max(hi, 0, wanted)
    width = (right - left) or 1.0

    def place(one: float) -> float:
        return round(4 + 92 * (one - left) / width, 2)

    return Picture(lo=place(lo), hi=place(hi), value=place(value), zero=place(0), wanted=place(wanted))
