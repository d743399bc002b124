"""The formulas of the service standard: known answers, and what may never happen to a score."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.rules.outcomes import Answer
from quality.rules.scoring import Rated, category_score, combine, score, weighted_score

PASS, PARTIAL, FAIL, NA, UNSURE = Answer.PASS, Answer.PARTIAL, Answer.FAIL, Answer.NA, Answer.UNSURE


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        (2, [0, 100]),
        (3, [0, 50, 100]),
        (4, [0, 33.3, 66.7, 100]),
        (5, [0, 25, 50, 75, 100]),
    ],
)
def test_a_place_on_a_scale_becomes_a_category_score(points: int, expected: list[float]) -> None:
    scores = [category_score(selected=place, lowest=1, highest=points) for place in range(1, points + 1)]
    assert [round(value, 1) for value in scores] == expected


def test_the_published_known_answer_of_five_reviews_comes_out() -> None:
    reviews = [100, 9.91, 63.96, 90.99, 0]
    assert weighted_score((value, 1) for value in reviews) == pytest.approx(52.972)
    assert round(sum(reviews) / len(reviews), 2) == 52.97


@pytest.mark.parametrize(
    ("rated", "expected"),
    [
        ([(4, PASS), (6, FAIL)], 40.0),
        ([(4, PASS), (6, PARTIAL)], 70.0),
        ([(4, PASS), (6, NA)], 100.0),
        ([(4, FAIL), (6, UNSURE)], 0.0),
        ([(4, PARTIAL)], 50.0),
        ([(7, PASS), (7, FAIL), (6, PARTIAL)], 50.0),
        ([(0, FAIL), (1, PASS)], 100.0),
        ([(4, NA), (6, UNSURE)], None),
        ([], None),
    ],
)
def test_a_score_is_the_weighted_mean_of_what_was_rated(
    rated: list[tuple[int, Answer]], expected: float | None
) -> None:
    assert score([Rated(weight=weight, verdict=verdict) for weight, verdict in rated]).value == expected


def test_a_critical_failure_waits_for_a_person_before_it_zeroes_the_score() -> None:
    usual = Rated(weight=7, verdict=PASS)
    seen = Rated(weight=3, verdict=FAIL, is_critical=True)
    assert score([usual, seen]).value == 100
    assert score([usual, seen]).critical_to_confirm
    confirmed = Rated(weight=3, verdict=FAIL, is_critical=True, is_confirmed=True)
    assert score([usual, confirmed]).value == 0
    assert not score([usual, confirmed]).critical_to_confirm


def test_a_critical_criterion_that_is_met_counts_as_any_other() -> None:
    result = score([Rated(weight=7, verdict=FAIL), Rated(weight=3, verdict=PASS, is_critical=True)])
    assert result.value == 30
    assert not result.critical_to_confirm


def test_half_of_a_confirmed_critical_criterion_does_not_zero() -> None:
    half = Rated(weight=5, verdict=PARTIAL, is_critical=True, is_confirmed=True)
    assert score([half, Rated(weight=5, verdict=PASS)]).value == 75


@pytest.mark.parametrize(
    ("verdicts", "points", "expected"),
    [
        (["pass", "pass"], 2, PASS),
        (["pass", "fail"], 2, FAIL),
        (["pass", "fail"], 3, PARTIAL),
        (["fail", "fail"], 3, FAIL),
        (["partial"], 3, PARTIAL),
        (["partial"], 2, FAIL),
        (["partial", "fail"], 3, PARTIAL),
        (["na", "pass"], 2, PASS),
        (["na", "fail"], 3, FAIL),
        (["na", "na"], 2, NA),
        ([], 2, NA),
        (["unsure"], 2, UNSURE),
        (["unsure", "pass"], 3, UNSURE),
        (["unsure", "fail"], 2, FAIL),
    ],
)
def test_several_checks_make_one_answer(verdicts: list[str], points: int, expected: Answer) -> None:
    assert combine(verdicts, points=points) == expected


RATED = st.builds(Rated, weight=st.integers(0, 100), verdict=st.sampled_from(list(Answer)), is_critical=st.just(False))


@given(rated=st.lists(RATED, max_size=20), weight=st.integers(0, 100), left=st.sampled_from([NA, UNSURE]))
def test_what_does_not_apply_or_is_unsure_never_changes_a_score(rated: list[Rated], weight: int, left: Answer) -> None:
    assert score([*rated, Rated(weight=weight, verdict=left)]) == score(rated)


@given(rated=st.lists(RATED, max_size=20), weight=st.integers(1, 100))
def test_another_pass_never_lowers_a_score(rated: list[Rated], weight: int) -> None:
    before, after = score(rated).value, score([*rated, Rated(weight=weight, verdict=PASS)]).value
    assert after is not None
    assert before is None or after >= before - 1e-9


@given(rated=st.lists(RATED, max_size=20))
def test_a_score_lies_between_nothing_and_a_hundred(rated: list[Rated]) -> None:
    value = score(rated).value
    assert value is None or 0 <= value <= 100
