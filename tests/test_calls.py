"""Calls come by a signed webhook or by hand: one conversation, one ticket, and no number ever proves a person."""

import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, expect

from tests.browser import LiveDesk
from tests.inbox_desk import ELENA, sign_in

pytestmark = pytest.mark.django_db

BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=10)
ANNAS = "+7 916 204-58-31"
RECORDING = "https://records.lad.example/2026/call-1.mp3"


def at(seconds: int) -> str:
    return (BEGAN + timedelta(seconds=seconds)).isoformat()


def told(event: str, **more: Any) -> dict[str, Any]:
    said = {"event": event, "call": "c-1", "direction": "in", "number": ANNAS, "started_at": at(0)}
    own = {
        "answered": {"answered_at": at(20), "agent": "101"},
        "ended": {"ended_at": at(200), "answered_at": at(20), "agent": "101"},
        "recording": {"recording": RECORDING},
    }
    return said | own.get(event, {}) | more


@pytest.fixture
def exchange(ivan: Any, elena: Any) -> tuple[str, str]:
    """Address and secret of an exchange that knows Elena's extension."""
    return new_exchange(ivan)


def new_exchange(admin: Any, code: str = "office") -> tuple[str, str]:
    from tickets.actions.exchanges import save_exchange
    from tickets.actions.seed import seed_topics

    seed_topics()
    values = {"name": "Офис", "code": code, "extensions": {"101": ELENA}, "recording_hosts": ["records.lad.example"]}
    kept, secret = save_exchange(exchange=None, values=values, by=admin)
    return f"/hooks/calls/{kept.code}", secret


def send(exchange: tuple[str, str], said: Any, *, secret: str = "", moment: float | None = None) -> Any:
    address, own = exchange
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    stamp = str(int(moment or time.time()))
    signed = hmac.new((secret or own).encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"Desk-Timestamp": stamp, "Desk-Signature": f"sha256={signed}"}
    return Client().post(address, body, content_type="application/json", headers=headers)


def call() -> Any:
    from tickets.models import Call

    return Call.objects.select_related("ticket__conversation", "agent").get()


def letters_of(client: Client) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = client.get("/api/v1/inbox").json()["letters"]
    return rows


def form(**more: Any) -> dict[str, Any]:
    when = (datetime.now(UTC) - timedelta(minutes=30)).astimezone().strftime("%Y-%m-%dT%H:%M")
    usual = {"direction": "in", "number": ANNAS, "started_at": when, "lasted": "4:30", "topic": "payments"}
    said = {"note": "Спросила, дошёл ли платёж.", "outcome": "next_step", "next_step": "Проверить до вечера", "who": ""}
    return usual | said | more


def test_a_ringing_call_stands_in_every_inbox_and_goes_to_whoever_answers(
    exchange: Any, elena: Any, dmitry: Any, as_staff: Any
) -> None:
    assert send(exchange, told("started")).json() == {"ticket": call().ticket_id, "state": "ringing"}
    for agent in (elena, dmitry):
        [row] = letters_of(as_staff(agent))
        assert (row["channel"], row["call"], row["name"], row["is_mine"]) == ("phone", "ringing", ANNAS, False)
        assert row["waiting_since"] and row["identity"] == "unverified"
    send(exchange, told("answered"))
    [row] = letters_of(as_staff(elena))
    assert (row["call"], row["is_mine"], row["waiting_since"]) == ("talking", True, None)
    assert letters_of(as_staff(dmitry)) == []
    send(exchange, told("ended"))
    assert letters_of(as_staff(elena))[0]["call"] == ""
    assert (call().state, call().waited, call().lasted, call().agent) == ("answered", 20, 180, elena)


def end_of(kinds: tuple[str, ...], exchange: Any) -> dict[str, Any]:
    """What stands after these events, but for numbers and the moments at which the desk heard of it."""
    from tickets.models import Call, TicketEvent

    for kind in kinds:
        assert send(exchange, told(kind, call="-".join(kinds))).status_code == 200
    found = Call.objects.select_related("ticket").get(call_id="-".join(kinds))
    ticket = found.ticket
    events = sorted(TicketEvent.objects.filter(ticket=ticket).values_list("kind", flat=True))
    answered = TicketEvent.objects.get(ticket=ticket, kind="answered")
    facts = ("state", "started_at", "answered_at", "ended_at", "agent_id", "recording", "number")
    clock = ("status", "assignee_id", "waiting_since", "due_at", "first_response_at", "staff_wrote_at")
    return {
        **{name: getattr(found, name) for name in facts},
        **{name: getattr(ticket, name) for name in clock},
        "opened_at": ticket.opened_at,
        "events": events,
        "answer": answered.data,
        "answered": (answered.at, answered.user_id),
    }


def test_events_in_any_order_come_to_the_same_end(exchange: Any) -> None:
    kinds = ("started", "answered", "ended", "recording")
    first, *others = [end_of(order, exchange) for order in itertools.permutations(kinds)]
    assert first["answer"]["wait"] == 20
    assert first["events"] == ["answered", "assigned", "opened"]
    for other in others:
        assert other == first


def test_the_same_event_told_again_changes_nothing_and_other_facts_are_refused(exchange: Any) -> None:
    for _ in range(3):
        assert send(exchange, told("started")).status_code == 200
    for _ in range(2):
        assert send(exchange, told("ended")).status_code == 200
    entries = call().ticket.conversation.entries.filter(kind="call").count()
    assert (call().events.count(), entries) == (2, 1)
    assert send(exchange, told("ended", ended_at=at(300))).json() == {"code": "event_differs"}
    assert call().lasted == 180


def test_only_what_is_signed_now_by_that_exchange_is_believed(exchange: Any, ivan: Any, as_staff: Any) -> None:
    from tickets.models import Call, Exchange

    other = new_exchange(ivan, "second")
    assert other[1] not in Exchange.objects.get(code="second").secret_encrypted
    assert send(exchange, told("started"), secret=other[1]).status_code == 403
    assert send(exchange, told("started"), moment=time.time() - 301).status_code == 403
    assert send(exchange, told("started"), moment=time.time() + 400).status_code == 403
    assert send(("/hooks/calls/nowhere", other[1]), told("started")).status_code == 403
    assert Client().post(exchange[0], b"{}", content_type="application/json").status_code == 403
    assert as_staff(ivan).get(exchange[0]).status_code == 405
    assert not Call.objects.exists()
    assert send(exchange, told("started")).status_code == send(other, told("started")).status_code == 200
    assert Call.objects.count() == 2, "each exchange numbers its calls by itself"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (b"{", "body"),
        (b"[]", "body"),
        (b"[" * 9000, "body"),
        (told("rang"), "event"),
        (told("started", call=""), "call"),
        (told("started", call="c\u0000"), "call"),
        (told("started", direction="up"), "direction"),
        (told("started", number="позвони мне"), "number"),
        (told("started", started_at="вчера"), "started_at"),
        (told("started", started_at="2026-11-23T10:00:00"), "started_at"),
        (told("started", started_at=at(3600)), "started_at"),
        (told("answered", answered_at=at(-5)), "answered_at"),
        (told("ended", ended_at=at(10)), "ended_at"),
        (told("ended", ended_at=None), "ended_at"),
        (told("ended", agent=""), "agent"),
        (told("recording", recording="http://records.lad.example/1"), "recording"),
        (told("recording", recording="https://evil.example/1"), "recording"),
        (told("recording", recording="https://records.lad.example@evil.example/1"), "recording"),
        (told("recording", recording="javascript:alert(1)//records.lad.example"), "recording"),
        (told("started", surprise=1), "surprise"),
    ],
)
def test_what_is_wrong_in_an_event_is_named(exchange: Any, said: Any, field: str) -> None:
    from tickets.models import Call

    answer = send(exchange, said)
    assert (answer.status_code, answer.json()) == (400, {"code": "unreadable", "field": field})
    assert not Call.objects.exists()


def test_a_large_body_and_a_paused_exchange_are_refused(exchange: Any, ivan: Any, as_staff: Any) -> None:
    from tickets.models import Exchange

    assert send(exchange, b" " * 20_000).status_code == 413
    number = Exchange.objects.get().pk
    as_staff(ivan).post(f"/settings/phone/{number}/pause/")
    assert send(exchange, told("started")).status_code == 503, "it keeps the event and comes again"
    as_staff(ivan).post(f"/settings/phone/{number}/pause/")
    assert send(exchange, told("started")).status_code == 200


def test_a_known_number_offers_candidates_and_discloses_nothing(
    exchange: Any, anna: Any, sergey: Any, elena: Any, as_staff: Any
) -> None:
    for kind in ("started", "answered", "ended"):
        send(exchange, told(kind))
    assert call().ticket.conversation.borrower is None
    client = as_staff(elena)
    page = client.get(f"/inbox/{call().ticket_id}/context/").content.decode()
    assert anna.full_name in page and "Мельников" not in page
    assert "locked-h" in page and "data-loan" not in page and "data-history" not in page
    assert client.get(f"/borrowers/{anna.pk}/").status_code == 404
    answer = client.post(f"/inbox/{call().ticket_id}/identity/confirm/", {"candidate": str(anna.pk)})
    assert "data-problem" in answer.content.decode(), "a number is no proof"
    assert call().ticket.conversation.borrower is None


def test_a_proved_caller_sees_the_call_in_their_history_and_the_desk_on_their_page(
    exchange: Any, anna: Any, elena: Any, as_staff: Any, as_borrower: Any
) -> None:
    from tickets.actions.verification import confirm_by_sign_in

    for kind in ("started", "answered", "ended"):
        send(exchange, told(kind))
    assert as_borrower(anna).get("/api/v1/history").json() == []
    confirm_by_sign_in(ticket=call().ticket, borrower=anna)
    [row] = as_borrower(anna).get("/api/v1/history").json()
    assert row["channel"] == "phone"
    entries = as_borrower(anna).get(f"/api/v1/conversations/{row['id']}/entries").json()["entries"]
    [fact] = [each for each in entries if each["kind"] == "call"]
    assert fact["data"] == {"lasted": 180, "waited": 20, "agent": "Елена"}
    assert RECORDING not in json.dumps(entries)
    assert "Телефон" in as_staff(elena).get(f"/borrowers/{anna.pk}/").content.decode()


def test_a_recording_is_opened_by_those_who_may_read_the_call_and_recorded(
    exchange: Any, elena: Any, dmitry: Any, olga: Any, as_staff: Any
) -> None:
    from identity.models import AuditEntry

    for kind in ("started", "answered", "ended", "recording"):
        send(exchange, told(kind))
    address = f"/inbox/{call().ticket_id}/call/recording/"
    page = as_staff(elena).get(f"/inbox/{call().ticket_id}/context/").content.decode()
    assert address in page and RECORDING not in page
    assert as_staff(dmitry).get(address).status_code == 404
    assert not AuditEntry.objects.filter(code="call.listened").exists()
    for person in (elena, olga):
        answer = as_staff(person).get(address)
        assert (answer.status_code, answer["Location"], answer["Referrer-Policy"]) == (302, RECORDING, "no-referrer")
    assert set(AuditEntry.objects.filter(code="call.listened").values_list("user_id", flat=True)) == {elena.pk, olga.pk}


def test_a_missed_call_is_owed_and_an_unknown_number_has_a_name(exchange: Any, elena: Any, as_staff: Any) -> None:
    send(exchange, told("ended", number="", answered_at=None))
    [row] = letters_of(as_staff(elena))
    assert (row["call"], row["name"], row["status"]) == ("missed", "Номер скрыт", "open")
    assert row["waiting_since"] and row["due_at"]
    assert call().ticket.conversation.entries.filter(kind="missed_call").exists()
    assert as_staff(elena).post(f"/api/v1/tickets/{row['number']}/take").status_code == 200


def test_what_was_said_is_written_down_and_a_solved_call_is_finished(exchange: Any, elena: Any, as_staff: Any) -> None:
    for kind in ("started", "answered", "ended"):
        send(exchange, told(kind))
    client, address = as_staff(elena), f"/inbox/{call().ticket_id}/call/"
    wrong = client.post(address, {"note": "Спросила о платеже", "topic": "", "outcome": "solved"})
    assert wrong.status_code == 400 and "Спросила о платеже" in wrong.content.decode()
    assert (
        client.post(address, {"note": "Спросила о платеже", "topic": "payments", "outcome": "solved"}).status_code
        == 302
    )
    ticket = call().ticket
    assert (ticket.status, ticket.topic.code, call().outcome) == ("resolved", "payments", "solved")
    assert ticket.conversation.entries.get(kind="note").body == "Спросила о платеже"
    note = {"id": "6f1f8f6e-2f6c-4a57-9d3b-1f1b8f3b2a10", "body": "Добрый день"}
    answer = client.post(
        f"/api/v1/conversations/{ticket.conversation_id}/messages", note, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "not_written_here")


def test_a_call_taken_by_hand_of_an_unknown_person(elena: Any, exchange: Any, as_staff: Any) -> None:
    client = as_staff(elena)
    assert client.get("/calls/new/").status_code == 200
    answer = client.post("/calls/new/", form(number="8 (916) 000-11-22"))
    assert answer["Location"] == f"/inbox/{call().ticket_id}/"
    ticket = call().ticket
    assert (ticket.channel, ticket.assignee, ticket.topic.code, ticket.status) == ("phone", elena, "payments", "open")
    assert (call().number, call().lasted, call().next_step) == ("79160001122", 270, "Проверить до вечера")
    assert ticket.conversation.correspondent_name == "+7 916 000-11-22"
    assert not ticket.events.filter(kind="answered").exists(), "nobody measured how long they waited"


def test_a_call_by_hand_for_a_borrower_of_others_makes_a_candidate(
    elena: Any, anna: Any, olga: Any, exchange: Any, as_staff: Any
) -> None:
    from chat import actions as chat
    from identity.models import AuditEntry
    from tickets.models import Call

    chat.start_conversation(channel="chat", borrower=anna)  # somebody else's
    client = as_staff(elena)
    found = client.post("/calls/new/", form(query="Ковалёва Анна", find="1", number=""))
    page = found.content.decode()
    assert found.status_code == 200 and anna.full_name in page
    assert "Спросила, дошёл ли платёж." in page and 'role="alert"' not in page
    assert AuditEntry.objects.filter(code="call.person_searched", user_id=elena.pk).exists()
    client.post("/calls/new/", form(query="Ковалёва Анна", who=str(anna.pk)))
    assert (call().claimed, call().ticket.conversation.borrower) == (anna, None)
    assert client.get(f"/borrowers/{anna.pk}/").status_code == 404, "writing a call down opens nobody's History"
    assert anna.full_name in client.get(f"/inbox/{call().ticket_id}/context/").content.decode()
    as_staff(olga).post(f"/calls/new/?borrower={anna.pk}", form(who=str(anna.pk), borrower=str(anna.pk)))
    assert Call.objects.filter(ticket__conversation__borrower=anna).count() == 1, "a supervisor reads all of it anyway"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"topic": ""}, "Обязательное поле."),
        ({"note": ""}, "Обязательное поле."),
        ({"lasted": "долго"}, "Напишите минуты"),
        ({"lasted": "999"}, "Столько звонок не длится"),
        ({"number": "позвони"}, "Это не номер телефона."),
        ({"started_at": "2030-01-01T10:00"}, "не будущий"),
        ({"next_step": ""}, "Скажите, что осталось сделать"),
    ],
)
def test_a_form_with_a_mistake_keeps_what_was_typed(
    elena: Any, exchange: Any, as_staff: Any, wrong: dict[str, str], words: str
) -> None:
    from tickets.models import Call

    answer = as_staff(elena).post("/calls/new/", form(note="Долгая история о платеже") | wrong)
    page = answer.content.decode().replace("\xa0", " ")
    assert answer.status_code == 400 and words in page
    assert not wrong.get("note", "x") or "Долгая история о платеже" in page
    assert not Call.objects.exists()


def test_calls_are_counted_as_calls_and_leave_the_other_channels_alone(exchange: Any) -> None:
    from tickets.queries.reports import facts_of

    for kind in ("started", "answered", "ended"):
        send(exchange, told(kind))
    since, until = BEGAN - timedelta(hours=1), datetime.now(UTC) + timedelta(minutes=1)
    phone = facts_of("phone", since, until)
    assert (phone.opened, [data["wait"] for data in phone.first]) == (1, [20])
    for channel in ("chat", "email"):
        other = facts_of(channel, since, until)
        assert (other.opened, other.first) == (0, [])


def test_an_administrator_adds_an_exchange_and_sees_its_secret_once(ivan: Any, elena: Any, as_staff: Any) -> None:
    from tickets.models import Exchange

    client = as_staff(ivan)
    values = {"name": "Офис", "code": "office", "extensions": "101 = elena", "recording_hosts": "records.lad.example"}
    wrong = client.post("/settings/phone/new/", values)
    assert wrong.status_code == 400 and "101 = elena" in wrong.content.decode()
    page = client.post("/settings/phone/new/", values | {"extensions": f"101 = {ELENA}"}).content.decode()
    secret = page.split("data-secret-made>")[1].split("<")[0]
    kept = Exchange.objects.get()
    assert send(("/hooks/calls/office", secret), told("answered")).status_code == 200
    assert call().agent == elena
    assert secret not in client.get(f"/settings/phone/{kept.pk}/").content.decode()
    again = client.post(f"/settings/phone/{kept.pk}/secret/").content.decode()
    assert send(("/hooks/calls/office", secret), told("ended")).status_code == 403
    assert (
        send(("/hooks/calls/office", again.split("data-secret-made>")[1].split("<")[0]), told("ended")).status_code
        == 200
    )
    assert client.post("/settings/phone/new/", values | {"extensions": ""}).status_code == 400, "the code is taken"


def test_a_call_is_written_down_in_the_browser_and_a_mistake_costs_no_words(
    live_desk: LiveDesk, new_context: Callable[..., BrowserContext]
) -> None:
    page = sign_in(new_context(), live_desk, ELENA)
    page.goto(f"{live_desk.url}/inbox/")
    page.get_by_label("Записать звонок или письмо").click()
    page.get_by_role("link", name="Записать звонок").click()
    page.get_by_label("Номер телефона").fill("8 916 555-44-33")
    page.get_by_label("Длительность").fill("3:20")
    page.get_by_label("Что сказали").fill("Просит справку о закрытии займа.")
    page.get_by_label("ФИО, телефон").fill("Неизвестная Персона")
    page.get_by_role("button", name="Найти").click()
    expect(page.get_by_text("Никого не нашли")).to_be_visible()
    expect(page.get_by_label("Что сказали")).to_have_value("Просит справку о закрытии займа.")
    page.get_by_role("button", name="Сохранить звонок").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.get_by_label("Что сказали")).to_have_value("Просит справку о закрытии займа.")
    page.get_by_label("Тема").select_option("documents")
    page.get_by_label("Итог").select_option("next_step")
    page.get_by_label("Следующий шаг").fill("Отправить справку завтра")
    page.get_by_role("button", name="Сохранить звонок").click()
    expect(page.locator("#conv-h")).to_have_text("+7 916 555-44-33")
    expect(page.locator("[data-call-facts]")).to_contain_text("Отправить справку завтра")
    expect(page.get_by_role("log")).to_contain_text("Просит справку о закрытии займа.")
    expect(page.locator('[data-mode="reply"]')).to_be_hidden()
