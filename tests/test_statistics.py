"""The statistics of quality: known answers to the printed digits, and other people's libraries to twelve."""

import pytest
import scipy.stats
from sklearn.metrics import cohen_kappa_score

from quality.rules import scoring
from quality.rules.statistics import agreement
from quality.rules.statistics.agreement import Level, Unit, Weights
from quality.rules.statistics.distributions import (
    f_quantile,
    f_tail,
    incomplete_beta,
    noncentral_t_tail,
    t_quantile,
    t_two_sided_p,
)
from quality.rules.statistics.intervals import (
    bootstrap_of_agents,
    mean_interval,
    mean_of_sums,
    newcombe,
    ratio_of_medians,
    rule_of_three,
    wilson,
)

DIGITS = 1e-12

# Distributions


@pytest.mark.parametrize("df", [1, 2, 3.7, 9, 30, 118.25, 1000])
@pytest.mark.parametrize("p", [0.6, 0.9, 0.975, 0.995, 0.9999])
def test_quantiles_of_t_are_those_of_scipy(p: float, df: float) -> None:
    assert t_quantile(p, df) == pytest.approx(scipy.stats.t.ppf(p, df), rel=DIGITS)
    assert t_quantile(1 - p, df) == pytest.approx(scipy.stats.t.ppf(1 - p, df), rel=DIGITS)


@pytest.mark.parametrize("degrees", [(1, 5), (3, 20), (10, 200), (4.5, 1000)])
@pytest.mark.parametrize("p", [0.05, 0.5, 0.95, 0.99])
def test_quantiles_of_f_are_those_of_scipy(p: float, degrees: tuple[float, float]) -> None:
    assert f_quantile(p, *degrees) == pytest.approx(scipy.stats.f.ppf(p, *degrees), rel=DIGITS)


def test_probabilities_are_those_of_scipy() -> None:
    assert t_two_sided_p(2.5, 17) == pytest.approx(2 * scipy.stats.t.sf(2.5, 17), rel=DIGITS)
    assert f_tail(3.1, 4, 33) == pytest.approx(scipy.stats.f.sf(3.1, 4, 33), rel=DIGITS)
    assert incomplete_beta(0.3, 2.5, 40) == pytest.approx(scipy.stats.beta.cdf(0.3, 2.5, 40), rel=DIGITS)
    assert noncentral_t_tail(2.1, 18, 2.29) == pytest.approx(scipy.stats.nct.sf(2.1, 18, 2.29), abs=1e-9)


# Intervals


def test_wilson_of_81_in_263() -> None:
    share = wilson(81, 263)
    assert (f"{share.lo:.4f}", f"{share.hi:.4f}") == ("0.2553", "0.3662")


def test_wilson_is_that_of_scipy() -> None:
    for k, n in [(0, 7), (1, 12), (50, 50), (81, 263)]:
        theirs = scipy.stats.binomtest(k, n).proportion_ci(method="wilson")
        assert wilson(k, n).lo == pytest.approx(theirs.low, rel=DIGITS, abs=1e-15)
        assert wilson(k, n).hi == pytest.approx(theirs.high, rel=DIGITS)


def test_newcombe_of_56_in_70_less_48_in_80() -> None:
    difference = newcombe((56, 70), (48, 80))
    assert f"{difference.value:.2f}" == "0.20"
    assert (f"{difference.lo:.4f}", f"{difference.hi:.4f}") == ("0.0524", "0.3339")


def test_what_was_never_seen_in_300_may_happen_once_in_a_hundred() -> None:
    assert rule_of_three(300).hi == 0.01


def test_a_mean_has_the_interval_of_students_t() -> None:
    values = [81, 90.5, 77, 100, 64, 88]
    ours = mean_interval(values)
    theirs = scipy.stats.t.interval(0.95, 5, loc=scipy.stats.tmean(values), scale=scipy.stats.sem(values))
    assert (ours.lo, ours.hi) == pytest.approx(theirs, rel=DIGITS)
    assert mean_of_sums(6, sum(values), sum(v * v for v in values)).lo == pytest.approx(ours.lo, rel=1e-9)


def test_one_value_has_no_interval_and_none_has_no_value() -> None:
    assert (mean_interval([5]).value, mean_interval([5]).lo) == (5, None)
    assert mean_interval([]).value is None
    assert wilson(0, 0).value is None


def test_reviews_of_the_published_example_make_an_iqs_of_52_97() -> None:
    reviews = [100, 9.91, 63.96, 90.99, 0]
    assert f"{bootstrap_of_agents({'voronova': reviews[:3], 'gromov': reviews[3:]}).value:.2f}" == "52.97"


def test_scales_of_two_to_five_points_become_a_hundred() -> None:
    places = [
        [round(scoring.category_score(selected=one, lowest=1, highest=top), 1) for one in range(1, top + 1)]
        for top in (2, 3, 4, 5)
    ]
    assert places == [[0, 100], [0, 50, 100], [0, 33.3, 66.7, 100], [0, 25, 50, 75, 100]]


def test_redrawing_within_agents_repeats_itself_and_ignores_differences_between_them() -> None:
    apart = {"calm": [90.0] * 12, "rude": [40.0] * 12}
    assert bootstrap_of_agents(apart).margin == 0
    mixed = {"calm": [90.0, 70, 80, 95, 60, 85], "rude": [40.0, 50, 45, 30]}
    assert bootstrap_of_agents(mixed, seed=7) == bootstrap_of_agents(mixed, seed=7)
    assert bootstrap_of_agents(mixed, seed=7) != bootstrap_of_agents(mixed, seed=8)


def test_chat_is_six_times_faster_when_the_medians_say_so() -> None:
    ratio = ratio_of_medians([3000, 3600, 4200] * 10, [500, 600, 700] * 10)
    assert ratio.value == 6
    assert ratio.lo is not None
    assert ratio.lo < 6 < (ratio.hi or 0)
    assert not ratio_of_medians([], [600]).is_known


def test_what_rests_on_few_is_weak() -> None:
    assert wilson(8, 9).is_weak
    assert not wilson(8, 10).is_weak
    assert newcombe((5, 9), (50, 90)).is_weak, "the smaller group decides"


# Agreement

KRIPPENDORFF = list(
    zip(
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
        strict=True,
    )
)
PSYCHIATRIC = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]
TWO_RATERS = [(5, 4), (3, 3), (1, 2), (2, 2), (4, 5), (5, 5), (3, 1), (2, 4), (1, 1), (4, 4), (3, 4), (5, 3)]


@pytest.mark.parametrize(
    ("level", "alpha"), [(Level.NOMINAL, "0.743"), (Level.ORDINAL, "0.815"), (Level.INTERVAL, "0.849")]
)
def test_alpha_of_krippendorffs_own_data(level: Level, alpha: str) -> None:
    assert f"{agreement.krippendorff(KRIPPENDORFF, level=level):.3f}" == alpha


def test_kappa_of_fleiss_own_table() -> None:
    units = [[value for value, times in enumerate(row) for _ in range(times)] for row in PSYCHIATRIC]
    assert f"{agreement.fleiss(units):.3f}" == "0.210"


def test_kappa_of_20_5_10_15() -> None:
    units = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    assert f"{agreement.cohen(units):.3f}" == "0.400"
    assert agreement.raw_agreement(units) == 0.7


@pytest.mark.parametrize(
    ("weights", "theirs"), [(Weights.EQUAL, None), (Weights.LINEAR, "linear"), (Weights.QUADRATIC, "quadratic")]
)
def test_weighted_kappa_is_that_of_scikit_learn(weights: Weights, theirs: str | None) -> None:
    expected = cohen_kappa_score(*zip(*TWO_RATERS, strict=True), weights=theirs)
    assert agreement.cohen(TWO_RATERS, weights=weights) == pytest.approx(expected, rel=DIGITS)


def test_ac1_holds_where_kappa_collapses() -> None:
    """Gwet's example: 118 times nobody saw a failure, five and two times one of the two did."""
    units: list[Unit] = [(1, 1)] * 118 + [(1, 2)] * 5 + [(2, 1)] * 2
    kappa = agreement.cohen(units)
    assert kappa is not None
    assert kappa < 0
    assert f"{agreement.gwet_ac1(units, categories=2):.4f}" == "0.9408"


def test_nothing_is_said_when_nobody_ever_differed_from_one_value() -> None:
    same: list[Unit] = [(1, 1), (1, 1)]
    assert agreement.krippendorff(same) is None
    assert agreement.cohen(same) is None
    assert agreement.fleiss(same) is None
    assert agreement.raw_agreement(same) == 1
    assert agreement.gwet_ac1(same, categories=2) == 1


def test_alpha_comes_with_an_interval_from_redrawn_units() -> None:
    estimate = agreement.with_interval(agreement.krippendorff, KRIPPENDORFF, method="alpha", draws=200)
    assert estimate.n == 11, "the unit with one rating says nothing of agreement"
    assert estimate.value == agreement.krippendorff(KRIPPENDORFF)
    assert estimate.lo is not None
    assert estimate.lo < estimate.value < (estimate.hi or 0)


def test_alpha_is_read_in_words() -> None:
    assert [agreement.reading(alpha) for alpha in (0.8, 0.7, 0.6)] == ["reliable", "tentative", "rewrite"]
