"""When the desk works: weekdays, single days, the production calendar, and arithmetic that never leaves the hours."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from tickets import actions as tickets
from tickets.models import Calendar, SlaTarget, WorkingHours
from tickets.queries.promises import forget_promises, promises
from tickets.rules import production, sla
from tickets.rules.calendars import overlaps, shortened, week_of
from tickets.rules.sla import Week

MOSCOW, BERLIN = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin")
OFFICE = {day: [(time(9), time(13)), (time(14), time(18))] for day in range(5)}
NIGHT = {day: [(time(22), time(6))] for day in range(7)}
WEEKS = [
    week_of(zone=zone, hours=hours, years=range(2025, 2029)) for zone in (MOSCOW, BERLIN) for hours in (OFFICE, NIGHT)
]
WEEKS += [Week(MOSCOW, {})]
weeks = st.sampled_from(WEEKS)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 11, 1), timezones=st.just(UTC))
spans = st.integers(1, 60 * 3600)


@given(weeks, moments, spans)
@settings(max_examples=150, deadline=None)
def test_a_due_moment_lies_within_the_hours_and_is_the_inverse_of_the_working_time(
    w: Week, at: datetime, s: int
) -> None:
    due = sla.add_working(w, at, s)
    assert sla.working_between(w, at, due) == pytest.approx(s)
    assert sla.is_open(w, due - timedelta(seconds=1))


@given(weeks, moments, spans, spans)
@settings(max_examples=150, deadline=None)
def test_more_time_is_due_later_and_two_spans_are_one(w: Week, at: datetime, one: int, other: int) -> None:
    assert sla.add_working(w, sla.add_working(w, at, one), other) == sla.add_working(w, at, one + other)
    assert sla.add_working(w, at, one) < sla.add_working(w, at, one + other)
    assert sla.add_working(w, at, one) <= sla.add_working(w, at + timedelta(hours=1), one)


@pytest.mark.parametrize(
    ("year", "moved_off", "worked"),
    [
        (2024, ["2024-04-29", "2024-04-30", "2024-05-10", "2024-12-30"], ["2024-04-27", "2024-11-02", "2024-12-28"]),
        (2025, ["2025-05-02", "2025-05-08", "2025-06-13", "2025-11-03", "2025-12-31"], ["2025-11-01"]),
        (2026, ["2026-01-09", "2026-03-09", "2026-05-11", "2026-12-31"], []),
    ],
)
def test_the_days_moved_by_decree_are_known(year: int, moved_off: list[str], worked: list[str]) -> None:
    assert year in production.DECREED
    assert not any(production.is_workday(date.fromisoformat(day)) for day in moved_off)
    assert all(production.is_workday(date.fromisoformat(day)) for day in worked)


def test_the_day_before_a_holiday_is_an_hour_shorter() -> None:
    short = [day.isoformat() for day, kind in production.unusual_days(2026) if kind == production.SHORT]
    assert short == ["2026-04-30", "2026-05-08", "2026-06-11", "2026-11-03"]
    week = week_of(zone=MOSCOW, hours=OFFICE, years=[2026])
    assert week.hours_on(date(2026, 4, 30)) == ((time(9), time(13)), (time(14), time(17)))
    assert shortened(((time(0), time(0)),)) == ((time(0), time(0)),)


def test_a_day_entered_by_hand_goes_before_the_decree() -> None:
    entered = {date(2026, 11, 5): production.OFF, date(2026, 11, 7): production.WORK}
    assert production.add_workdays(date(2026, 11, 3), 1) == date(2026, 11, 5)
    assert production.add_workdays(date(2026, 11, 3), 1, entered) == date(2026, 11, 6)
    assert production.add_workdays(date(2026, 11, 6), 1, entered) == date(2026, 11, 7)


def test_hours_that_overlap_are_found_also_over_midnight_and_over_the_end_of_the_week() -> None:
    assert overlaps(OFFICE) == []
    assert overlaps({0: [(time(9), time(13)), (time(12), time(18))]})
    assert overlaps({0: [(time(22), time(6))], 1: [(time(5), time(9))]})
    assert overlaps({6: [(time(22), time(6))], 0: [(time(5), time(9))]})


@pytest.fixture
def own(db: None) -> Any:
    tickets.seed_desk()
    yield Calendar.objects.get(is_default=True)
    forget_promises()


def test_an_administrator_changes_the_week_and_overlapping_hours_are_refused(
    own: Calendar, ivan: Any, as_staff: Any
) -> None:
    page: Client = as_staff(ivan)
    week = {"name": "Часы работы", **{f"day_{day}": "9:00-13:00, 14:00-18:00" for day in range(5)}}
    refused = page.post(f"/settings/calendars/{own.pk}/", week | {"day_0": "9:00-13:00, 12:00-18:00"})
    assert refused.status_code == 400
    assert "09:00-13:00" in refused.content.decode()
    assert WorkingHours.objects.count() == 7
    assert page.post(f"/settings/calendars/{own.pk}/", week).status_code == 302
    assert WorkingHours.objects.count() == 10
    page.post(f"/settings/calendars/{own.pk}/days/", {"on": "2026-12-01", "hours": "", "note": "Учёт"})
    assert promises().week.hours_on(date(2026, 12, 1)) == ()
    assert promises().week.hours_on(date(2026, 12, 2)) == ((time(9), time(13)), (time(14), time(18)))


def test_a_policy_is_counted_in_its_own_calendar_and_shown_beforehand(
    own: Calendar, ivan: Any, olga: Any, as_staff: Any
) -> None:
    page: Client = as_staff(ivan)
    page.post("/settings/calendars/new/", {"name": "Контора", **{f"day_{day}": "9:00-18:00" for day in range(5)}})
    office = Calendar.objects.get(name="Контора")
    said = {
        "channel": "email", "priority": "high", "calendar": office.pk, "first_response_time": "1:00:00",
        "first_warn_time": "10:00", "next_response_time": "1:00:00", "next_warn_time": "10:00",
        "administrators_after": 30,
    }  # fmt: skip
    assert page.post("/settings/promises/new/", said).status_code == 302
    assert SlaTarget.objects.get(priority="high").chain == [[30, "admin"]]
    assert page.post("/settings/promises/new/", said).status_code == 400, "the same twice"
    shown = as_staff(olga).get("/settings/promises/", {"at": "2026-11-27T17:30"}).content.decode()
    assert "30.11.2026 09:30:00" in shown
    assert page.post(f"/settings/calendars/{office.pk}/remove/").status_code == 400
