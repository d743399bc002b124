"""When a criterion is asked at all: its condition against what is known of the conversation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LISTS = ("channels", "topics")
ASSERTIONS = ("complaint", "negative", "disclosed", "scenario")
KEYS = (*LISTS, *ASSERTIONS)


@dataclass(frozen=True)
class Facts:
    """What is known of a conversation; None: not known.

    ``complaint``: it is a complaint. ``negative``: the borrower was upset. ``disclosed``: something of a loan was told.
    ``scenario``: its topic has one.
    """

    channel: str
    topic: str | None = None
    complaint: bool | None = None
    negative: bool | None = None
    disclosed: bool | None = None
    scenario: bool | None = None


def applies(condition: Mapping[str, Any], facts: Facts) -> bool:
    """Whether all that the condition names holds. What is not known is asked: a person can still answer N/A."""
    return missing(condition, facts) is None


def missing(condition: Mapping[str, Any], facts: Facts) -> str | None:
    """The first part of the condition that does not hold."""
    if condition.get("channels") and facts.channel not in condition["channels"]:
        return "channels"
    if condition.get("topics") and facts.topic is not None and facts.topic not in condition["topics"]:
        return "topics"
    return next((key for key in ASSERTIONS if condition.get(key) and getattr(facts, key) is False), None)


def needed(condition: Mapping[str, Any]) -> frozenset[str]:
    """The assertions it rests on."""
    return frozenset(key for key in ASSERTIONS if condition.get(key))


def tidy(condition: Mapping[str, Any]) -> dict[str, Any]:
    """Without what says nothing, so that the same condition is always written the same way."""
    lists = {key: sorted(set(condition[key])) for key in LISTS if condition.get(key)}
    return lists | {key: True for key in ASSERTIONS if condition.get(key)}
