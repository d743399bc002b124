"""What a check answers: a verdict, the code of its reason, the values its words need, and the evidence."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from quality.rules.transcript import Message, Transcript

Parameters = dict[str, Any]


class Answer(StrEnum):
    """``unsure`` never lowers a score; ``na`` leaves it."""

    PASS = "pass"
    PARTIAL = "partial"
    FAIL = "fail"
    NA = "na"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Span:
    """Words of a message by place; an empty span is a place: where words are missing, or a pause."""

    seq: int
    start: int
    end: int


@dataclass(frozen=True)
class Outcome:
    verdict: Answer
    reason: str
    facts: dict[str, Any] = field(default_factory=dict)
    evidence: tuple[Span, ...] = ()


class Check(Protocol):
    """A module of ``quality.rules.checks``."""

    CODE: str
    VERSION: int
    RULE: str

    def run(self, transcript: Transcript, parameters: Parameters) -> Outcome: ...


def span_of(message: Message, match: "re.Match[str]") -> Span:
    return Span(seq=message.seq, start=match.start(), end=match.end())


def beginning(message: Message) -> Span:
    """The place where something is missing at the start of a message."""
    return Span(seq=message.seq, start=0, end=0)


def ending(message: Message) -> Span:
    """The place where something is missing at the end of a message."""
    return Span(seq=message.seq, start=len(message.text), end=len(message.text))


def first_match(messages: Iterable[Message], pattern: "re.Pattern[str]") -> Span | None:
    """Where the pattern first occurs in somebody's own words."""
    for message in messages:
        if match := pattern.search(message.own_words):
            return span_of(message, match)
    return None
