"""The first page of quality in words and drawings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from identity.models import User
from quality.models import CalibrationSession, Criterion, Score
from quality.queries.overview import AgentFigures
from quality.rules.metrics import CRITERION
from quality.rules.spans import Length, Span
from quality.rules.statistics.estimates import Estimate
from quality.serializers.calibration import results_page
from quality.serializers.estimates import Shown, Unit, shown
from quality.serializers.standard_words import check_title
from quality.serializers.trends import spark_of
from supportdesk.templatetags.desk import long_day

LOW, SHOWN = 80, 6
LENGTHS = {
    Length.WEEK: gettext_lazy("Week"),
    Length.MONTH: gettext_lazy("Month"),
    Length.QUARTER: gettext_lazy("Quarter"),
}
AGAINST = {
    Length.WEEK: gettext_lazy("against the week before"),
    Length.MONTH: gettext_lazy("against the month before"),
    Length.QUARTER: gettext_lazy("against the quarter before"),
}
# The words of docs/metrics.md.
DEFINITIONS = {
    "iqs": gettext_lazy(
        "Mean of reviews, each weighted by 1/π, π the chance with which its conversation was drawn. Reviews of what "
        "somebody chose have no π and are left out."
    ),
    "auto_score": gettext_lazy("Mean of the checks' scores of all conversations that have one."),
    "coverage": gettext_lazy("Conversations closed on the day that have a score."),
    "rating": gettext_lazy("Mean of the marks, 1 to 5, that borrowers gave under their chats."),
    "agreement": gettext_lazy("Share of agreeing pairs of answers in the last calibration."),
    "tasks": gettext_lazy("Of the conversations that sampling plans drew in this time, those that were reviewed."),
    "critical": gettext_lazy("A critical failure a check saw counts only when a person confirmed it."),
    "disputes": gettext_lazy("Objections of agents to reviews that nobody has settled yet."),
    "forecasts": gettext_lazy("Conversations after which a complaint is foreseen and has not come, or has."),
    "table": gettext_lazy(
        "Tables of agents show means drawn to the mean of all: the fewer dialogs, the nearer. Greyed under 10."
    ),
}


@dataclass(frozen=True)
class AgentRow:
    agent: User
    score: Shown
    share: float
    is_low: bool
    is_enough: bool
    spark: tuple[str, float, float] | None
    weakest: str
    rating: Shown


@dataclass(frozen=True)
class CriterionRow:
    text: str
    estimate: Shown
    share: float
    is_low: bool


def span_title(span: Span, this_year: int) -> str:
    """«Ноябрь», «Неделя с 16 ноября», «IV квартал»; the year when it is not this one."""
    if span.length == Length.WEEK:
        return _("Week of %(day)s") % {"day": long_day(span.first)}
    if span.length == Length.MONTH:
        title = formats.date_format(span.first, "F")
    else:
        title = _("Quarter %(n)s") % {"n": ("I", "II", "III", "IV")[span.quarter - 1]}
    return title if span.first.year == this_year else f"{title} {span.first.year}"


def agent_rows(found: Sequence[AgentFigures], mark: int) -> list[AgentRow]:
    return [
        AgentRow(
            agent=one.agent,
            score=shown(one.score, digits=0),
            share=one.score.value or 0,
            is_low=one.is_enough and (one.score.value or 0) < mark,
            is_enough=one.is_enough,
            spark=spark_of(one.weeks),
            weakest=one.weakest.text if one.weakest else pgettext("weak point", "none"),
            rating=shown(one.rating),
        )
        for one in found
    ]


def criterion_rows(source: str, found: Mapping[str, Estimate], named: Sequence[Criterion]) -> list[CriterionRow]:
    """The weakest first."""
    texts = {one.code: one.text for one in named}
    known = sorted((one.value, code) for code, one in found.items() if one.value is not None)
    return [
        CriterionRow(
            text=texts.get(code, code) if source == CRITERION else check_title(code),
            estimate=shown(found[code], unit=Unit.SHARE),
            share=100 * value,
            is_low=100 * value < LOW,
        )
        for value, code in known[:SHOWN]
    ]


def calibration_page(
    session: CalibrationSession | None, visible: Mapping[int, Score], agreement: Estimate | None
) -> dict[str, Any] | None:
    """The last calibration as its own page shows it, shortened; with the share of equal answers."""
    if session is None or agreement is None:
        return None
    page = results_page(session, visible)
    rewrite = sum(one["word"] == "rewrite" for one in session.results["criteria"])
    shortened = {"first": page["first"], "pairs": page["pairs"][:4], "worst": page["worst"][:5]}
    return {"session": session, "agreement": shown(agreement, unit=Unit.SHARE), "rewrite": rewrite, **shortened}
