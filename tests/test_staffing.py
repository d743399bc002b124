"""How many agents: the simulation against known answers, and the page from the desk's own half-hours."""

import random
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tickets.actions.outbox import run_due_jobs
from tickets.models import DayFigure, HalfHourFigure, RolledDay, StaffingPlan
from tickets.rules.histograms import bucket_of
from tickets.rules.staffing import Goal, Rate, Staffing, Work, counted, erlang_c, hourly, rates, simulated

GOAL = {"share": "80", "seconds": "120", "places": "5"}


def today() -> date:
    return timezone.localdate(timezone=timezone.get_default_timezone())


def lived(days: int, *, noon: int = 12) -> None:
    """Whole days before today: chats at noon, more on Mondays, with handle times of ten minutes."""
    for back in range(1, days + 1):
        on = today() - timedelta(days=back)
        came = noon * 3 if on.weekday() == 0 else noon
        RolledDay.objects.create(date=on, computed_at=timezone.now(), digest="")
        half = {"date": on, "half_hour": 24, "by": 0}
        HalfHourFigure.objects.create(**half, measure="opened", channel="chat", n=came)
        HalfHourFigure.objects.create(**half, measure="first_response", channel="chat", n=came, k=came // 2)
        HalfHourFigure.objects.create(**half, measure="line_time", n=1, total=5400)
        for measure, seconds in (("handle_time", 600), ("first_response", 40)):
            counts = {str(bucket_of(seconds)): came}
            DayFigure.objects.create(date=on, by=0, measure=measure, channel="chat", n=came, counts=counts)


@pytest.mark.parametrize(("pace", "servers"), [(60, 12), (60, 13), (100, 20), (6, 2)])
def test_the_simulation_agrees_with_erlang(pace: int, servers: int) -> None:
    """One place for each agent and exponential service have a known answer; it lies in the simulation's interval.

    Chats that come one after another are alike, so the runs are long and the interval is that between runs.
    """
    mean = 600.0
    outcome = simulated(
        hourly=pace, servers=servers, service=lambda chance: chance.expovariate(1 / mean), within=120, chats=2500
    )
    assert outcome.low <= erlang_c(hourly=pace, mean=mean, servers=servers, within=120) <= outcome.high
    assert outcome.high - outcome.low < 0.15


def test_erlang_c_has_the_answers_of_the_books() -> None:
    """One server: P(wait > t) = a exp(-(1 - a) t / mean); two servers at load 1: C = 1/3."""
    assert erlang_c(hourly=3, mean=600, servers=1, within=0) == pytest.approx(0.5)
    assert erlang_c(hourly=6, mean=600, servers=2, within=0) == pytest.approx(2 / 3)
    assert erlang_c(hourly=12, mean=600, servers=2, within=60) == 0


def test_more_chats_never_ask_for_fewer_agents_and_the_same_data_give_the_same_answer() -> None:
    work = Work(tuple(random.Random(1).uniform(300, 900) for _ in range(100)), 20)
    needs = []
    for pace in (0, 5, 40, 120):
        rate = Rate(pace, pace * 0.8, pace * 1.2)
        first, again = (Staffing(Goal(0.8, 120, 5), work).need(rate) for _ in range(2))
        assert first == again and first.low <= first.agents <= first.high
        needs.append(first.agents)
    assert needs == sorted(needs) and needs[0] == 0 and needs[-1] >= 4
    assert Staffing(Goal(0.8, 10, 5), work).need(Rate(40, 30, 50)).agents is None, "writing alone takes longer"


def test_a_weekday_seen_seldom_is_drawn_towards_all_days() -> None:
    monday = date(2026, 11, 2)
    days = [monday + timedelta(days=ahead) for ahead in range(14)]
    came = {(on, 24): 30 if on.weekday() == 0 else 10 for on in days}
    found = rates(came, days)
    usual = sum(came.values()) / 14
    assert found[0, 24].mean == pytest.approx((60 + 2 * usual) / 4)
    assert found[0, 24].low < found[0, 24].mean < found[0, 24].high
    both, pace = hourly(found, monday, 12)
    assert both.mean == pytest.approx(found[0, 24].mean) and pace.mean == pytest.approx(2 * both.mean)
    certain = counted(4.0, 1e-6)
    assert (certain.low, certain.high) == (2, 7), "the quantiles 10 % and 90 % of a Poisson number of mean 4"


@pytest.mark.django_db
def test_a_supervisor_asks_and_sees_the_coming_week_beside_the_last(olga: Any, as_staff: Any) -> None:
    lived(35)
    client = as_staff(olga)
    assert client.post("/staffing/", GOAL).status_code == 302
    assert 'data-plan="waiting"' in client.get("/staffing/").content.decode(), "nothing is computed in a request"
    run_due_jobs(kind="plan_staffing")
    page = client.get("/staffing/").content.decode()
    assert 'data-plan="ready"' in page and 'data-past="known"' in page
    plan = StaffingPlan.objects.get()
    noon = {one["on"]: one for one in plan.hours if one["hour"] == 12}
    monday = next(one for on, one in noon.items() if date.fromisoformat(on).weekday() == 0)
    other = next(one for on, one in noon.items() if date.fromisoformat(on).weekday() == 2)
    assert monday["chats"] > other["chats"] and monday["agents"] > other["agents"] >= 1
    assert all(one["agents"] == 0 for one in plan.hours if one["hour"] == 3)
    assert re.search(rf'data-need="{other["on"]}-12">{other["agents"]}<', page)
    was = next(one for one in plan.past if one["hour"] == 12 and date.fromisoformat(one["on"]).weekday() == 2)
    assert (was["came"], was["on_line"], was["in_time"]) == (12, 1.5, 0.5)


@pytest.mark.django_db
def test_last_week_is_forecast_only_from_what_was_before_it_and_again_the_same(olga: Any, as_staff: Any) -> None:
    lived(35)
    client = as_staff(olga)
    client.post("/staffing/", GOAL)
    run_due_jobs(kind="plan_staffing")
    since = today() - timedelta(days=7)
    HalfHourFigure.objects.filter(date__gte=since, measure="opened").update(n=500)
    client.post("/staffing/", GOAL)
    run_due_jobs(kind="plan_staffing")
    after, before = StaffingPlan.objects.order_by("-asked_at")
    said = ("on", "hour", "chats", "chats_low", "chats_high", "agents", "agents_low", "agents_high")
    assert [[one[name] for name in said] for one in after.past] == [[one[name] for name in said] for one in before.past]
    assert max(one["came"] for one in after.past) == 500
    assert after.hours != before.hours


@pytest.mark.django_db
def test_too_little_data_is_said(olga: Any, as_staff: Any) -> None:
    lived(5)
    client = as_staff(olga)
    client.post("/staffing/", GOAL)
    run_due_jobs(kind="plan_staffing")
    page = client.get("/staffing/").content.decode()
    assert 'data-plan="too_little"' in page and "5, нужно 14" in page
    lived_before = StaffingPlan.objects.get()
    assert lived_before.hours == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("share", "100", "От 50 до 99"), ("share", "", "От 50 до 99"), ("seconds", "5", "От 10 до 3600"),
        ("places", "6", "От 1 до 5"), ("places", "many", "От 1 до 5"),
    ],
)  # fmt: skip
def test_a_goal_beyond_its_bounds_is_refused_in_words(
    olga: Any, as_staff: Any, name: str, value: str, words: str
) -> None:
    answer = as_staff(olga).post("/staffing/", {**GOAL, name: value})
    assert answer.status_code == 400 and words in answer.content.decode()
    assert not StaffingPlan.objects.exists()


@pytest.mark.django_db
def test_what_is_being_computed_is_not_asked_for_twice(olga: Any, as_staff: Any) -> None:
    client = as_staff(olga)
    for _ in range(2):
        client.post("/staffing/", GOAL)
    assert StaffingPlan.objects.count() == 1
