"""Seven ways to draw what people review: known chances, the same again, nobody their own."""

import datetime
import random
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from quality.actions.sampling import draw_plan, seed_default_plans
from quality.models import ReviewTask, SamplingPlan, Score
from quality.rules.sampling_plans import Candidate, assign_evenly, draw
from quality.rules.statistics.sampling import weighted_mean
from tests.reviewing import hold

DAY = datetime.date(2026, 11, 2)


def candidates(n: int, **same: Any) -> list[Candidate]:
    """``n`` conversations of five working days, of four agents."""
    return [Candidate(id=k, agent=f"a{k % 4}", day=DAY + datetime.timedelta(days=k // 4 % 5), **same) for k in range(n)]


def test_the_random_plan_takes_a_week_s_quota_of_each_agent_with_its_exact_chance() -> None:
    drawn = draw("random", candidates(200), {"per_agent": 5}, seed="1")
    assert len(drawn) == 20
    assert {one.probability for one in drawn} == {5 / 50}
    assert sorted(one.why["agent"] for one in drawn) == sorted(["a0", "a1", "a2", "a3"] * 5)


def test_the_same_seed_draws_the_same_in_any_order_and_another_seed_does_not() -> None:
    pool = candidates(120)
    first = draw("random", pool, {"per_agent": 3}, seed="7:2026-11-02")
    random.Random(3).shuffle(pool)
    assert draw("random", pool, {"per_agent": 3}, seed="7:2026-11-02") == first
    assert draw("random", pool, {"per_agent": 3}, seed="8:2026-11-02") != first


def test_a_fraction_of_a_quota_is_rounded_so_that_chances_hold_on_average() -> None:
    one_day = [Candidate(id=k, agent="a", day=DAY) for k in range(10)]
    taken = [len(draw("random", one_day, {"per_agent": 3}, seed=str(seed))) for seed in range(2000)]
    assert {*taken} == {0, 1}
    assert abs(sum(taken) / 2000 - 3 / 5) < 0.05
    assert draw("random", one_day, {"per_agent": 99}, seed="1")[0].probability == 1


def test_weighting_by_the_chance_undoes_a_plan_that_draws_unevenly() -> None:
    """Of one rare and one frequent topic the same number is drawn: the plain mean is wrong, the weighted is not."""
    pool = [Candidate(id=k, agent="a", topic="rare" if k < 20 else "often", day=DAY) for k in range(400)]
    value = {one.id: 0.0 if one.topic == "rare" else 100.0 for one in pool}
    drawn = draw("stratified", pool, {"per_stratum": 50}, seed="3")
    assert {one.probability for one in drawn} == {0.5, 10 / 380}
    assert sum(value[one.id] for one in drawn) / len(drawn) == 50
    weighted = weighted_mean([value[one.id] for one in drawn], [one.probability for one in drawn]).value
    assert weighted == pytest.approx(95)


def test_risks_are_taken_with_their_reasons_and_no_more_than_asked() -> None:
    pool = [
        Candidate(id=k, agent="a", signals=("critical",) if k < 3 else (), chance_of_complaint=k / 100)
        for k in range(100)
    ]
    drawn = draw("risk", pool, {"top_share": 0.05, "most": 20}, seed="1")
    assert sorted(one.id for one in drawn) == [0, 1, 2, 95, 96, 97, 98, 99]
    assert {one.probability for one in drawn} == {1}
    assert next(one for one in drawn if one.id == 99).why == {"signals": ["forecast"]}
    some = draw("risk", pool, {"top_share": 0.05, "most": 4}, seed="1")
    assert (len(some), some[0].probability) == (4, 0.5)


def test_an_outlier_is_beyond_the_median_of_its_own_topic() -> None:
    usual = [Candidate(id=k, agent="a", topic="x", messages=10 + k % 3, duration=300 + k) for k in range(30)]
    pool = [
        *usual,
        Candidate(id=90, agent="a", topic="x", messages=60, duration=310),
        Candidate(id=91, agent="a", topic="y", messages=60),
    ]
    drawn = draw("outliers", pool, {"mads": 3}, seed="1")
    assert [(one.id, one.why) for one in drawn] == [(90, {"beyond": {"messages": 60.0}})]


def test_a_new_agent_is_seen_wholly_in_the_first_week_and_ten_times_a_week_later() -> None:
    first = [Candidate(id=k, agent="n", agent_age=3, day=DAY) for k in range(8)]
    later = [
        Candidate(id=100 + k, agent="m", agent_age=20, day=DAY + datetime.timedelta(days=k % 5)) for k in range(50)
    ]
    old = [Candidate(id=500 + k, agent="o", agent_age=400, day=DAY) for k in range(50)]
    drawn = draw("new_agents", [*first, *later, *old], {"first_week_share": 1, "first_month": 10}, seed="1")
    assert len([one for one in drawn if one.id < 100]) == 8
    assert [one.probability for one in drawn if one.id >= 100] == [10 / 50] * 10


def test_checks_are_checked_on_failed_and_passed_ones_alike() -> None:
    days = [DAY + datetime.timedelta(days=k) for k in range(30)]
    pool = [
        Candidate(
            id=k,
            agent="a",
            day=days[k % 30],
            **{("failed_checks" if k < 40 else "passed_checks"): frozenset({"closing"})},
        )
        for k in range(400)
    ]
    drawn = draw("checks", pool, {"flagged": 20, "unflagged": 20}, seed="1")
    flagged = [one for one in drawn if one.id < 40]
    assert (len(flagged), flagged[0].probability, len(drawn)) == (20, pytest.approx(0.5), 40)


def test_a_share_of_the_reviews_is_reviewed_again() -> None:
    drawn = draw("second", candidates(100), {"share": 0.05}, seed="1")
    assert (len(drawn), drawn[0].probability) == (5, 0.05)


def test_work_is_spread_evenly_and_nobody_gets_their_own() -> None:
    barred = {3: frozenset({"b"}), 4: frozenset({"a", "b"})}
    assert assign_evenly(range(5), ["a", "b"], load={"a": 1}, barred=barred) == {
        0: "b",
        1: "a",
        2: "b",
        3: "a",
        4: None,
    }


# On the desk


@pytest.mark.django_db(transaction=True)
def test_a_fresh_desk_has_the_seven_plans_and_draws_once_a_day(
    anna: Any, sergey: Any, elena: Any, dmitry: Any, olga: Any, as_staff: Callable[[Any], Client]
) -> None:
    seed_default_plans()
    assert {plan.kind for plan in SamplingPlan.objects.all()} == set(SamplingPlan.Kind.values)
    scores = [hold(anna, elena), hold(sergey, dmitry), hold(anna, olga)]
    plan = SamplingPlan.objects.get(kind="random")
    client = as_staff(olga)
    settings = {"title": "Каждого по десять", "per_agent": "10", "is_active": "on"}
    assert client.post(f"/quality/plans/{plan.pk}/", settings).status_code == 302
    assert client.post(f"/quality/plans/{plan.pk}/", {**settings, "per_agent": "-1"}).status_code == 400
    assert client.post(f"/quality/plans/{plan.pk}/draw/").status_code == 302
    tasks = list(ReviewTask.objects.order_by("score"))
    assert [task.score_id for task in tasks] == [score.pk for score in scores]
    assert [(task.assignee, task.inclusion_probability) for task in tasks] == [(olga, 1), (olga, 1), (None, 1)]
    hold(anna, elena)
    plan.refresh_from_db()
    assert {task.pk for task in draw_plan(plan=plan)} == {task.pk for task in tasks}
    again = client.post(f"/api/v1/quality/plans/{plan.pk}/draw").json()
    assert len(again["drawn"]) == 3
    page = client.get("/quality/plans/").content.decode()
    assert "Каждого по десять" in page
    assert as_staff(elena).get("/quality/plans/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_the_queue_goes_on_to_what_is_due_first(
    anna: Any, sergey: Any, elena: Any, dmitry: Any, olga: Any, ivan: Any, as_staff: Callable[[Any], Client]
) -> None:
    seed_default_plans()
    drawn, other = hold(anna, elena), hold(sergey, dmitry)
    plan = SamplingPlan.objects.get(kind="random")
    due = datetime.datetime(2026, 12, 1, tzinfo=datetime.UTC)
    ReviewTask.objects.create(plan=plan, score=drawn, assignee=olga, inclusion_probability=0.5, due_at=due)
    ReviewTask.objects.create(plan=plan, score=other, assignee=ivan, inclusion_probability=0.5, due_at=due)
    answer = as_staff(olga).get("/api/v1/quality/queue/next").json()
    assert (answer["score"], answer["task"]["inclusion_probability"]) == (drawn.pk, 0.5)
    assert as_staff(olga).get("/quality/queue/next/").headers["Location"] == f"/quality/scores/{drawn.pk}/"
    html = as_staff(olga).get("/quality/queue/").content.decode()
    assert f"/quality/scores/{drawn.pk}/" in html and f"/quality/scores/{other.pk}/" not in html
    assert f"/quality/scores/{other.pk}/" in as_staff(olga).get("/quality/queue/?all").content.decode()
    ReviewTask.objects.filter(score=drawn).update(status="done")
    assert Score.objects.count() == 2
