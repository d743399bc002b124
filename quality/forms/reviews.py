"""What a reviewer's card brings, from a form of the page or from the API: entries by criterion."""

import json
import re
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from rest_framework import serializers

from quality.actions.reviews import Filled
from quality.models import Review
from quality.rules.ratings import given_of
from quality.serializers.scorecard import entries_of

LONGEST = 2_000  # characters of a comment
MOST_EVIDENCE = 30
LONGEST_TIME = 86_400  # seconds in the workspace
ANSWER = re.compile(r"na|[01](?:\.\d{1,3})?")
FIELDS = {"answer", "cause", "comment", "evidence"}


class CardForm(serializers.Serializer[Any]):
    """A card over the API; ``ratings`` are entries by the criterion's id, unknown ones are left out."""

    edition = serializers.IntegerField(min_value=0)
    ratings = serializers.DictField(child=serializers.DictField(), default=dict)
    comment = serializers.CharField(max_length=LONGEST, allow_blank=True, required=False)
    seconds = serializers.IntegerField(min_value=0, max_value=LONGEST_TIME, required=False)


def card_of_json(data: Mapping[str, Any]) -> dict[str, Any]:
    """A draft's contents from checked JSON."""
    ratings = {pk: entry for pk, raw in data.get("ratings", {}).items() if _is_id(pk) and (entry := _entry(raw))}
    card: dict[str, Any] = {"ratings": ratings}
    return card | {name: data[name] for name in ("comment", "seconds") if name in data}


def card_of_form(data: QueryDict) -> dict[str, Any]:
    """The same from the fields of the page; anything else in it is left out."""
    ratings: dict[str, dict[str, Any]] = {}
    for name, value in data.items():
        kind, _, pk = name.partition("-")
        if kind in FIELDS and _is_id(pk):
            ratings.setdefault(pk, {})[kind] = _evidence_of(str(value)) if kind == "evidence" else str(value)
    seconds = str(data.get("seconds", ""))
    card: dict[str, Any] = {"comment": str(data.get("comment", "")).strip()[:LONGEST]}
    if seconds.isdecimal() and len(seconds) < 6:
        card["seconds"] = min(int(seconds), LONGEST_TIME)
    return {**card, "ratings": {pk: _entry(raw) for pk, raw in ratings.items()}}


def filled_of(review: Review, card: Mapping[str, Any]) -> Filled:
    """A card over what the review holds already."""
    entries = entries_of(review)
    for pk, entry in card["ratings"].items():
        entries[int(pk)] = {**entries.get(int(pk), {}), **entry}
    given = {pk: one for pk, entry in entries.items() if (one := given_of(entry))}
    kept = review.draft or {}
    comment = card.get("comment", kept.get("comment", review.comment))
    return Filled(given=given, comment=comment, seconds=card.get("seconds", kept.get("seconds", review.seconds)))


def _entry(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What is well formed of one criterion's entry."""
    entry: dict[str, Any] = {}
    if "answer" in raw and ANSWER.fullmatch(answer := str(raw["answer"])):
        entry["answer"] = answer
    elif raw.get("answer") == "":
        entry["answer"] = ""
    for name, longest in (("cause", 40), ("comment", LONGEST)):
        if name in raw:
            entry[name] = str(raw[name]).strip()[:longest]
    if isinstance(raw.get("evidence"), list):
        entry["evidence"] = [span for one in raw["evidence"][:MOST_EVIDENCE] if (span := _span(one))]
    return entry


def _span(one: Any) -> dict[str, int] | None:
    if not isinstance(one, dict):
        return None
    places = {name: one.get(name) for name in ("seq", "start", "end")}
    if not all(type(place) is int and 0 <= place < 10**9 for place in places.values()):
        return None
    return {name: int(str(place)) for name, place in places.items()}


def _evidence_of(text: str) -> list[Any]:
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return []
    return found if isinstance(found, list) else []


def _is_id(pk: str) -> bool:
    return pk.isascii() and pk.isdecimal() and len(pk) < 19
