"""What the checks are worth on rated dialogs, and whether two passes of rating agree (tests/gold).

``dialogs.jsonl`` holds the dialogs, ``ratings_first.jsonl`` and ``ratings_second.jsonl`` a value 0…1 for each criterion
of the default standard, null where it does not apply. The checks are compared only with what both passes rated alike.
*Failed* is everything below the full value; an unsure check fails nothing, so what it leaves open counts as missed.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from quality.rules.benchmarks.base import Absent, Row, file_in, share
from quality.rules.catalogue import known_checks
from quality.rules.engine import judge
from quality.rules.outcomes import Answer
from quality.rules.proof import Measured, Switch
from quality.rules.scoring import SHARES
from quality.rules.standards import CriterionText, default_standard
from quality.rules.statistics.agreement import TENTATIVE, Level, krippendorff, with_interval
from quality.rules.statistics.estimates import Estimate
from quality.rules.transcript import Fact, Message, Side, Transcript

DIALOGS, FIRST, SECOND = "dialogs.jsonl", "ratings_first.jsonl", "ratings_second.jsonl"
AUTHOR = "author"  # the rater who wrote the dialogs
COMPLAINT = "complaint"  # the topic of the set's complaints
DRAWS = 500  # of the interval of α
BEGAN = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # a Monday; every dialog begins then
Values = dict[str, float | None]


@dataclass(frozen=True)
class Rated:
    """A dialog with both ratings and what the checks answer, by criterion; None: only a person answers it."""

    id: str
    first: Values
    second: Values
    checks: dict[str, Answer | None]
    raters: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Compared:
    """A criterion: the passes with each other, and the checks with what both passes said.

    ``wrong`` are dialogs failed by the checks alone, ``missed`` those failed by the passes alone. ``answered`` of the
    dialogs rated alike got a sure answer of the checks, ``equal`` of them the same one.
    """

    code: str
    alpha: Estimate
    applies_alike: int
    dialogs: int
    is_checked: bool
    counts: Measured
    answered: int
    equal: int
    wrong: tuple[str, ...]
    missed: tuple[str, ...]


def measure(folder: Path) -> Iterator[Row]:
    rated = read(folder)
    note = _caveat(rated[0].raters)
    for one in compare(rated):
        if (value := one.alpha.value) is not None:
            name, alpha = f"gold {one.code}: α of two passes", one.alpha
            yield Row(name, value, alpha.n, alpha.lo, alpha.hi, TENTATIVE, note=note)
        yield share(f"gold {one.code}: passes agree whether it applies", one.applies_alike, one.dialogs)
        if not one.is_checked:
            continue
        counts = one.counts
        yield share(f"gold {one.code}: checks answer as both passes", one.equal, one.answered)
        if counts.flags:
            yield share(f"gold {one.code}: failures that are right", counts.tp, counts.flags)
        if counts.tp + counts.fn:
            yield share(f"gold {one.code}: failures missed", counts.fn, counts.tp + counts.fn)


def _caveat(raters: frozenset[str]) -> str:
    """What keeps α from showing that two people would agree."""
    if len(raters) == 1:
        return "one rater twice: no proof that two would agree"
    return "one rater wrote the dialogs: an upper bound" if AUTHOR in raters else ""


def read(folder: Path) -> list[Rated]:
    """The rated dialogs, judged by every check with its rules alone, as if each were proved."""
    dialogs, first, second = (_lines(file_in(folder, name)) for name in (DIALOGS, FIRST, SECOND))
    ratings = [{one["id"]: one["values"] for one in lines} for lines in (first, second)]
    raters = frozenset(one["rater"] for one in (*first, *second))
    if any(set(one) != {dialog["id"] for dialog in dialogs} for one in ratings):
        raise Absent(f"{FIRST} and {SECOND} do not rate the dialogs of {DIALOGS}")
    return [_rated(dialog, ratings[0][dialog["id"]], ratings[1][dialog["id"]], raters) for dialog in dialogs]


def compare(rated: Sequence[Rated]) -> list[Compared]:
    return [_compared(criterion, rated) for criterion in default_standard().criteria]


def transcript_of(dialog: dict[str, Any]) -> Transcript:
    """A dialog as the checks see it: notes left out, the borrower known from the first proof of who writes."""
    numbered = list(enumerate(dialog["entries"], start=1))
    facts = tuple(Fact(seq, one["kind"], one["at"]) for seq, one in numbered if one["side"] == "fact")
    return Transcript(
        channel=dialog["channel"],
        messages=tuple(_message(seq, one) for seq, one in numbered if one["side"] != "fact" and "kind" not in one),
        borrower_name=dialog["borrower_name"],
        ended_at=dialog["entries"][-1]["at"],
        language=dialog["language"],
        facts=facts,
        topic=dialog["topic"],
        is_complaint=dialog["topic"] == COMPLAINT,
        identified_from=next((fact.seq for fact in facts if fact.kind == "verified"), None),
        names=frozenset(dialog["borrower_name"].split()),
    )


def _message(seq: int, entry: dict[str, Any]) -> Message:
    return Message(
        seq=seq,
        side=Side(entry["side"]),
        author_id=entry["name"],
        author_name=entry["name"],
        text=entry["text"],
        at=entry["at"],
        moment=BEGAN + timedelta(seconds=entry["at"]),
    )


def _rated(dialog: dict[str, Any], first: Values, second: Values, raters: frozenset[str]) -> Rated:
    standard = default_standard()
    judgement = judge(standard, transcript_of(dialog), {code: Switch(is_proved=True) for code in known_checks()})
    codes = (criterion.code for criterion in standard.criteria)
    return Rated(dialog["id"], first, second, dict(zip(codes, judgement.answers, strict=True)), raters)


def _compared(criterion: CriterionText, rated: Sequence[Rated]) -> Compared:
    code = criterion.code
    units = [(one.first[code], one.second[code]) for one in rated]
    alike = [one for one in rated if one.first[code] == one.second[code]] if criterion.checks else []
    sure = [one for one in alike if one.checks[code] in {*SHARES, Answer.NA}]
    failed = {one.id for one in alike if _below(one.first[code])}
    flagged = {one.id for one in alike if one.checks[code] in {Answer.FAIL, Answer.PARTIAL}}
    counts = Measured(
        tp=len(failed & flagged),
        fp=len(flagged - failed),
        fn=len(failed - flagged),
        tn=len(alike) - len(failed | flagged),
        dataset="gold",
    )
    return Compared(
        code=code,
        alpha=with_interval(_alpha(criterion), units, method="alpha", draws=DRAWS),
        applies_alike=sum((one is None) == (other is None) for one, other in units),
        dialogs=len(units),
        is_checked=bool(criterion.checks),
        counts=counts,
        answered=len(sure),
        equal=sum(one.first[code] == SHARES.get(one.checks[code] or Answer.NA) for one in sure),
        wrong=tuple(sorted(flagged - failed)),
        missed=tuple(sorted(failed - flagged)),
    )


def _alpha(criterion: CriterionText) -> Callable[..., float | None]:
    return partial(krippendorff, level=Level.NOMINAL if criterion.points == 2 else Level.ORDINAL)


def _below(value: float | None) -> bool:
    return value is not None and value < 1


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
