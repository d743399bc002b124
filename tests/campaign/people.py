"""Who talks: borrowers with two tabs, agents with several chats, a supervisor who reads everything."""

import secrets
import string
import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.campaign.door import Account

PASSWORD = "тихая река у моста 41"
CHATS_PER_AGENT = 4
LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Chat:
    """One conversation and the accounts that follow it."""

    id: str
    borrower: Account
    agent: Account


@dataclass
class Staff:
    agents: list[tuple[Any, Account]]
    supervisor: tuple[Any, Account]
    on_line: list[tuple[Any, Account]] = field(default_factory=list)  # who take chats as they come


def hire(agents: int) -> Staff:
    """Staff of this run, signed in."""
    return Staff([_staff(f"agent{n}", "agent") for n in range(agents)], _staff("supervisor", "supervisor"))


def _staff(name: str, role: str) -> tuple[Any, Account]:
    from django.test import Client

    from identity import actions as identity

    email = f"{name}-{uuid.uuid4().hex[:8]}@campaign.example"
    user = identity.create_staff(email=email, full_name=name, display_name=name, role=role, password=PASSWORD)
    browser = Client()
    browser.force_login(user)
    token = "".join(secrets.choice(LETTERS) for _ in range(32))
    cookies = f"sessionid={browser.cookies['sessionid'].value}; csrftoken={token}"
    return user, Account(name, "staff", f"Cookie: {cookies}\r\nX-CSRFToken: {token}\r\n")


def open_chats(count: int, staff: Staff) -> list[Chat]:
    """New borrowers with a chat each, shared out among the agents."""
    return [_open_chat(number, staff) for number in range(count)]


def _open_chat(number: int, staff: Staff) -> Chat:
    from chat import actions as chat
    from identity import actions as identity

    borrower = new_borrower()
    conversation = chat.start_conversation(channel="chat", borrower=borrower)
    agent, account = staff.agents[number % len(staff.agents)]
    chat.add_participant(conversation=conversation, user=agent)
    _, secret = identity.open_borrower_session(borrower=borrower)
    who = Account(f"borrower{number}", "public", f"Authorization: Bearer {secret}\r\n")
    return Chat(str(conversation.pk), who, account)


def new_borrower() -> Any:
    from identity import actions as identity

    sub = f"B-{uuid.uuid4().hex[:12]}"
    return identity.refresh_borrower(claims={"sub": sub, "name": sub, "first_name": sub, "language": "ru"})


def sign_in_borrower() -> tuple[Any, str]:
    """Somebody new with a session: the borrower and the session's secret."""
    from identity import actions as identity

    borrower = new_borrower()
    _, secret = identity.open_borrower_session(borrower=borrower)
    return borrower, secret


def go_on_line(staff: Staff) -> None:
    """Two more agents come, to whom the desk gives chats."""
    from tickets import actions as tickets

    staff.on_line = [_staff(f"online{number}", "agent") for number in range(2)]
    for user, _ in staff.on_line:
        tickets.set_availability(user=user, state="available")


def come_for_a_moment() -> None:
    """One agent with free places, seen once: the others' places may all be taken by the crowd's own chats."""
    from tickets import actions as tickets

    user, _ = _staff("moment", "agent")
    tickets.set_availability(user=user, state="available")
    tickets.renew_presence(user_ids=[user.pk])


def close_chats(ids: list[str]) -> None:
    """Each close promises a score: work for the outbox."""
    from chat import actions as chat
    from chat.models import Conversation

    for conversation in Conversation.objects.filter(pk__in=ids, closed_at=None):
        chat.close_conversation(conversation=conversation, by=None)


def short_talk(staff: Staff, number: int) -> None:
    """A whole small conversation: a question, an answer, the end. It owes one score."""
    from chat import actions as chat

    borrower = new_borrower()
    agent = staff.agents[number % len(staff.agents)][0]
    conversation = chat.start_conversation(channel="chat", borrower=borrower)
    chat.add_participant(conversation=conversation, user=agent)
    chat.post_message(conversation=conversation, author=borrower, body="Здравствуйте! Как продлить заём?")
    chat.post_message(conversation=conversation, author=agent, body="Здравствуйте! Продлить можно в личном кабинете.")
    chat.close_conversation(conversation=conversation, by=agent)
