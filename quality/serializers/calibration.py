"""A calibration session as its page shows it: pairs with their gap, agreement by criterion, who agrees on what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quality.models import CalibrationSession, Criterion, Score
from quality.queries.calibration import MACHINE, criteria_numbered
from quality.queries.people import names_of
from quality.rules.ratings import option_at, options_of
from quality.rules.statistics.estimates import Estimate
from quality.serializers.estimates import Shown, Unit, shown
from quality.serializers.queue import number_of, topic_of
from quality.words import VERDICTS, option_words

READINGS = {
    "reliable": gettext_lazy("Reliable"),
    "tentative": gettext_lazy("Tentative"),
    "rewrite": gettext_lazy("Rewrite the criterion"),
    "": gettext_lazy("Says nothing: hardly anybody answered otherwise"),
}
TONES = {"reliable": "ok", "tentative": "warn", "rewrite": "danger", "": ""}
WIDE = 15  # points between raters that are shown in red
LOW = 0.8  # raw agreement below which a bar is amber
LEFT, WIDTH = 6.0, 168.0  # of the line in the drawing, as in static/css/desk.css


@dataclass(frozen=True)
class Pair:
    """One conversation with everybody's score on a line of 0 to 100."""

    score: int
    title: str
    values: list[tuple[str, float]]
    gap: float | None
    lo: float
    hi: float
    dots: list[tuple[float, bool]]

    @property
    def is_wide(self) -> bool:
        return self.gap is not None and self.gap >= WIDE


@dataclass(frozen=True)
class CriterionAgreement:
    """What is known of one criterion."""

    text: str
    alpha: Shown
    with_checks: Shown | None
    raw: Shown
    share: float
    ac1: Shown
    word: str
    tone: str
    raters: list[Shown | None]

    @property
    def is_low(self) -> bool:
        return self.share < LOW * 100


def results_page(session: CalibrationSession, scores: Mapping[int, Score]) -> dict[str, Any]:
    """Everything of a closed session; names are in the order of the columns."""
    results = session.results
    found = {rater for row in results.get("dialogs", []) for rater in row["values"]}
    reference = str(session.reference_id or "")
    ids = sorted(found, key=lambda one: (one == MACHINE, one != reference, one))
    names = {**names_of([one for one in ids if one != MACHINE]), MACHINE: _("Checks")}
    texts = criteria_numbered([row["criterion"] for row in results.get("criteria", [])])
    criteria = [_criterion(row, texts, ids) for row in results.get("criteria", [])]
    return {
        "first": names.get(ids[0], "—") if ids else "",
        "raters": [names.get(one, "—") for one in ids],
        "pairs": [_pair(row, scores, ids, names) for row in results.get("dialogs", [])],
        "criteria": criteria,
        "worst": sorted(criteria, key=lambda row: row.share)[:8],
        "disagreements": [
            _disagreement(row, scores, names, texts, results) for row in results.get("disagreements", [])
        ],
    }


def agreement_rows(rows: Sequence[Mapping[str, Any]]) -> list[CriterionAgreement]:
    """Agreement without a table of raters, for second reviews."""
    texts = criteria_numbered([row["criterion"] for row in rows])
    return [_criterion(row, texts, []) for row in rows]


def estimate_of(stored: Mapping[str, Any] | None) -> Estimate | None:
    return Estimate(**stored) if stored else None


def _criterion(row: Mapping[str, Any], texts: Mapping[int, Criterion], raters: list[str]) -> CriterionAgreement:
    raw = Estimate(**row["raw"])
    together = estimate_of(row["with_checks"])
    return CriterionAgreement(
        text=texts[row["criterion"]].text,
        alpha=shown(Estimate(**row["alpha"]), digits=2),
        with_checks=shown(together, digits=2) if together else None,
        raw=shown(raw, unit=Unit.SHARE),
        share=(raw.value or 0) * 100,
        ac1=shown(Estimate(**row["ac1"]), digits=2),
        word=str(READINGS[row["word"]]),
        tone=TONES[row["word"]],
        raters=[_rater(row["raters"].get(one)) for one in raters],
    )


def _rater(stored: Mapping[str, Any] | None) -> Shown | None:
    found = estimate_of(stored)
    return shown(found, unit=Unit.SHARE) if found and found.is_known else None


def _pair(row: Mapping[str, Any], scores: Mapping[int, Score], ids: list[str], names: Mapping[str, str]) -> Pair:
    values = [(one, row["values"][one]) for one in ids if row["values"].get(one) is not None]
    people = [value for one, value in values if one != MACHINE]
    return Pair(
        score=row["score"],
        title=title_of(scores[row["score"]]),
        values=[(names.get(one, "—"), value) for one, value in values],
        gap=row["gap"],
        lo=_x(min(people, default=0)),
        hi=_x(max(people, default=0)),
        dots=[(_x(value), one == ids[0]) for one, value in values if one != MACHINE],
    )


def title_of(score: Score) -> str:
    number = number_of(score)
    return f"{number}, {topic_of(score)}" if number else topic_of(score)


def _disagreement(
    row: Mapping[str, Any],
    scores: Mapping[int, Score],
    names: Mapping[str, str],
    texts: Mapping[int, Criterion],
    results: Mapping[str, Any],
) -> dict[str, Any]:
    codes = {one["code"]: one["criterion"] for one in results["criteria"]}
    criterion = texts.get(codes.get(row["criterion"], 0))
    return {
        "score": row["dialog"],
        "title": title_of(scores[row["dialog"]]) if row["dialog"] in scores else "—",
        "criterion": criterion.text if criterion else row["criterion"],
        "answers": [(names.get(rater, "—"), _words(criterion, value)) for rater, value in row["answers"].items()],
    }


def _words(criterion: Criterion | None, value: float | None) -> str:
    if value is None or criterion is None:
        return str(VERDICTS["na"]) if value is None else f"{value:g}"
    options = options_of(criterion.points, criterion.scale)
    chosen = option_at(options, value)
    return option_words(chosen, of=len(options)) if chosen else f"{value:g}"


def _x(value: float) -> float:
    return round(LEFT + WIDTH * float(value) / 100, 1)
