"""What is promised: the policy that fits best, pauses, thanks that ask for nothing, warnings told once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from chat import actions as chat
from tests.finishing import resolve
from tickets import actions as tickets
from tickets.actions.alarms import raise_alarms
from tickets.actions.outbox import run_due_jobs
from tickets.actions.promises import save_policy
from tickets.models import Job, SlaTarget, Ticket, TicketEvent
from tickets.queries.promises import forget_promises
from tickets.rules.promises import chosen
from tickets.rules.thanks import is_farewell


@pytest.fixture(autouse=True)
def anew(db: None) -> Any:
    forget_promises()
    yield
    forget_promises()


@pytest.fixture
def led(anna: Any, elena: Any) -> Ticket:
    """Anna's chat, led by Elena."""
    ticket = chat.start_conversation(channel="chat", borrower=anna, context={}).ticket
    tickets.ensure_slots(user=elena)
    tickets.assign(ticket=ticket, agent=elena, reason="matched")
    return ticket


def say(ticket: Ticket, author: Any, body: str) -> Any:
    entry = chat.post_message(conversation=ticket.conversation, author=author, body=body)
    ticket.refresh_from_db()
    return entry


def policy(by: Any, **named: Any) -> SlaTarget:
    times = {"first_response_time": 60, "next_response_time": 60, "first_warn_time": 20, "next_warn_time": 20}
    return save_policy(policy=SlaTarget(**times | named), by=by)


def kinds(ticket: Ticket) -> list[str]:
    return list(TicketEvent.objects.filter(ticket=ticket).order_by("id").values_list("kind", flat=True))


def let_it_be_due(ticket: Ticket, **moments: Any) -> None:
    """The clock of the test: the moments lie in the past, and the alarm is theirs."""
    Ticket.objects.filter(pk=ticket.pk).update(**moments)


def test_the_policy_that_names_more_wins_and_then_the_topic_the_priority_the_channel() -> None:
    named = {
        ("", None, ""): "any",
        ("chat", None, ""): "channel",
        ("", None, "urgent"): "priority",
        ("", 7, ""): "topic",
    }
    assert chosen(named, "chat", [7], "urgent") == "topic"
    assert chosen(named, "chat", [8], "urgent") == "priority"
    assert chosen(named, "chat", [8], "normal") == "channel"
    assert chosen(named, "email", [8], "normal") == "any"
    assert chosen(named | {("chat", None, "urgent"): "two"}, "chat", [7], "urgent") == "two"
    assert chosen({}, "chat", [7], "urgent") is None


def test_an_urgent_ticket_is_promised_more_and_that_is_written_down(
    led: Ticket, anna: Any, elena: Any, ivan: Any
) -> None:
    policy(ivan, channel="chat", first_response_time=300)
    policy(ivan, priority="urgent", channel="chat", first_response_time=15, first_warn_time=5)
    asked = say(led, anna, "Списали дважды")
    assert led.due_at == asked.created_at + timedelta(seconds=300)
    tickets.set_priority(ticket=led, priority="urgent", by=elena)
    led.refresh_from_db()
    assert led.due_at == asked.created_at + timedelta(seconds=15)
    event = TicketEvent.objects.get(ticket=led, kind="priority_set")
    assert (event.user, event.data) == (elena, {"before": "normal", "priority": "urgent"})


def test_nothing_moves_a_promise_that_is_broken_already(led: Ticket, anna: Any, elena: Any, ivan: Any) -> None:
    say(led, anna, "Списали дважды")
    broken = timezone.now() - timedelta(minutes=5)
    let_it_be_due(led, due_at=broken)
    policy(ivan, channel="chat", first_response_time=3600)
    policy(ivan, priority="high", first_response_time=7200)
    led.refresh_from_db()
    tickets.set_priority(ticket=led, priority="high", by=elena)
    led.refresh_from_db()
    assert led.due_at == broken


@pytest.mark.parametrize(
    ("text", "thanks"),
    [
        ("Спасибо!", True),
        ("Спасибо большое, до свидания", True),
        ("Понятно, благодарю за помощь 🙏", True),
        ("Спасибо!\n\nС уважением,\nАнна Сергеевна", True),
        ("Thank you very much, bye!", True),
        ("Спасибо, а когда спишут?", False),
        ("Спасибо, но деньги не пришли", False),
        ("Спасибо, перевёл 5000", False),
        ("Ок", False),
        ("Пока не пришло", False),
        ("", False),
        ("спасибо " * 30, False),
    ],
)
def test_only_a_short_thanks_without_a_question_asks_for_nothing(text: str, thanks: bool) -> None:
    assert is_farewell(text) is thanks


def test_thanks_after_our_answer_start_no_clock_until_somebody_says_they_do(led: Ticket, anna: Any, elena: Any) -> None:
    say(led, anna, "Когда платить?")
    say(led, elena, "Двадцать восьмого")
    thanked = say(led, anna, "Спасибо, до свидания!")
    assert (led.waiting_since, led.due_at, led.status) == (None, None, Ticket.Status.WAITING)
    assert led.thanked_at == thanked.created_at
    tickets.need_answer(ticket=led, by=elena)
    led.refresh_from_db()
    assert (led.waiting_since, led.status, led.thanked_at) == (thanked.created_at, Ticket.Status.OPEN, None)
    assert led.due_at == thanked.created_at + timedelta(seconds=120)
    assert kinds(led)[-2:] == ["thanked", "answer_needed"]


def test_thanks_before_any_answer_still_wait_for_one(led: Ticket, anna: Any) -> None:
    say(led, anna, "Спасибо")
    assert led.waiting_since is not None


def test_the_clock_of_the_whole_answer_rests_while_the_borrower_owes(
    led: Ticket, anna: Any, elena: Any, ivan: Any
) -> None:
    policy(ivan, channel="chat", resolution_time=3600, resolution_warn_time=600)
    asked = say(led, anna, "Списали дважды")
    assert led.resolution_due_at == asked.created_at + timedelta(hours=1)
    answered = say(led, elena, "Проверяю, назовите дату")
    used = (answered.created_at - asked.created_at).total_seconds()
    assert (led.resolution_due_at, led.resolution_since) == (None, None)
    assert led.resolution_used == pytest.approx(used)
    again = say(led, anna, "Вчера")
    assert led.resolution_due_at == again.created_at + timedelta(seconds=3600 - used)
    resolve(ticket=led, by=elena)
    led.refresh_from_db()
    assert led.resolution_due_at is None
    tickets.reopen(ticket=led, by=elena)
    led.refresh_from_db()
    assert led.resolution_since is not None
    assert led.resolution_due_at < timezone.now() + timedelta(seconds=3600 - used)


def test_a_warning_a_breach_and_each_step_of_the_chain_are_told_once(
    led: Ticket, anna: Any, ivan: Any, django_capture_on_commit_callbacks: Any
) -> None:
    policy(ivan, channel="chat", chain=[[10, "admin"]])
    say(led, anna, "Списали дважды")
    now = timezone.now()
    let_it_be_due(led, warn_at=now - timedelta(seconds=1), due_at=now + timedelta(hours=1))
    assert (raise_alarms(), raise_alarms()) == (1, 0)
    led.refresh_from_db()
    assert led.alarm_at == led.due_at
    let_it_be_due(led, due_at=now - timedelta(minutes=1))
    assert (raise_alarms(), raise_alarms()) == (1, 0)
    led.refresh_from_db()
    assert led.alarm_at == led.due_at + timedelta(minutes=10)
    let_it_be_due(led, alarm_at=now, due_at=now - timedelta(minutes=11))
    assert (raise_alarms(), raise_alarms()) == (1, 0)
    assert [kind for kind in kinds(led) if kind.startswith("promise_")] == [
        "promise_warned", "promise_breached", "promise_escalated",
    ]  # fmt: skip
    run_due_jobs(kind="tell_of_promise")
    told = Job.objects.filter(kind="tell_of_promise")
    assert [job.done_at is not None for job in told] == [True] * 3
    assert [job.payload["roles"] for job in told.order_by("id")] == [
        ["assignee"],
        ["assignee", "supervisor"],
        ["admin"],
    ]


def test_an_answer_silences_what_was_still_to_come(led: Ticket, anna: Any, elena: Any) -> None:
    say(led, anna, "Списали дважды")
    assert led.alarm_at == led.warn_at
    say(led, elena, "Проверяю")
    assert led.alarm_at is None


def test_what_is_due_is_read_from_its_own_index(led: Ticket) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        query = Ticket.objects.filter(alarm_at__lte=timezone.now()).order_by("alarm_at").values_list("number")[:500]
        plan = query.explain()
    assert "ticket_alarm" in plan
    assert "Seq Scan" not in plan
