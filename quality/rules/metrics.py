"""The metrics of quality: what each is made of, and how the sums of a period become an estimate (docs/metrics.md)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from quality.rules.statistics.estimates import LEAST_NPS, Estimate
from quality.rules.statistics.indices import csi_of, net_of
from quality.rules.statistics.intervals import mean_of_sums, wilson
from quality.rules.statistics.sampling import critical_error_accuracy, model_assisted_of
from quality.rules.statistics.sums import Totals, limited, ratio_of_sums, weighted_share_of

CHECK, CRITERION = "check.", "criterion."
Sums = Mapping[str, Totals]


class Unit(StrEnum):
    """What the numbers of a metric are: points, a share 0…1, seconds, or marks of a scale."""

    POINTS = "points"
    SHARE = "share"
    TIME = "time"
    MARK = "mark"


@dataclass(frozen=True)
class Metric:
    """``sources``: the roll-ups it is made of. ``is_better_up``: whether more of it is better."""

    code: str
    unit: Unit
    sources: tuple[str, ...]
    estimate: Callable[..., Estimate]
    is_better_up: bool = True

    def of(self, sums: Sums) -> Estimate:
        return self.estimate(*(sums.get(source, Totals()) for source in self.sources))


def _mean(totals: Totals) -> Estimate:
    return mean_of_sums(totals.n, totals.sum, totals.squares)


def _score(totals: Totals) -> Estimate:
    return limited(_mean(totals), 0, 100)


def _share(totals: Totals) -> Estimate:
    return wilson(totals.k, totals.n)


def _nps(totals: Totals) -> Estimate:
    return net_of(totals, least=LEAST_NPS)


def _weighted_score(totals: Totals) -> Estimate:
    return limited(ratio_of_sums(totals, method="hajek"), 0, 100)


def _gap(totals: Totals) -> Estimate:
    return ratio_of_sums(totals, method="hajek")


def _weighted_part(totals: Totals) -> Estimate:
    return limited(ratio_of_sums(totals, method="hajek"), 0, 1)


def _assisted(automatic: Totals, gaps: Totals) -> Estimate:
    return limited(model_assisted_of(automatic, gaps), 0, 100)


def _accuracy(totals: Totals) -> Estimate:
    return critical_error_accuracy(totals.k, totals.n)


def _of(code: str, unit: Unit, estimate: Callable[..., Estimate], *sources: str, up: bool = True) -> Metric:
    return Metric(code=code, unit=unit, sources=sources or (code,), estimate=estimate, is_better_up=up)


KNOWN: dict[str, Metric] = {
    one.code: one
    for one in (
        _of("auto_score", Unit.POINTS, _score),
        _of("coverage", Unit.SHARE, _share),
        _of("iqs", Unit.POINTS, _weighted_score),
        _of("craft", Unit.POINTS, _weighted_score),
        _of("review_score", Unit.POINTS, _score),
        _of("pass_rate", Unit.SHARE, weighted_share_of),
        _of("review_gap", Unit.POINTS, _gap),
        _of("assisted_score", Unit.POINTS, _assisted, "auto_score", "review_gap"),
        _of("accuracy_borrower", Unit.SHARE, _accuracy),
        _of("accuracy_business", Unit.SHARE, _accuracy),
        _of("accuracy_compliance", Unit.SHARE, _accuracy),
        _of("csat", Unit.SHARE, _share, "rating"),
        _of("rating", Unit.MARK, _mean),
        _of("nps", Unit.POINTS, _nps),
        _of("ces", Unit.POINTS, net_of),
        _of("acsi", Unit.POINTS, _score),
        _of("csi", Unit.POINTS, csi_of),
        _of("response_rate", Unit.SHARE, _share),
        _of("fcr_survey", Unit.SHARE, _share),
        _of("fcr_system", Unit.SHARE, _share),
        _of("fcr_system_1d", Unit.SHARE, _share),
        _of("fcr_system_3d", Unit.SHARE, _share),
        _of("fcr_system_30d", Unit.SHARE, _share),
        _of("fcr_net", Unit.SHARE, _share),
        _of("first_response_time", Unit.TIME, _mean, "first_response", up=False),
        _of("first_response_in_time", Unit.SHARE, _share, "first_response"),
        _of("next_response_time", Unit.TIME, _mean, "next_response", up=False),
        _of("next_response_in_time", Unit.SHARE, _share, "next_response"),
        _of("resolution_time", Unit.TIME, _mean, up=False),
        _of("complaints", Unit.SHARE, _share, up=False),
    )
}


def metric_named(code: str) -> Metric | None:
    """A metric of the list, ``check.<code>`` (share that met it), or ``criterion.<code>`` (mean place on its scale)."""
    if code in KNOWN:
        return KNOWN[code]
    if code.startswith(CHECK) and len(code) > len(CHECK):
        return _of(code, Unit.SHARE, _share)
    if code.startswith(CRITERION) and len(code) > len(CRITERION):
        return _of(code, Unit.SHARE, _weighted_part)
    return None
