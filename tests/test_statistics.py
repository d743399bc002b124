"""The statistics of quality: known answers to the printed digits, and other people's libraries to twelve."""

import math
import random
from datetime import UTC, datetime, timedelta

import pytest
import scipy.stats
from django.template.loader import render_to_string
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as some
from sklearn.decomposition import PCA
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss, cohen_kappa_score, roc_auc_score

from quality.rules import scoring
from quality.rules.outcomes import Answer
from quality.rules.statistics import (
    agreement,
    association,
    calibration,
    contacts,
    effects,
    indices,
    multiple,
    sampling,
)
from quality.rules.statistics.agreement import Level, Weights
from quality.rules.statistics.charts import mean_chart, p_chart
from quality.rules.statistics.contacts import Contact
from quality.rules.statistics.distributions import (
    f_quantile,
    f_tail,
    incomplete_beta,
    noncentral_t_tail,
    t_quantile,
    t_two_sided_p,
)
from quality.rules.statistics.estimates import Estimate
from quality.rules.statistics.intervals import (
    bootstrap_of_agents,
    mean_interval,
    mean_of_sums,
    newcombe,
    ratio_of_medians,
    rule_of_three,
    wilson,
)
from quality.rules.statistics.series import interrupted
from quality.rules.statistics.shrinkage import Sums, shrunken_means
from quality.rules.statistics.sums import added, one_value
from quality.serializers.estimates import Unit, estimate_json, shown, shown_change

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
    units: list[agreement.Unit] = [(1, 1)] * 118 + [(1, 2)] * 5 + [(2, 1)] * 2
    kappa = agreement.cohen(units)
    assert kappa is not None
    assert kappa < 0
    assert f"{agreement.gwet_ac1(units, categories=2):.4f}" == "0.9408"


def test_nothing_is_said_when_nobody_ever_differed_from_one_value() -> None:
    same: list[agreement.Unit] = [(1, 1), (1, 1)]
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


# Indices


def test_nps_has_the_published_margin() -> None:
    """100 answers: 50 promoters, 20 detractors: 30 ± 100·1.96·√((.7 − .09)/100)."""
    wave = indices.nps([10] * 25 + [9] * 25 + [7] * 15 + [8] * 15 + [0] * 5 + [6] * 15)
    assert wave.value == pytest.approx(30)
    assert wave.margin == pytest.approx(100 * 1.959964 * 0.0781025, rel=1e-6)
    assert not wave.is_weak
    assert indices.nps([10] * 29).is_weak, "below 30 answers it is greyed"


def test_margins_of_waves_add_in_squares() -> None:
    before, after = indices.nps([10] * 50 + [0] * 50), indices.nps([10] * 60 + [0] * 40)
    both = indices.difference(before, after)
    assert both.value == pytest.approx(20)
    assert both.margin == pytest.approx(math.hypot(before.margin, after.margin))
    assert both.smallest == 100


def test_a_change_is_told_in_points_and_in_per_cent() -> None:
    changed = indices.change(mean_interval([60, 62, 64]), mean_interval([70, 70.5, 71]))
    assert changed.points.value == pytest.approx(8.5)
    assert changed.percent.value == pytest.approx(100 * 8.5 / 62)
    nothing = indices.change(mean_interval([]), mean_interval([1, 2]))
    assert not nothing.points.is_known
    assert not nothing.percent.is_known


def test_csat_is_the_share_of_fours_and_fives() -> None:
    assert indices.csat([5, 4, 3, 1]).value == 0.5
    assert indices.csat([1, 0, 1], satisfied_from=1).value == pytest.approx(2 / 3), "good or bad"


def test_csi_weighs_satisfaction_by_importance() -> None:
    """(10·8 + 5·4 + 10·6 + 5·10)/(10·10 + 5·10 + 10·10 + 5·10) = 210/300."""
    index = indices.csi([[(10, 8), (5, 4)], [(10, 6), (5, 10)]])
    assert index.value == pytest.approx(70)
    assert index.n == 2
    alike = indices.csi([[(10, 7), (3, 7)]] * 5)
    assert (alike.value, alike.margin) == pytest.approx((70, 0))


def test_acsi_by_equal_weights_is_the_sum_less_three_over_27() -> None:
    answers = [(8, 7, 6), (10, 9, 9), (3, 5, 4)]
    means = [sum(column) / 3 for column in zip(*answers, strict=True)]
    assert indices.acsi(answers).index.value == pytest.approx((sum(means) - 3) / 27 * 100)
    public = indices.acsi_public(answers)
    expected = sum((mean - 1) * weight for mean, weight in zip(means, (0.3885, 0.3190, 0.2925), strict=True)) / 9 * 100
    assert public.index.value == pytest.approx(expected)
    assert (public.source, public.equal) == ("public", indices.acsi(answers).index)
    assert indices.acsi([(10, 10, 10)]).index.value == 100
    assert indices.acsi([(1, 1, 1)]).index.value == 0


def test_own_weights_of_acsi_are_the_first_principal_component() -> None:
    chance = random.Random(3)
    answers = []
    for _ in range(250):
        liking = chance.gauss(6.5, 2)
        answers.append(tuple(float(min(10, max(1, round(liking + chance.gauss(0, noise))))) for noise in (0.6, 1.2, 2)))
    loadings = abs(PCA(n_components=1).fit(answers).components_[0])
    assert indices.own_weights(answers) == pytest.approx(tuple(loadings / loadings.sum()), rel=1e-9)
    assert indices.acsi_own(answers).source == "own"
    assert indices.acsi_own(answers[:199]).source == "equal", "200 answers first"


def test_ces_is_easy_less_hard() -> None:
    answers = [7, 6, 6, 5, 4, 3, 1, 7, 7, 6]
    assert indices.ces(answers).value == pytest.approx(100 * (0.6 - 0.2))
    assert indices.ces_mean(answers).value == pytest.approx(5.2)


# Contacts

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def dialog(borrower: str, day: float, *, topic: str = "extension", **facts: bool) -> Contact:
    opened = START + timedelta(days=day)
    return Contact(borrower=borrower, topic=topic, opened_at=opened, closed_at=opened + timedelta(hours=1), **facts)


def test_first_contact_resolution_by_the_system() -> None:
    dialogs = [
        dialog("anna", 0),  # comes again on the third day
        dialog("anna", 3),  # is no first contact
        dialog("anna", 12),  # nine days later: a first contact again, solved
        dialog("anna", 3, topic="refund", solvable=False, was_transferred=True),
        dialog("boris", 1, was_reopened=True),
        dialog("boris", 25),  # its week is not over
        dialog("vera", 2),
    ]
    as_of = START + timedelta(days=30)
    judged = contacts.system_fcr(dialogs, as_of=as_of)
    assert (judged.n, judged.value) == (5, pytest.approx(2 / 5))
    assert contacts.net_fcr(dialogs, as_of=as_of).value == pytest.approx(2 / 4)
    assert contacts.system_fcr(dialogs, as_of=as_of, days=1).value == pytest.approx(5 / 7)


def test_a_second_dialog_at_the_same_time_is_another_contact() -> None:
    letter = dialog("anna", 0)
    chat = Contact("anna", "extension", letter.opened_at + timedelta(minutes=5), letter.closed_at)
    judged = contacts.first_contacts([letter, chat], as_of=START + timedelta(days=30), days=7)
    assert judged == [(letter, False)]


def test_first_contact_resolution_by_survey_counts_answers_only() -> None:
    assert contacts.survey_fcr(["yes", "partly", "no", "yes", ""]).n == 4
    assert contacts.survey_fcr(["yes", "partly", "no", "yes", ""]).value == 0.5


def test_waiting_is_told_by_median_ninetieth_percentile_and_share_in_time() -> None:
    waits = contacts.response_times([10, 20, 30, 40, 200], limit=30)
    assert (waits.median, waits.p90, waits.in_time.value) == (30, pytest.approx(136), 0.6)


def test_what_a_chat_costs_when_several_run_at_once() -> None:
    parallel = contacts.concurrency([{0: 500, 1: 100, 2: 100}, {5: 100}])
    assert parallel.mean == pytest.approx(8 / 3)
    assert parallel.p95 == 5
    assert contacts.effective_handle_time([600, 1000], parallel=parallel.mean) == pytest.approx(300)


# Sampling


def test_sizes_of_samples() -> None:
    assert sampling.size_for_mean(5, spread=15) == 35
    assert sampling.size_for_mean(3, spread=15) == 97
    assert sampling.size_for_share(0.05) == 385
    assert sampling.size_for_share(0.10) == 97
    assert sampling.size_for_share(0.05, population=1000) == 278
    assert sampling.size_for_share(0.05, population=10) == 10


def test_a_change_of_nps_needs_820_answers_in_each_wave() -> None:
    assert sampling.size_for_nps(7.56, promoters=0.5, detractors=0.2) == 820
    assert sampling.size_for_nps_with_power(7.56, promoters=0.5, detractors=0.2) == 1676


def test_weights_undo_that_bad_dialogs_were_drawn_more_often() -> None:
    """90 good dialogs of 100 drawn with a tenth's chance, 10 bad ones all."""
    drawn = [(100.0, 0.1)] * 9 + [(0.0, 1.0)] * 10
    values, inclusion = zip(*drawn, strict=True)
    assert sampling.weighted_mean(values, inclusion).value == pytest.approx(90)
    alike = sampling.weighted_mean(values, [0.3] * 19)
    assert (alike.value, alike.lo) == pytest.approx((mean_interval(values).value, mean_interval(values).lo))
    share = sampling.weighted_share([value > 0 for value in values], inclusion)
    assert share.value == pytest.approx(0.9)
    plain = sampling.weighted_share([value > 0 for value in values], [1] * 19)
    assert (plain.lo, plain.hi) == pytest.approx((wilson(9, 19).lo, wilson(9, 19).hi))


def test_the_model_assisted_mean_corrects_the_checks_by_people() -> None:
    automatic = [80.0, 90, 70, 100, 60, 85, 95, 75]
    found = sampling.model_assisted_mean(automatic, [(75, 80), (88, 90), (71, 70)])
    assert found.value == pytest.approx(sum(automatic) / 8 - 2)
    error = math.sqrt(9 / 3 * (1 - 3 / 8))  # the differences are −5, −2, 1: s² = 9
    assert found.margin == pytest.approx(t_quantile(0.975, 2) * error)
    gaps = added(sampling.weighted(gap, 0.25) for gap in (-5, -2, 1))
    weighted = sampling.model_assisted_of(added(map(one_value, automatic)), gaps)
    assert (weighted.value, weighted.margin) == pytest.approx((found.value, found.margin))


@pytest.mark.parametrize(("likeness", "narrower"), [(0.8, 37), (0.9, 55)])
def test_checks_that_agree_with_people_narrow_the_interval(likeness: float, narrower: int) -> None:
    chance = random.Random(5)
    pairs = []
    for _ in range(4000):
        human = chance.gauss(0, 1)
        pairs.append((80 + 15 * human, 80 + 15 * (likeness * human + math.sqrt(1 - likeness**2) * chance.gauss(0, 1))))
    assisted = sampling.model_assisted_mean([machine for _, machine in pairs] * 50, pairs)
    alone = mean_interval([human for human, _ in pairs])
    assert 100 * (1 - assisted.margin / alone.margin) == pytest.approx(narrower, abs=2.5)


def test_no_critical_error_in_a_hundred_leaves_three_possible() -> None:
    clean = sampling.critical_error_accuracy(0, 100)
    assert (clean.value, clean.lo, clean.hi) == (1, 0.97, 1)
    assert sampling.critical_error_accuracy(5, 100).value == pytest.approx(0.95)


# Effects


def arm(*changes: float) -> list[effects.Periods]:
    return [effects.Periods(before=[80, 82], after=[80 + change, 82 + change]) for change in changes]


def test_an_effect_is_welchs_t_on_agents() -> None:
    ones, others = [3.0, 5, 4, 6, 2], [0.0, 1, -1, 0.5]
    found = effects.effect(arm(*ones), arm(*others))
    theirs = scipy.stats.ttest_ind(ones, others, equal_var=False)
    assert found.estimate.value == pytest.approx(sum(ones) / 5 - 0.125)
    assert found.p == pytest.approx(theirs.pvalue, rel=1e-9)
    assert (found.estimate.lo, found.estimate.hi) == pytest.approx(tuple(theirs.confidence_interval()), rel=1e-9)


def test_agents_without_dialogs_in_a_period_are_left_out() -> None:
    absent = effects.Periods(before=[], after=[90])
    assert effects.effect([*arm(1, 2, 3, 4), absent], arm(0, 0, 1, 1)).n_treated == 4


def test_those_who_adopted_it_felt_more_of_it() -> None:
    treated = [effects.Periods([80], [84], adoption=0.7), effects.Periods([80], [86], adoption=0.5)]
    control = [effects.Periods([80], [80], adoption=0.1), effects.Periods([80], [81], adoption=0.1)]
    found, adoption = effects.effect(treated, control), effects.adoption_difference(treated, control)
    adjusted = effects.adoption_adjusted(found, adoption)
    assert adoption == pytest.approx(0.5)
    assert adjusted is not None
    assert adjusted.value == pytest.approx(found.estimate.value / 0.5)
    assert effects.adoption_adjusted(found, 0.04) is None


@pytest.mark.parametrize(
    ("treated", "control", "word"),
    [
        ((5, 6, 4, 5), (0, 1, -1, 0), "works"),
        ((-5, -6, -4, -5), (0, 1, -1, 0), "harmful"),
        ((0.1, -0.2, 0.3, 0), (0, 0.1, -0.1, 0.2), "no_evidence"),
        ((9, -9, 8, -3), (0, 5, -5, 2), "not_enough"),
        ((5, 6, 4), (0, 1, -1, 0), "not_enough"),
    ],
)
def test_an_effect_is_told_in_a_word(treated: tuple[float, ...], control: tuple[float, ...], word: str) -> None:
    found = effects.effect(arm(*treated), arm(*control))
    assert effects.verdict(found, upwards=True, min_effect=2) == word


def test_a_metric_that_should_fall_works_when_it_falls() -> None:
    found = effects.effect(arm(-5, -6, -4, -5), arm(0, 1, -1, 0))
    assert effects.verdict(found, upwards=False, min_effect=2) == "works"


def test_arms_that_did_not_run_in_parallel_prove_nothing() -> None:
    found = effects.effect(arm(5, 6, 4, 5), arm(0, 1, -1, 0))
    apart = effects.pretrend(arm(3, 4, 3, 3.5), arm(0, 0.5, -0.5, 0))
    assert effects.verdict(found, upwards=True, min_effect=2, pretrend_p=apart.p) == "no_evidence"


def test_ten_and_ten_agents_find_four_points_in_somewhat_over_half_of_the_cases() -> None:
    found = effects.power(4, n_treated=10, n_control=10, dialogs=40, drift=2, spread=15)
    assert found == pytest.approx(0.58, abs=0.005)
    error = math.sqrt((4 + 2 * 225 / 40) * 0.2)
    edge = scipy.stats.t.ppf(0.975, 18)
    assert found == pytest.approx(
        scipy.stats.nct.sf(edge, 18, 4 / error) + scipy.stats.nct.cdf(-edge, 18, 4 / error), abs=1e-9
    )
    assert effects.agents_needed(4, dialogs=40) == 16


def test_a_series_without_control_finds_the_jump_and_warns() -> None:
    before, after = [70, 71.2, 71.9, 73.1, 74], [80.1, 80.8, 82.2, 83]
    found = interrupted(before, after)
    assert found.estimate.value == pytest.approx(5, abs=0.5)
    assert found.warning == "no_control"
    assert not interrupted(before, after[:3]).estimate.is_known, "four weeks on each side"


# Many questions, small groups, charts


def test_false_discoveries_are_those_of_scipy() -> None:
    p_values = [0.001, 0.3, 0.008, 0.039, 0.041, 0.9, 0.042, 0.06, 0.0001, 0.205]
    assert multiple.adjusted(p_values) == pytest.approx(list(scipy.stats.false_discovery_control(p_values)), rel=DIGITS)
    assert multiple.discoveries(p_values).count(True) == 7
    assert multiple.discoveries([]) == []


def sums(values: list[float]) -> Sums:
    return Sums(n=len(values), total=sum(values), squares=sum(value * value for value in values))


def test_an_agent_with_two_reviews_is_drawn_to_the_mean_of_all() -> None:
    groups = {
        "known well": sums([95.0, 93, 97, 94, 96] * 12),
        "as usual": sums([80.0, 85, 75, 82, 78] * 12),
        "new": sums([20.0, 40]),
        "gone": sums([]),
    }
    shrunken = shrunken_means(groups)
    assert "gone" not in shrunken
    assert abs(shrunken["known well"].value - 95) < 0.5
    assert shrunken["new"].value > 30.2
    lone = shrunken_means({"one": sums([80.0, 82])})
    assert not lone["one"].is_known


def test_groups_that_do_not_differ_share_one_mean() -> None:
    alike = shrunken_means({name: sums([70.0, 90, 80, 85, 75]) for name in "abc"})
    assert {round(one.value, 9) for one in alike.values()} == {80}


def test_a_week_outside_three_sigma_is_seen() -> None:
    chart = p_chart([(90, 100), (88, 100), (91, 100), (70, 100), (0, 0)])
    assert chart.centre == pytest.approx(339 / 400)
    assert [point.is_outside for point in chart.points] == [False, False, False, True, False]
    assert chart.points[0].hi == pytest.approx(chart.centre + 3 * math.sqrt(chart.centre * (1 - chart.centre) / 100))
    weeks = [sums([80.0, 82, 78, 81, 79]), sums([80.0, 81, 79]), sums([95.0, 96, 94]), sums([])]
    assert [point.is_outside for point in mean_chart(weeks).points] == [True, True, True, False]


# Criteria against outcomes


def test_the_p_of_fisher_is_that_of_scipy() -> None:
    for (k, n), (other, m) in [((8, 10), (1, 9)), ((0, 5), (3, 40)), ((56, 70), (48, 80)), ((3, 3), (7, 7))]:
        theirs = scipy.stats.fisher_exact([[k, n - k], [other, m - other]]).pvalue
        assert association.fisher_p((k, n), (other, m)) == pytest.approx(theirs, rel=1e-9)


def test_a_criterion_against_an_outcome() -> None:
    found = association.risk_difference(met=(56, 70), missed=(48, 80))
    assert found.estimate == newcombe((56, 70), (48, 80))
    assert association.risk_difference(met=(5, 10), missed=(0, 0)).p is None


def test_a_criterion_against_a_rating_is_the_correlation_of_scipy() -> None:
    met, missed = [5, 5, 4, 5, 3, 4, 5], [3, 2, 5, 4, 1]
    found = association.point_biserial(met=met, missed=missed)
    theirs = scipy.stats.pearsonr([1] * 7 + [0] * 5, met + missed)
    assert found.estimate.value == pytest.approx(theirs.statistic, rel=DIGITS)
    assert found.p == pytest.approx(theirs.pvalue, rel=1e-9)
    assert (found.estimate.lo, found.estimate.hi) == pytest.approx(tuple(theirs.confidence_interval()), rel=1e-6)
    assert association.point_biserial(met=[4, 4], missed=[4, 4]).p is None, "everybody said the same"


# Forecasts


def foreseen(n: int = 400, *, seed: int = 2) -> list[tuple[float, bool]]:
    """Forecasts that are right by construction, on a coarse grid so that many are equal."""
    chance = random.Random(seed)
    heights = [round(chance.random() ** 2, 2) for _ in range(n)]
    return [(height, chance.random() < height) for height in heights]


def test_the_auc_is_that_of_scikit_learn() -> None:
    forecasts = foreseen()
    chances, came = zip(*forecasts, strict=True)
    found = calibration.auc(forecasts)
    assert found.value == pytest.approx(roc_auc_score(came, chances), rel=DIGITS)
    assert found.lo is not None
    assert found.lo < found.value < (found.hi or 0)
    assert not calibration.auc([(0.4, False)]).is_known
    assert calibration.brier(forecasts) == pytest.approx(brier_score_loss(came, chances), rel=DIGITS)


def test_forecasts_that_are_right_lie_on_the_line() -> None:
    table = calibration.calibration_table(foreseen(4000))
    assert sum(one.came.n for one in table) == 4000
    assert sum(one.is_right for one in table) >= len(table) - 1
    assert [one.foreseen for one in table] == sorted(one.foreseen for one in table)


def test_precision_and_lift_of_the_highest_twentieth() -> None:
    forecasts = [(0.9, True)] * 4 + [(0.8, False)] + [(0.1, True)] * 6 + [(0.1, False)] * 89
    assert calibration.precision_at_top(forecasts).value == 0.8
    assert calibration.lift(forecasts).value == pytest.approx(8)
    assert not calibration.lift([(0.2, False)]).is_known


def test_isotonic_regression_is_that_of_scikit_learn() -> None:
    pairs = [(height, float(came)) for height, came in foreseen(300, seed=9)]
    heights, came = zip(*pairs, strict=True)
    steps = calibration.isotonic(pairs)
    theirs = IsotonicRegression(out_of_bounds="clip").fit(heights, came)
    for height in [0, 0.013, 0.2, 0.505, 0.77, 0.999, 1]:
        assert calibration.calibrated(steps, height) == pytest.approx(theirs.predict([height])[0], abs=1e-6)


# Properties

SCALE = some.integers(1, 4)
UNITS = some.lists(some.lists(some.none() | SCALE, min_size=3, max_size=3), min_size=1, max_size=12)
SHARES = some.integers(1, 400).flatmap(lambda n: some.tuples(some.integers(0, n), some.just(n)))
quickly = settings(max_examples=60, deadline=None, derandomize=True)


@quickly
@given(UNITS, some.permutations(range(3)), some.sampled_from(list(Level)))
def test_permuting_raters_keeps_alpha(units: list[list[int | None]], order: list[int], level: Level) -> None:
    permuted = [[unit[place] for place in order] for unit in units]
    before, after = (agreement.krippendorff(one, level=level) for one in (units, permuted))
    assert (before is None) == (after is None)
    assert before is None or before == pytest.approx(after)
    assert before is None or before <= 1 + 1e-12


@quickly
@given(SHARES, SHARES)
def test_intervals_hold_their_estimates(one: tuple[int, int], other: tuple[int, int]) -> None:
    for estimate in (wilson(*one), newcombe(one, other), sampling.critical_error_accuracy(*one)):
        assert estimate.lo <= estimate.value <= estimate.hi
    assert 0 <= wilson(*one).lo <= wilson(*one).hi <= 1
    there, back = newcombe(one, other), newcombe(other, one)
    assert (there.lo, there.hi) == pytest.approx((-back.hi, -back.lo))


@quickly
@given(some.lists(some.floats(0, 100), min_size=2, max_size=40), some.integers(0, 10))
def test_a_mean_lies_in_its_interval_whatever_the_values(values: list[float], seed: int) -> None:
    assert mean_interval(values).lo <= mean_interval(values).value <= mean_interval(values).hi
    drawn = bootstrap_of_agents({"a": values[:1], "b": values[1:]}, draws=50, seed=seed)
    assert min(values) - 1e-9 <= drawn.lo <= drawn.hi <= max(values) + 1e-9
    weighted = sampling.weighted_mean(values, [0.5] * len(values))
    assert weighted.value == pytest.approx(mean_interval(values).value)


@quickly
@given(some.lists(some.tuples(SCALE, SCALE, SCALE), min_size=2, max_size=30))
def test_agreement_is_never_better_than_agreeing(units: list[tuple[int, int, int]]) -> None:
    assert 0 <= agreement.raw_agreement(units) <= 1
    for coefficient in (agreement.fleiss(units), agreement.gwet_ac1(units, categories=4)):
        assert coefficient is None or coefficient <= 1 + 1e-12


RATED = some.builds(
    scoring.Rated,
    weight=some.integers(0, 20),
    verdict=some.sampled_from(list(Answer)),
    is_critical=some.booleans(),
    is_confirmed=some.booleans(),
)


@quickly
@given(some.lists(RATED, max_size=12), some.integers(0, 20))
def test_what_does_not_apply_never_lowers_a_score(rated: list[scoring.Rated], weight: int) -> None:
    absent = scoring.Rated(weight=weight, verdict=Answer.NA, is_critical=True, is_confirmed=True)
    assert scoring.score([*rated, absent]).value == scoring.score(rated).value


@quickly
@given(some.lists(RATED, max_size=12), some.integers(1, 20))
def test_meeting_one_more_criterion_never_lowers_a_score(rated: list[scoring.Rated], weight: int) -> None:
    before = scoring.score(rated).value
    after = scoring.score([*rated, scoring.Rated(weight=weight, verdict=Answer.PASS)]).value
    assert before is None or after >= before - 1e-9


@quickly
@given(some.lists(some.tuples(some.floats(0, 1), some.sampled_from([0.0, 1.0])), min_size=1, max_size=40))
def test_isotonic_steps_never_fall(pairs: list[tuple[float, float]]) -> None:
    chances = [chance for _, chance in calibration.isotonic(pairs)]
    assert chances == sorted(chances)


# Do the intervals hold the truth as often as they say? Seeded, small.


def share_held(intervals: list[Estimate], truth: float) -> float:
    return sum(one.lo <= truth <= one.hi for one in intervals) / len(intervals)


def chance_of(counts: tuple[int, ...], shares: tuple[float, ...]) -> float:
    """The multinomial probability of these counts."""
    logs = (count * math.log(share) - math.lgamma(count + 1) for count, share in zip(counts, shares, strict=True))
    return math.exp(math.lgamma(sum(counts) + 1) + sum(logs))


@pytest.mark.parametrize(("n", "per_cent"), [(30, "93.5"), (100, "94.5"), (200, "94.7")])
def test_the_margin_of_nps_holds_the_truth_in_93_to_96_5_of_100(n: int, per_cent: str) -> None:
    """No draws: every possible wave of n answers, of a half promoters and a fifth detractors, by its probability."""
    held = 0.0
    for above in range(n + 1):
        for below in range(n + 1 - above):
            wave = indices.net_share(above=above, below=below, n=n)
            if wave.lo <= 30 <= wave.hi:
                held += chance_of((above, below, n - above - below), (0.5, 0.2, 0.3))
    assert 0.93 <= held <= 0.965
    assert f"{100 * held:.1f}" == per_cent


def rolled_out(chance: random.Random, *, truth: float, trend: float) -> tuple[list[effects.Periods], ...]:
    """Ten treated and ten control agents, thirty dialogs each before and after, and a tide that lifts all."""

    def agent(lift: float) -> effects.Periods:
        level, change = chance.gauss(80, 5), chance.gauss(trend + lift, 2)
        periods = [[chance.gauss(mean, 15) for _ in range(30)] for mean in (level, level + change)]
        return effects.Periods(before=periods[0], after=periods[1])

    return [agent(truth) for _ in range(10)], [agent(0) for _ in range(10)]


def test_agents_compared_hold_the_truth_where_before_and_after_does_not() -> None:
    chance, truth = random.Random(11), 4.0
    compared, naive = [], []
    for _ in range(400):
        treated, control = rolled_out(chance, truth=truth, trend=2.5)
        compared.append(effects.effect(treated, control).estimate)
        before = mean_interval([value for one in treated for value in one.before])
        after = mean_interval([value for one in treated for value in one.after])
        naive.append(indices.difference(before, after))
    assert 0.92 <= share_held(compared, truth) <= 0.97
    assert share_held(naive, truth) < 0.6


def test_the_model_assisted_mean_holds_the_truth() -> None:
    chance = random.Random(4)
    automatic = [chance.gauss(80, 12) for _ in range(600)]
    human = [one - 3 + chance.gauss(0, 9) for one in automatic]
    truth = sum(human) / 600
    drawn = [chance.sample(range(600), 60) for _ in range(1000)]
    found = [sampling.model_assisted_mean(automatic, [(human[i], automatic[i]) for i in one]) for one in drawn]
    assert 0.93 <= share_held(found, truth) <= 0.97


# As pages show them


def test_an_estimate_is_shown_in_the_readers_numbers() -> None:
    estimate = Estimate(84.26, 81, 87.44, n=40, method="mean_t")
    with override("ru"):
        assert (shown(estimate).value, shown(estimate).interval) == ("84,3", "81,0–87,4")
        assert shown(estimate).words == "с\u00a0уверенностью 95\u00a0%: 81,0–87,4; по\u00a040 наблюдениям"
        share = shown(wilson(81, 263), unit=Unit.SHARE)
        assert (share.value, share.interval) == ("31\u00a0%", "26–37\u00a0%")
        change = shown_change(Estimate(2.1, -0.3, 4.5, n=9, method="difference"))
        assert (change.value, change.interval) == ("+2,1", "от \u22120,3 до +4,5")
        assert change.is_weak
        assert "слишком мало" in change.words
    with override("en"):
        assert str(shown(estimate)) == "84.3 (81.0–87.4)"
        assert str(shown(wilson(81, 263), unit=Unit.SHARE)) == "31% (26–37%)"
        assert shown_change(Estimate(-0.04, -3, -0.01, n=20, method="x")).value == "0.0", "no minus before nothing"


def test_the_page_shows_value_interval_and_n() -> None:
    with override("ru"):
        page = render_to_string("quality/_estimate.html", {"estimate": shown(mean_interval([80.0, 90, 85]))})
        nothing = render_to_string("quality/_estimate.html", {"estimate": shown(mean_interval([]))})
    assert "<b>85,0</b>" in page
    assert "n = 3" in page
    assert "data-weak" in page
    assert "<b>нет данных</b>" in nothing


def test_the_interface_answers_value_interval_and_n() -> None:
    assert estimate_json(wilson(8, 9)) == {
        "value": 8 / 9,
        "lo": wilson(8, 9).lo,
        "hi": wilson(8, 9).hi,
        "n": 9,
        "method": "wilson",
        "is_weak": True,
    }
