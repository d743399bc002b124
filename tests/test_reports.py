"""The service figures: known answers of the arithmetic, and the same figures from conversations that happened."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from chat import actions as chat
from identity.models import Borrower, User
from tests.finishing import resolve
from tickets import actions as tickets
from tickets.actions.rollups import roll_up_day
from tickets.models import Assignment, Ticket, TicketEvent
from tickets.queries.reports import service_report
from tickets.rules import metrics

ROOT = Path(__file__).resolve().parent.parent
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_percentiles_interpolate_between_the_two_nearest() -> None:
    assert metrics.percentile([1, 2, 3, 4], 0.5) == 2.5
    assert metrics.percentile([10, 20, 30, 40, 50, 60, 70, 80, 90, 100], 0.9) == pytest.approx(91)
    assert metrics.percentile([7], 0.9) == 7
    assert metrics.percentile([], 0.5) is None


def test_parallel_chats_are_weighted_by_time() -> None:
    chats = [(at(0), at(10)), (at(0), at(10)), (at(5), at(15))]
    levels = metrics.time_at_levels(chats)
    assert levels == {2: 300, 3: 300, 1: 300}
    assert metrics.mean_level(levels) == 2
    assert metrics.level_percentile(levels, 0.95) == 3


def test_idle_time_does_not_lower_the_parallel_figure() -> None:
    levels = metrics.time_at_levels([(at(0), at(10)), (at(100), at(110))])
    assert levels == {1: 1200, 0: 5400}
    assert metrics.mean_level(levels) == 1


def test_chats_that_touch_are_not_parallel() -> None:
    assert metrics.time_at_levels([(at(0), at(10)), (at(10), at(20))]) == {1: 1200}


def test_no_chats_give_no_figure() -> None:
    assert metrics.mean_level(metrics.time_at_levels([])) is None
    assert metrics.speed_ratio([1, 2], []) is None


def test_the_speed_ratio_is_of_medians_and_its_interval_holds_it() -> None:
    ratio = metrics.speed_ratio([3600, 3000, 4200, 3500, 3700], [600, 500, 700, 580, 620])
    assert ratio is not None
    assert ratio.value == 6
    assert ratio.low <= 6 <= ratio.high
    assert ratio == metrics.speed_ratio([3600, 3000, 4200, 3500, 3700], [600, 500, 700, 580, 620])


def converse(person: Borrower, agent: User, *, begun: datetime, waited: float, lasted: float) -> Ticket:
    """A chat through the front doors, then moved to where the figures are easy to read."""
    conversation = chat.start_conversation(channel="chat", borrower=person, context={})
    tickets.assign(ticket=conversation.ticket, agent=agent, reason="matched")
    chat.post_message(conversation=conversation, author=person, body="Здравствуйте")
    chat.post_message(conversation=conversation, author=agent, body="Здравствуйте")
    resolve(ticket=conversation.ticket, by=agent)
    ticket = Ticket.objects.get(conversation=conversation)
    events = TicketEvent.objects.filter(ticket=ticket)
    events.update(at=begun)
    events.filter(kind="resolved").update(at=begun + timedelta(seconds=lasted))
    (answered,) = events.filter(kind="answered")
    answered.data |= {"wait": waited, "working_wait": waited, "in_time": waited <= 30}
    answered.save()
    Assignment.objects.filter(ticket=ticket).update(since=begun, until=begun + timedelta(seconds=lasted))
    return ticket


def test_the_report_is_computed_from_events_and_assignments(anna: Borrower, sergey: Borrower, elena: User) -> None:
    tickets.ensure_slots(user=elena)
    converse(anna, elena, begun=at(0), waited=10, lasted=600)
    converse(sergey, elena, begun=at(5), waited=40, lasted=600)
    report = service_report(since=at(-60), until=at(60))
    figures = report.channels[0]
    assert (figures.channel, figures.opened, figures.resolved) == ("chat", 2, 2)
    assert figures.first_response.wait.median == 25
    assert figures.first_response.in_time == 0.5
    assert figures.handle_time.median == 600
    assert figures.resolution_time.median == 600
    assert report.parallel.mean == pytest.approx(1200 / 900)
    assert report.parallel.effective_handle_time == pytest.approx(450)
    assert report.resolution_ratio is None, "no letters, no ratio"


def test_a_reopened_ticket_is_not_resolved_and_counts_once_when_it_is(anna: Borrower, elena: User) -> None:
    tickets.ensure_slots(user=elena)
    ticket = converse(anna, elena, begun=at(0), waited=10, lasted=600)
    TicketEvent.objects.create(ticket=ticket, kind="reopened", at=at(20))
    assert service_report(since=at(-60), until=at(60)).channels[0].resolved == 0
    TicketEvent.objects.create(ticket=ticket, kind="resolved", at=at(30))
    figures = service_report(since=at(-60), until=at(60)).channels[0]
    assert figures.resolved == 1
    assert figures.resolution_time.median == 1800


def test_an_automatic_letter_is_no_answer(db: None) -> None:
    conversation = chat.start_conversation(
        channel="email", correspondent_address="i.lapteva@mail.example", is_shared=True, context={}
    )
    author = chat.Correspondent(name="Ирина", address="i.lapteva@mail.example")
    chat.post_message(conversation=conversation, author=author, body="Пришлите справку")
    post = chat.Post(conversation=conversation.pk, writer=chat.Writer("system"), body="Письмо получено", trusted=True)
    chat.post_messages([post])
    ticket = Ticket.objects.get(conversation=conversation)
    assert ticket.first_response_at is None
    assert not TicketEvent.objects.filter(ticket=ticket, kind="answered").exists()


def test_only_supervisors_see_the_figures(elena: User, olga: User, ivan: User, as_staff: Any) -> None:
    assert as_staff(elena).get("/api/v1/reports/service").status_code == 403
    for user in (olga, ivan):
        answer = as_staff(user).get("/api/v1/reports/service", {"since": "2026-11-01", "until": "2026-11-30"})
        assert answer.status_code == 200
        assert [channel["channel"] for channel in answer.json()["channels"]] == ["chat", "email"]


def test_the_period_may_be_a_moment_even_with_a_lost_plus(olga: User, as_staff: Any) -> None:
    for since in ("2026-11-23T06:00:00+00:00", "2026-11-23T06:00:00.123456 00:00", "2026-11-23"):
        assert as_staff(olga).get("/api/v1/reports/service", {"since": since}).status_code == 200, since
    answer = as_staff(olga).get("/api/v1/reports/service", {"since": "вчера"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_the_page_shows_no_zeros_for_nothing_and_the_figures_when_there_are_some(
    anna: Borrower, elena: User, olga: User, as_staff: Any
) -> None:
    page = as_staff(olga).get("/reports/")
    assert page.status_code == 200
    assert "нет данных" in words_of(page)
    tickets.ensure_slots(user=elena)
    converse(anna, elena, begun=timezone.now() - timedelta(hours=1), waited=39, lasted=600)
    for back in (0, 1):
        roll_up_day(on=timezone.localdate() - timedelta(days=back))
    page = as_staff(olga).get("/reports/")
    assert "39 с" in words_of(page)
    assert "10 мин" in words_of(page)


def words_of(page: Any) -> str:
    return str(page.content.decode().replace("\N{NO-BREAK SPACE}", " "))


def test_the_last_day_of_the_period_is_the_one_that_was_asked_for(olga: User, as_staff: Any) -> None:
    page = as_staff(olga).get("/reports/", {"since": "2026-11-01", "until": "2026-11-15"})
    assert 'name="until" value="2026-11-15"' in words_of(page)


def test_every_event_that_is_written_is_described() -> None:
    described = (ROOT / "docs" / "metrics.md").read_text()
    sources = "".join(path.read_text() for path in (ROOT / "tickets" / "actions").glob("*.py"))
    kinds = {*re.findall(r'kind="(\w+)", at=', sources), *re.findall(r'events\.append\(\("(\w+)"', sources)}
    kinds |= set(re.findall(r"select number, '(\w+)', ", sources))  # written by a statement
    assert {"opened", "answered", "resolved", "lapsed"} <= kinds
    assert [kind for kind in sorted(kinds) if f"`{kind}`" not in described] == []


def test_the_page_is_not_for_agents(elena: User, as_staff: Any) -> None:
    assert as_staff(elena).get("/reports/").status_code == 403
