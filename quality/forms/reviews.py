"""What a reviewer's card brings."""

from django.http import QueryDict

from quality.actions.reviews import Given
from quality.models import Verdict

VERDICTS = {Verdict.PASS, Verdict.PARTIAL, Verdict.FAIL, Verdict.NA}
LONGEST = 2_000  # characters of a comment


def ratings_given(data: QueryDict) -> dict[int, Given]:
    """The verdicts of a submitted card by criterion; anything else in it is left out."""
    given = {}
    for name, verdict in data.items():
        kind, _, pk = name.partition("-")
        if kind == "verdict" and pk.isdecimal() and len(pk) < 19 and verdict in VERDICTS:
            comment = str(data.get(f"comment-{pk}", "")).strip()
            given[int(pk)] = Given(verdict=str(verdict), comment=comment[:LONGEST])
    return given


def overall_comment(data: QueryDict) -> str:
    return str(data.get("comment", "")).strip()[:LONGEST]
