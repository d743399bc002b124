"""The formula of a review, and what a rating needs: properties that hold for any card."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.rules.ratings import Asked, Given, Mark, options_of, problems_of, review_score, verdict_of
from quality.rules.workdays import after_workdays

VALUES = st.sampled_from([0.0, 0.25, 0.333, 0.5, 0.667, 0.75, 1.0, None])
MARKS = st.lists(
    st.builds(Mark, weight=st.integers(0, 20), value=VALUES, is_critical=st.booleans(), is_confirmed=st.booleans()),
    max_size=17,
)
POLICIES = st.sampled_from(["zero", "cap50"])


@given(marks=MARKS, policy=POLICIES)
def test_adding_a_pass_never_lowers_the_score(marks: list[Mark], policy: str) -> None:
    before, after = review_score(marks, policy=policy).value, review_score([*marks, Mark(5, 1.0)], policy=policy).value
    assert after is not None and (before is None or after >= before - 1e-9)


@given(marks=MARKS, policy=POLICIES, weight=st.integers(0, 100))
def test_another_criterion_that_does_not_apply_changes_nothing(marks: list[Mark], policy: str, weight: int) -> None:
    assert review_score([*marks, Mark(weight, None)], policy=policy) == review_score(marks, policy=policy)


@given(marks=MARKS, place=st.integers(0, 16))
def test_a_failure_that_does_not_apply_after_all_never_lowers_the_score(marks: list[Mark], place: int) -> None:
    if place < len(marks) and marks[place].value == 0:
        rest = [*marks[:place], Mark(marks[place].weight, None), *marks[place + 1 :]]
        before, after = review_score(marks).value, review_score(rest).value
        assert after is None or before is None or after >= before - 1e-9


def test_the_known_answers_of_the_formula_hold() -> None:
    assert review_score([Mark(10, 1.0), Mark(30, 0.5), Mark(60, None)]).value == pytest.approx(62.5)
    assert review_score([Mark(90, 1.0), Mark(10, 0.25, is_critical=True)]).value == 0
    assert review_score([Mark(90, 1.0), Mark(10, 0.25, is_critical=True)], policy="cap50").value == 50
    assert review_score([Mark(90, 1.0), Mark(10, 0.5, is_critical=True)]).value == 95
    assert review_score([Mark(90, 1.0), Mark(10, 0.0, is_critical=True, is_confirmed=False)]).value == 100
    assert review_score([]).value is None


def test_scales_have_their_places_keys_and_verdicts() -> None:
    assert [(one.value, one.key, one.name) for one in options_of(3)] == [
        *((1.0, "1", "pass"), (0.5, "2", "partial"), (0.0, "3", "fail")),
    ]
    assert [(one.value, one.key) for one in options_of(4)] == [(0.0, "1"), (0.333, "2"), (0.667, "3"), (1.0, "4")]
    assert [one.is_pass for one in options_of(5)] == [False, False, True, True, True]
    own = options_of(2, [{"value": 1, "ru": "Да", "en": "Yes", "is_pass": True}, {"value": 0, "ru": "Нет", "en": "No"}])
    assert [(one.key, one.ru, one.is_pass) for one in own] == [("1", "Да", True), ("2", "Нет", False)]
    assert [verdict_of(value) for value in (1, 0.25, 0, None)] == ["pass", "partial", "fail", "na"]


def test_what_a_rating_lacks_is_named() -> None:
    asked = Asked(options_of(5), may_be_na=False, needs_proof=True, causes=frozenset({"rush"}))
    assert problems_of(asked, Given(None)) == ["na"]
    assert problems_of(asked, Given(0.4)) == ["value"]
    assert problems_of(asked, Given(0.25)) == ["cause", "comment", "evidence"]
    assert problems_of(asked, Given(0.25, "rush", "почему", ({"seq": 1, "start": 0, "end": 3},))) == []
    assert problems_of(asked, Given(0.5)) == []


def test_five_working_days_skip_the_weekend() -> None:
    friday = datetime.datetime(2026, 11, 20, 15, tzinfo=datetime.UTC)
    due = after_workdays(friday, 5, workdays=[], zone=datetime.UTC)
    assert due == datetime.datetime(2026, 11, 28, tzinfo=datetime.UTC)  # the end of Friday
    assert after_workdays(friday, 1, workdays=range(7), zone=datetime.UTC).day == 22
