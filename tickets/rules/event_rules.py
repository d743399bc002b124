"""Whether a rule holds for a ticket, and whether rules would set each other off for ever. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

TOPIC, PRIORITY = "topic_set", "priority_set"
DEEPEST = 1  # a change of a rule sets rules off once more, and what those change sets off none


@dataclass(frozen=True)
class Rule:
    """A rule's conditions, and those of its actions that may set off rules. Empty means any, or nothing."""

    id: int | None
    name: str
    event: str
    channel: str = ""
    topic: int | None = None
    priority: str = ""
    words: tuple[str, ...] = ()
    borrower: str = ""
    waited: int | None = None  # seconds
    sets_topic: int | None = None
    sets_priority: str = ""


@dataclass(frozen=True)
class Facts:
    """A ticket at the moment of an event."""

    channel: str
    topic: int | None
    priority: str
    text: str
    is_known: bool
    waited: float


def words_of(text: str) -> tuple[str, ...]:
    return tuple(word for word in (_plain(each).strip() for each in text.split(",")) if word)


def holds(rule: Rule, facts: Facts) -> bool:
    """All of its conditions."""
    return holds_apart_from_words(rule, facts) and has_words(rule, facts.text)


def holds_apart_from_words(rule: Rule, facts: Facts) -> bool:
    """The conditions that need no text, which costs a look at the messages."""
    return (
        rule.channel in ("", facts.channel)
        and rule.topic in (None, facts.topic)
        and rule.priority in ("", facts.priority)
        and rule.borrower in ("", "known" if facts.is_known else "unknown")
        and (rule.waited is None or facts.waited > rule.waited)
    )


def has_words(rule: Rule, text: str) -> bool:
    """One of them is enough, with any ending: «жалоб» is found in «жалоба» and in «жалобу»."""
    plain = _plain(text)
    return not rule.words or any(re.search(rf"(?<!\w){re.escape(word)}", plain) for word in rule.words)


def _plain(text: str) -> str:
    return text.casefold().replace("ё", "е")


def ring_of(rules: Sequence[Rule]) -> list[Rule]:
    """Rules that set each other off in a ring, the first one again at the end; empty where there is none."""
    for first in rules:
        if ring := _way_back(first, (first,), rules):
            return ring
    return []


def _way_back(first: Rule, way: tuple[Rule, ...], rules: Sequence[Rule]) -> list[Rule]:
    for following in _set_off_by(way[-1], rules):
        if following is first:
            return [*way, first]
        if following not in way and (found := _way_back(first, (*way, following), rules)):
            return found
    return []


def _set_off_by(rule: Rule, rules: Iterable[Rule]) -> Iterator[Rule]:
    """Those that listen to what it changes and whose conditions may hold after it. Words may always be there."""
    for other in rules:
        listens = (other.event == TOPIC and rule.sets_topic) or (other.event == PRIORITY and rule.sets_priority)
        topic, priority = rule.sets_topic or rule.topic, rule.sets_priority or rule.priority
        may_hold = (
            _may_be(rule.channel, other.channel)
            and _may_be(topic, other.topic)
            and _may_be(priority, other.priority)
            and _may_be(rule.borrower, other.borrower)
        )
        if listens and may_hold:
            yield other


def _may_be(one: object, other: object) -> bool:
    return not one or not other or one == other
