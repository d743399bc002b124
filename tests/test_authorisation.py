"""Who may open what: every address and every socket action, tried by everybody, on their own and on others' things.

The tables below are the whole truth on one screen. One letter for each of
anonymous, Anna (the borrower it belongs to), Sergey (another borrower), Elena (the agent who answers Anna),
Dmitry (another agent), Olga (supervisor), Ivan (administrator):

    +  let in        -  asked to sign in        x  refused: not for this role        .  does not exist for them
"""

import json
import uuid
from copy import copy
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.authorisation_tables import ADDRESSES, BODIES, NEVER_OPEN, PEOPLE, SOCKET_ACTIONS

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
CANARY = "канарейка-7f3a"
NOTE_CANARY = "заметка-канарейка-91c2"
DRAFT_CANARY = "черновик-канарейка-44d0"


@dataclass
class World:
    """Anna's chat with Elena, with everything in it that others must not see."""

    conversation: Any
    people: dict[str, Any]
    clients: dict[str, Client]
    arguments: dict[str, Any]


@pytest.fixture
def world(
    anna: Any, sergey: Any, elena: Any, dmitry: Any, olga: Any, ivan: Any, as_staff: Any, as_borrower: Any
) -> Any:
    from chat import actions as chat
    from tests.authorisation_world import annas_things
    from tickets.actions.seed import seed_desk

    people = {"anna": anna, "sergey": sergey, "elena": elena, "dmitry": dmitry, "olga": olga, "ivan": ivan}
    clients: dict[str, Client] = {"anonymous": Client()}
    clients |= {name: as_borrower(people[name]) for name in ("anna", "sergey")}
    clients |= {name: as_staff(people[name]) for name in ("elena", "dmitry", "olga", "ivan")}
    seed_desk()
    conversation = chat.start_conversation(channel="chat", borrower=anna, context={"topic": "extension"})
    arguments = annas_things(conversation, people, (CANARY, NOTE_CANARY, DRAFT_CANARY))
    return World(conversation, people, clients, arguments)


def addresses(patterns: list[Any] | None = None) -> list[URLPattern]:
    found: list[URLPattern] = []
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        found += addresses(pattern.url_patterns) if isinstance(pattern, URLResolver) else [pattern]
    return found


def test_every_address_stands_in_the_table() -> None:
    named = {str(pattern.name) for pattern in addresses()}
    listed = {name for name, _ in ADDRESSES} | set(NEVER_OPEN)
    assert named - listed == set(), "these addresses are in no row of the table"
    assert listed - named == set(), "these rows name addresses that are gone"


def test_everybody_gets_exactly_what_the_table_says(world: World) -> None:
    names = sorted({str(pattern.name) for pattern in addresses()})
    seen = {(name, method): row_of(world, method, name) for name in names for method in METHODS}
    open_rows = {cell: row for cell, row in seen.items() if "+" in row}
    assert open_rows == ADDRESSES


def row_of(world: World, method: str, name: str) -> str:
    return "".join(try_it(world, person, method, name) for person in PEOPLE)


def address_of(name: str, arguments: dict[str, Any]) -> str:
    pattern = next(pattern for pattern in addresses() if pattern.name == name)
    wanted = pattern.pattern.converters
    return reverse(name, kwargs={key: arguments[key] for key in wanted})


def try_it(world: World, person: str, method: str, name: str) -> str:
    """One request in a transaction that is taken back; what it told an outsider is searched for canaries."""
    address = address_of(name, world.arguments)
    client = world.clients[person]
    cookies = copy(client.cookies)
    with transaction.atomic():
        point = transaction.savepoint()
        body = "" if method == "GET" else json.dumps(BODIES.get(name, {}))
        response = client.generic(method, address, body, content_type="application/json")
        text = response.getvalue().decode("utf-8", "replace")
        transaction.savepoint_rollback(point)
    client.cookies = cookies
    assert response.status_code < 500, f"{method} {address} as {person}: {response.status_code}"
    assert_no_canary(person, text, f"{method} {address}")
    return letter(response)


def letter(response: Any) -> str:
    signs_in = response.status_code == 302 and response.headers["Location"].startswith("/login/")
    if response.status_code == 401 or signs_in:
        return "-"
    return {403: "x", 404: ".", 405: "o"}.get(response.status_code, "+")


def assert_no_canary(person: str, text: str, where: str) -> None:
    if person in {"anonymous", "sergey", "dmitry"}:
        assert CANARY not in text, f"{where} shows Anna's words to {person}"
    if person in {"anonymous", "anna", "sergey", "dmitry"}:
        assert NOTE_CANARY not in text, f"{where} shows an internal note to {person}"
    if person != "elena":
        assert DRAFT_CANARY not in text, f"{where} shows Elena's draft to {person}"


def test_every_socket_action_stands_in_the_table() -> None:
    from chat.consumers.orders import ORDERS

    assert {action.split()[0] for action in SOCKET_ACTIONS} == set(ORDERS)


@pytest.mark.parametrize("person", PEOPLE[1:])
def test_everybody_does_by_socket_exactly_what_the_table_says(
    transactional_db: None, world: World, socket_for: Any, person: str
) -> None:
    column = {action: row[PEOPLE.index(person)] for action, row in SOCKET_ACTIONS.items()}
    assert {action: effect_of(action, world, socket_for, person) for action in SOCKET_ACTIONS} == column


@pytest.mark.parametrize("action", SOCKET_ACTIONS)
def test_nobody_does_anything_before_the_hello(
    transactional_db: None, world: World, open_socket: Any, action: str
) -> None:
    socket = open_socket()
    send_action(socket, action, world.conversation.pk)
    assert socket.close_code() == 4401
    assert CANARY not in json.dumps(socket.heard, ensure_ascii=False)


def effect_of(action: str, world: World, socket_for: Any, person: str) -> str:
    """What came of one action: the desk's answer to the person, or what an onlooker saw of it."""
    chat = world.conversation.pk
    onlooker = socket_for(world.people[onlooker_of(action, person)], {chat: 0})
    socket = socket_for(world.people[person])
    if action in NEEDS_SUBSCRIPTION:
        send_action(socket, "subscribe", chat)
        answers_until_pong(socket, 6)
        socket.heard.clear()
    send_action(socket, action, chat)
    heard = answers_until_pong(socket, 7)
    assert_no_canary(person, json.dumps(heard, ensure_ascii=False), action)
    effect = EFFECTS.get(action.split()[0], lambda *_: False)(heard, onlooker)
    onlooker.close()
    socket.close()
    return "+" if effect else "." if any(frame["type"] == "dropped" for frame in heard) else "x"


def onlooker_of(action: str, person: str) -> str:
    """Somebody who takes part and would see what the person does."""
    if action == "viewing":
        return "olga" if person == "elena" else "elena"
    return "elena" if person == "anna" else "anna"


def answers_until_pong(socket: Any, n: int) -> list[dict[str, Any]]:
    """Everything up to the pong, and the answer to a post or a subscription, which may come after it."""
    socket.send("ping", n=n)
    pong = socket.wait_for("pong", n=n)
    waited_for = {"posted", "refused", "synced", "dropped", "error"}
    try:
        while not any(frame["type"] in waited_for for frame in socket.heard):
            socket.heard.append(socket.receive(0.7))
    except TimeoutError:
        pass
    return [*socket.heard, pong]


def send_action(socket: Any, action: str, conversation: Any) -> None:
    type_, _, kind = action.partition(" ")
    fields: dict[str, Any] = {"conversation": conversation}
    fields |= {
        "subscribe": {"after": 0},
        "message.post": {"id": uuid.uuid4(), "body": "Проба", "kind": kind or "message", "attachments": []},
        "seen": {"seq": 2},
        "received": {"seq": 1},
        "ping": {"n": 1},
    }.get(type_, {})
    socket.send(type_, **fields)


NEEDS_SUBSCRIPTION = {"seen", "typing", "viewing", "received", "unsubscribe"}
EFFECTS: dict[str, Any] = {
    "subscribe": lambda heard, _: any(frame["type"] == "synced" for frame in heard),
    "message.post": lambda heard, _: any(frame["type"] == "posted" for frame in heard),
    "seen": lambda _, onlooker: not onlooker.hears_nothing_of("seen.moved", within=0.7),
    "typing": lambda _, onlooker: not onlooker.hears_nothing_of("typing.shown", within=0.7),
    "viewing": lambda _, onlooker: not onlooker.hears_nothing_of("viewing.shown", within=0.7),
}
