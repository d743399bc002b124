"""The page of drivers: what each criterion goes together with, in percentage points."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from quality.queries.drivers import Driver, Link
from quality.serializers.estimates import Shown, shown_change

OUTCOMES = {
    "csat": _("Satisfied"),
    "fcr": _("Solved at once"),
    "complaint": _("Complaint"),
}


@dataclass(frozen=True)
class Cell:
    """One link: nothing when too few conversations met or missed the criterion."""

    estimate: Shown | None
    stands: bool
    is_good: bool
    met: int
    missed: int


def cells_of(driver: Driver) -> list[Cell]:
    return [_cell(link) for link in driver.links]


def _cell(link: Link) -> Cell:
    points = link.found.estimate.scaled(100)
    return Cell(
        estimate=shown_change(points, digits=0) if link.is_known else None,
        stands=link.stands,
        is_good=link.is_good,
        met=link.found.met,
        missed=link.found.missed,
    )
