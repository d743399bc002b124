"""A link in an answer by mail leads whoever signs in into a live chat: the same conversation, only theirs."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from tests.finishing import resolve
from tests.mailserver import MailServer, a_letter
from tests.test_letters import messages_of, tickets
from tickets.actions.rollups import roll_up_day

pytestmark = pytest.mark.django_db(transaction=True)

MARK = "‹ссылка в чат›"
ANNAS = "Анна Ковалёва <anna.kovaleva@mail.example>"
ADDRESS = re.compile(r"https://lender\.example/\S*#support=(\S+)")


@pytest.fixture(autouse=True)
def lenders_site(settings: Any) -> None:
    settings.CONTINUE_URL = "https://lender.example/cabinet/"


@pytest.fixture
def letter(db: None, anna: Any) -> Any:
    """Anna's letter from the address of her profile, still nobody's."""
    return letter_of("anna.kovaleva@mail.example", "Анна Ковалёва", "Когда спишут платёж?")


def letter_of(address: str, name: str, text: str) -> Any:
    from chat import actions as chat

    conversation = chat.start_conversation(
        channel="email", is_shared=True, correspondent_name=name, correspondent_address=address, subject="Платёж"
    )
    writes(conversation, text)
    return fresh(conversation.ticket)


def writes(conversation: Any, text: str) -> None:
    from chat import actions as chat

    author = chat.Correspondent(conversation.correspondent_name, conversation.correspondent_address)
    chat.post_message(conversation=conversation, author=author, body=text)


@pytest.fixture
def by_mail(mail_server: MailServer, fetch: Any, anna: Any) -> Any:
    """The same by real mail."""
    mail_server.deliver(a_letter("Когда спишут платёж?", sender=ANNAS))
    fetch()
    return tickets()[0]


@pytest.fixture
def on_line(elena: Any) -> Any:
    """Elena has five places and takes chats."""
    from tickets import actions

    actions.ensure_slots(user=elena, capacity=5)
    actions.renew_presence(user_ids=[elena.pk])
    actions.set_availability(user=elena, state="available", reason="")
    return elena


def answer(ticket: Any, agent: Any, body: str = f"Здравствуйте! Ответим в чате: {MARK}") -> Any:
    from chat import actions as chat
    from tickets import actions

    actions.take(ticket=ticket, by=agent)
    return chat.post_message(conversation=ticket.conversation, author=agent, body=body)


def leave() -> None:
    from tickets.actions.outbox import run_due_jobs

    run_due_jobs()


def token_for(ticket: Any) -> str:
    """The token that stands in the newest answer when it leaves."""
    from tickets.mailboxes.passwords import mail_key
    from tickets.models import ContinueLink
    from tickets.rules.continuing import PURPOSE
    from tickets.rules.signed import make_token

    return make_token(ContinueLink.objects.filter(ticket=ticket).latest("pk").pk, purpose=PURPOSE, key=mail_key())


@pytest.fixture
def token(letter: Any, on_line: Any) -> str:
    """The token of the link in Elena's answer."""
    answer(letter, on_line)
    return token_for(letter)


@pytest.fixture
def goes_on(as_borrower: Any) -> Callable[..., Any]:
    """``goes_on(anna, token)``: Anna signs in and opens the link."""
    return lambda who, token: as_borrower(who).post("/api/v1/conversations/continue", {"token": token}, format="json")


def fresh(ticket: Any) -> Any:
    from tickets.models import Ticket

    return Ticket.objects.select_related("conversation", "assignee", "returns_to").get(pk=ticket.pk)


def slot_of(ticket: Any) -> Any:
    from tickets.models import Slot

    return Slot.objects.filter(ticket=ticket).select_related("agent").first()


def audit(code: str) -> list[Any]:
    from identity.models import AuditEntry

    return list(AuditEntry.objects.filter(code=code))


# The link


def test_an_answer_carries_one_link_which_stands_nowhere_else(
    by_mail: Any, on_line: Any, mail_server: MailServer
) -> None:
    from tickets.models import ContinueLink

    entry = answer(by_mail, on_line, f"Продолжим: {MARK} или {MARK}")
    leave()
    text = mail_server.left()[-1].get_body(("plain",)).get_content()  # type: ignore[attr-defined]
    assert len(ADDRESS.findall(text)) == 1
    assert MARK not in text
    assert MARK in entry.body
    assert ContinueLink.objects.count() == 1
    found = ADDRESS.search(text)
    assert found and found[1] == token_for(by_mail)
    secret = found[1].partition(".")[2]
    with connection.cursor() as cursor:
        cursor.execute("select table_name from information_schema.tables where table_schema = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'select count(*) from "{table}" t where t::text like %s', [f"%{secret}%"])
            assert cursor.fetchone() == (0,), table


def test_a_letter_sent_again_is_the_same_letter_with_the_same_link(by_mail: Any, on_line: Any) -> None:
    from tickets.actions.deliveries import composed
    from tickets.models import OutboundLetter

    answer(by_mail, on_line)
    sent = OutboundLetter.objects.select_related("mailbox").get()
    assert composed(sent).as_bytes() == composed(sent).as_bytes()


# Going on


def test_the_same_conversation_goes_on_live_with_the_letter_as_its_first_message(
    token: str, letter: Any, on_line: Any, anna: Any, goes_on: Any, as_borrower: Any
) -> None:
    from tickets.access import disclosure_level
    from tickets.models import TicketEvent

    number, conversation = letter.number, str(letter.conversation_id)
    found = goes_on(anna, token)
    assert found.status_code == 200, found.content
    assert found.json()["id"] == conversation
    ticket = fresh(letter)
    assert (ticket.number, ticket.channel, ticket.conversation.channel) == (number, "chat", "chat")
    assert ticket.conversation.borrower == anna
    assert ticket.assignee == on_line
    assert slot_of(ticket).agent == on_line
    assert timedelta(seconds=100) < ticket.reserved_until - timezone.now() <= timedelta(minutes=2)
    assert disclosure_level(ticket) == 3
    assert TicketEvent.objects.filter(ticket=ticket, kind="continued").count() == 1
    seen = as_borrower(anna).get(f"/api/v1/conversations/{conversation}/entries").json()["entries"]
    assert next(entry["body"] for entry in seen if entry["kind"] == "message") == "Когда спишут платёж?"
    assert [entry["kind"] for entry in seen].count("continued") == 1


def test_both_sides_write_in_the_chat_and_no_more_letters_leave(
    token: str, letter: Any, on_line: Any, anna: Any, goes_on: Any
) -> None:
    from chat import actions as chat
    from tickets.models import OutboundLetter

    goes_on(anna, token)
    ticket = fresh(letter)
    before = OutboundLetter.objects.count()
    chat.post_message(conversation=ticket.conversation, author=anna, body="Я здесь")
    chat.post_message(conversation=ticket.conversation, author=on_line, body="Сумма к возврату 17 640 ₽")
    assert [message.body for message in messages_of(ticket)][-2:] == ["Я здесь", "Сумма к возврату 17 640 ₽"]
    assert OutboundLetter.objects.count() == before


def test_without_a_free_place_the_borrower_waits_in_the_queue_for_the_same_agent(
    token: str, letter: Any, on_line: Any, anna: Any, sergey: Any, goes_on: Any
) -> None:
    from tickets import actions
    from tickets.models import Slot

    actions.ensure_slots(user=on_line, capacity=1)
    chat_of(sergey)
    actions.match()
    assert Slot.objects.get(agent=on_line).ticket is not None
    goes_on(anna, token)
    ticket = fresh(letter)
    assert slot_of(ticket) is None
    assert ticket.queued_at is not None
    assert ticket.returns_to == on_line
    assert Slot.objects.filter(agent=on_line, ticket__isnull=False).count() == 1


def chat_of(borrower: Any) -> Any:
    from chat import actions as chat

    conversation = chat.start_conversation(channel="chat", borrower=borrower)
    chat.post_message(conversation=conversation, author=borrower, body="Здравствуйте")
    return conversation


def test_with_the_agent_away_somebody_else_takes_it(
    token: str, letter: Any, on_line: Any, dmitry: Any, anna: Any, goes_on: Any
) -> None:
    from tickets import actions

    actions.set_availability(user=on_line, state="away", reason="")
    actions.ensure_slots(user=dmitry, capacity=5)
    actions.renew_presence(user_ids=[dmitry.pk])
    actions.set_availability(user=dmitry, state="available", reason="")
    goes_on(anna, token)
    assert slot_of(letter).agent == dmitry
    assert fresh(letter).assignee == dmitry


def test_a_resolved_letter_is_taken_up_again(token: str, letter: Any, on_line: Any, anna: Any, goes_on: Any) -> None:

    resolve(ticket=letter, by=on_line)
    assert goes_on(anna, token).status_code == 200
    ticket = fresh(letter)
    assert (ticket.status, ticket.channel) == ("open", "chat")


def test_whoever_has_a_chat_already_goes_on_there(token: str, letter: Any, anna: Any, goes_on: Any) -> None:
    other = chat_of(anna)
    found = goes_on(anna, token).json()
    assert (found["id"], found["moved"]) == (str(other.pk), False)
    assert fresh(letter).channel == "email"


# Whose link it is


def test_another_borrowers_sign_in_is_refused_and_recorded_and_the_link_stays_good(
    token: str, letter: Any, anna: Any, sergey: Any, goes_on: Any
) -> None:
    refused = goes_on(sergey, token)
    assert refused.status_code == 403
    assert refused.json()["code"] == "link_not_yours"
    [entry] = audit("continue.refused")
    assert (entry.borrower_id, entry.object_id) == (sergey.pk, str(letter.number))
    assert fresh(letter).channel == "email"
    assert goes_on(anna, token).json()["moved"] is True


def test_a_ticket_linked_to_somebody_opens_for_nobody_else_even_with_the_letters_address(
    token: str, letter: Any, anna: Any, sergey: Any, goes_on: Any
) -> None:
    from chat import actions as chat

    chat.link_borrower(conversation=letter.conversation, borrower=sergey)
    assert goes_on(anna, token).status_code == 403
    assert goes_on(sergey, token).status_code == 200


def test_an_unlinked_letter_from_an_unknown_address_opens_for_whom_it_names(
    on_line: Any, anna: Any, sergey: Any, goes_on: Any
) -> None:
    letter = letter_of("new@mail.example", "Сергей М.", "Верните переплату.\n\nМельников Сергей Павлович")
    answer(letter, on_line)
    token = token_for(letter)
    assert goes_on(anna, token).status_code == 403
    assert goes_on(sergey, token).status_code == 200


def test_a_link_works_once_and_then_only_shows_its_reader_where_they_are(
    token: str, letter: Any, anna: Any, sergey: Any, goes_on: Any
) -> None:
    from tickets.models import TicketEvent

    assert goes_on(anna, token).json()["moved"] is True
    again = goes_on(anna, token).json()
    assert (again["id"], again["moved"]) == (str(letter.conversation_id), False)
    assert goes_on(sergey, token).status_code == 403
    assert TicketEvent.objects.filter(kind="continued").count() == 1


def test_two_clicks_at_once_move_the_letter_once(token: str, letter: Any, anna: Any) -> None:
    from tickets.actions.continuing import continue_in_chat
    from tickets.models import Slot, TicketEvent

    moved: list[bool] = []

    def click() -> None:
        moved.append(continue_in_chat(borrower=anna, token=token).has_moved)
        connections.close_all()

    clicks = [threading.Thread(target=click) for _ in range(4)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert sorted(moved) == [False, False, False, True]
    assert TicketEvent.objects.filter(kind="continued").count() == 1
    assert Slot.objects.filter(ticket=letter).count() == 1


@pytest.mark.parametrize("change", ["signature", "number", "nonsense", "empty"])
def test_a_forged_token_is_refused(token: str, anna: Any, goes_on: Any, change: str) -> None:
    number, _, secret = token.partition(".")
    other = "b" if secret[0] == "a" else "a"
    forged = {"signature": f"{number}.{other}{secret[1:]}", "number": f"{number}1.{secret}", "nonsense": "x" * 40}
    refused = goes_on(anna, forged.get(change, " "))
    assert refused.status_code in {400, 403}


def test_after_a_day_the_link_has_run_out(token: str, letter: Any, anna: Any, goes_on: Any) -> None:
    from tickets.models import ContinueLink

    ContinueLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    refused = goes_on(anna, token)
    assert refused.json()["code"] == "link_expired"
    assert fresh(letter).channel == "email"


def test_staff_and_strangers_cannot_open_a_link(token: str, elena: Any, as_staff: Any, client: Any) -> None:
    address = "/api/v1/conversations/continue"
    assert as_staff(elena).post(address, {"token": token}, "application/json").status_code == 404
    assert client.post(address, {"token": token}, "application/json").status_code == 401


# The place that waits


def test_the_place_is_free_again_when_nobody_writes_for_two_minutes_and_comes_back_with_the_first_word(
    token: str, letter: Any, on_line: Any, anna: Any, goes_on: Any
) -> None:
    from chat import actions as chat
    from tickets import actions

    goes_on(anna, token)
    actions.sweep()
    assert slot_of(letter) is not None
    lapse(letter)
    actions.sweep()
    assert slot_of(letter) is None
    assert fresh(letter).held_at is not None
    chat.post_message(conversation=fresh(letter).conversation, author=anna, body="Я вернулась")
    actions.match()
    assert slot_of(letter).agent == on_line


def test_a_talk_that_has_begun_keeps_its_place(token: str, letter: Any, on_line: Any, anna: Any, goes_on: Any) -> None:
    from chat import actions as chat
    from tickets import actions

    goes_on(anna, token)
    chat.post_message(conversation=fresh(letter).conversation, author=on_line, body="Здравствуйте, Анна!")
    lapse(letter)
    actions.sweep()
    assert slot_of(letter) is not None
    assert fresh(letter).reserved_until is None


def test_whoever_waits_for_our_first_answer_is_not_sent_away(token: str, letter: Any, anna: Any, goes_on: Any) -> None:
    from tickets import actions

    writes(letter.conversation, "И ещё вопрос")
    assert fresh(letter).waiting_since is not None
    goes_on(anna, token)
    assert fresh(letter).due_at - timezone.now() < timedelta(minutes=3)
    lapse(letter)
    actions.sweep()
    assert slot_of(letter) is not None


def test_who_asked_by_letter_waits_in_the_chat_since_they_came(
    token: str, letter: Any, on_line: Any, anna: Any, goes_on: Any, as_staff: Any
) -> None:
    """On every screen, and whatever promises it anew; the measured wait is that of the letter."""
    from chat import actions as chat
    from tickets import actions
    from tickets.models import Ticket, TicketEvent, Topic
    from tickets.queries.shift import agents_now
    from tickets.rules.moments import instant_or_none

    writes(letter.conversation, "И ещё вопрос")
    asked = timezone.now() - timedelta(hours=5)
    Ticket.objects.filter(pk=letter.pk).update(waiting_since=asked)
    goes_on(anna, token)
    came = fresh(letter).moved_at
    row = as_staff(on_line).get("/api/v1/inbox").json()["slots"][0]["ticket"]
    assert row["waiting_since"] == instant_or_none(came)
    assert [agent.waiting_since for agent in agents_now(timezone.now()) if agent.user == on_line] == [came]
    actions.set_topic(ticket=fresh(letter), topic=Topic.objects.first(), by=on_line)
    assert came < fresh(letter).due_at <= came + timedelta(hours=1)
    chat.post_message(conversation=fresh(letter).conversation, author=on_line, body="Завтра, Анна")
    answered = TicketEvent.objects.filter(ticket=letter, kind="answered").latest("at")
    assert answered.data["asked_at"] == asked.isoformat()


def lapse(ticket: Any) -> None:
    from tickets.models import Ticket

    ago = timezone.now() - timedelta(seconds=1)
    Ticket.objects.filter(pk=ticket.pk).update(reserved_until=ago)


# What follows


def test_a_letter_that_comes_afterwards_stands_in_the_chat(
    by_mail: Any, on_line: Any, anna: Any, goes_on: Any, mail_server: MailServer, fetch: Any
) -> None:
    answer(by_mail, on_line)
    goes_on(anna, token_for(by_mail))
    long = "Подробности. " * 800
    mail_server.deliver(a_letter(long, sender=ANNAS, message_id="<3@m>", In_Reply_To="<first@mail.example>"))
    fetch()
    assert len(tickets()) == 1
    assert messages_of(by_mail)[-1].body.startswith("Подробности.")


def test_a_letter_after_the_chat_is_over_opens_a_ticket_that_names_the_old_one(
    by_mail: Any, on_line: Any, anna: Any, goes_on: Any, mail_server: MailServer, fetch: Any, as_staff: Any
) -> None:
    from chat import actions as chat

    answer(by_mail, on_line)
    goes_on(anna, token_for(by_mail))
    chat.close_conversation(conversation=fresh(by_mail).conversation, by=anna)
    chat.start_conversation(channel="chat", borrower=anna)
    mail_server.deliver(a_letter("Ещё вопрос", sender=ANNAS, message_id="<3@m>", In_Reply_To="<first@mail.example>"))
    fetch()
    (later,) = [each for each in tickets() if each.channel == "email"]
    assert later.previous_id == by_mail.pk
    kin = as_staff(on_line).get(f"/api/v1/tickets/{later.pk}/letters").json()
    assert (kin["previous"], kin["may_open_previous"]) == (by_mail.pk, True)
    assert [entry.body for entry in messages_of(later)] == ["Ещё вопрос"]
    assert fresh(by_mail).conversation.closed_at is not None


def test_the_report_says_which_share_of_letters_went_on_in_the_chat_and_counts_them_as_letters(
    token: str, letter: Any, on_line: Any, anna: Any, goes_on: Any, olga: Any, as_staff: Any
) -> None:
    letter_of("other@mail.example", "Ирина", "Пришлите справку")
    goes_on(anna, token)
    report = as_staff(olga).get("/api/v1/reports/service").json()
    assert report["moved"] == {"letters": 2, "moved": 1, "share": 0.5}
    by_channel = {each["channel"]: each for each in report["channels"]}
    assert (by_channel["email"]["opened"], by_channel["chat"]["opened"]) == (2, 0)
    assert by_channel["email"]["first_response"]["wait"]["n"] == 1
    roll_up_day(on=timezone.localdate())
    page = as_staff(olga).get("/reports/").content.decode().replace("\u00a0", " ")
    assert "Перешли в чат" in page
    assert "1 из 2 писем" in page
