"""Several cards of one conversation side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from quality.models import Criterion, Review, Score
from quality.serializers.criteria import CriterionRow
from quality.serializers.scorecard import scorecard


@dataclass(frozen=True)
class Column:
    name: str
    value: Any
    comment: str = ""


@dataclass(frozen=True)
class Line:
    """One criterion: what each card says, and whether people said different things."""

    number: int
    criterion: Criterion
    cells: list[CriterionRow]
    differs: bool


def beside(score: Score, cards: Sequence[tuple[str, Review]], *, with_checks: bool) -> dict[str, Any]:
    """A column for each card, the checks' at the end."""
    shown = [(name, card, scorecard(score, card)) for name, card in cards]
    columns = [Column(name, card.value, card.comment) for name, card, _card in shown]
    tables = [one.rows for _name, _card, one in shown]
    if with_checks:
        columns.append(Column(_("Checks"), score.value))
        tables.append(scorecard(score, None).rows)
    lines = []
    for cells in zip(*tables, strict=True):
        said = {cell.given.value for cell in cells if cell.given is not None}
        lines.append(Line(cells[0].number, cells[0].criterion, list(cells), differs=len(said) > 1))
    return {"columns": columns, "lines": lines}
