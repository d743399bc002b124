"""Guessing what exists: a thing that is not yours and a thing that is not there look alike, in words and in time."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from django.test import Client

from identity import actions as identity
from tests.bad_input.looks import look_of
from tests.bad_input.rows import amount, is_long
from tests.bad_input.statistics import difference, mann_whitney, timed_in_turn
from tests.test_authorisation import World, world

__all__ = ["world"]
pytestmark = pytest.mark.django_db
_address = count(1)
SENTENCE = {"id": "6f1f8f6e-2f6c-4a57-9d3b-1f1b8f3b2a10", "body": "чужое"}


@dataclass(frozen=True)
class Guess:
    """Somebody asks about what is not theirs (``real``) and about what is not there (``none``)."""

    what: str
    who: str
    method: str
    real: str
    none: str
    body: Any = None

    def ask(self, world: World, address: str) -> Any:
        body = "" if self.body is None else json.dumps(self.body)
        return world.clients[self.who].generic(self.method, address, body, content_type="application/json")


def guesses(world: World) -> list[Guess]:
    """Anna's things, asked for by another borrower, another agent and nobody."""
    own, no = world.arguments, {"number": 987_654}
    no |= {name: uuid.UUID(int=7) for name in ("conversation", "attachment", "borrower")}
    made = []

    def add(what: str, pattern: str, method: str = "GET", people: tuple[str, ...] = PEOPLE, body: Any = None) -> None:
        real, none = pattern.format(**own), pattern.format(**{**own, **no})
        made.extend(Guess(what, who, method, real, none, body) for who in people)

    add("conversation", "/api/v1/conversations/{conversation}")
    add("conversation", "/api/v1/conversations/{conversation}/entries")
    add("conversation", "/api/v1/conversations/{conversation}/messages", "POST", body=SENTENCE)
    add("conversation", "/api/v1/conversations/{conversation}/seen", "POST", body={"seq": 1})
    add("conversation", "/api/v1/conversations/{conversation}/ticket")
    add("conversation", "/api/v1/conversations/{conversation}/rating", people=("sergey", "anonymous"))
    add("attachment", "/api/v1/attachments/{attachment}")
    add("attachment", "/api/v1/conversations/{conversation}/attachments", "POST")
    add("ticket", "/api/v1/tickets/{number}", people=("dmitry", "anonymous", "sergey"))
    add("ticket", "/api/v1/tickets/{number}/resolve", "POST", people=("dmitry", "sergey"))
    add("ticket", "/api/v1/tickets/{number}/letters", people=("dmitry", "sergey"))
    add("ticket", "/inbox/{number}/", people=("dmitry", "anonymous"))
    add("borrower", "/borrowers/{borrower}/", people=("dmitry", "anonymous"))
    add("borrower", "/api/v1/borrowers/{borrower}/conversations", "POST", people=("dmitry",), body={"topic": ""})
    made.append(Guess("borrower", "dmitry", "GET", "/borrowers/?query=anna.kovaleva@mail.example", NOBODY))
    made.append(Guess("borrower", "dmitry", "GET", "/borrowers/?query=C-104577", "/borrowers/?query=C-999999"))
    return made


PEOPLE = ("sergey", "dmitry", "anonymous")
NOBODY = "/borrowers/?query=anny.kovalevo@mail.example"


def test_what_is_not_yours_looks_like_what_is_not_there(world: World, say_row: Any) -> None:
    tried, differ = guesses(world), []
    for guess in tried:
        addresses = (guess.real, guess.none)
        first, second = (look_of(guess.ask(world, each), each.partition("?query=")[2] or each) for each in addresses)
        if first != second:
            differ.append(f"{guess.method} {guess.real} as {guess.who}: {set(first) ^ set(second)}")
    found = f"{len(differ)} of {len(tried)} differ"
    say_row("T-ENUM", "pairs: not yours, not there", 2 * len(tried), "same status, length and headers", found)
    assert not differ, "\n".join(differ)


def sign_in(email: str) -> Any:
    """A wrong password, from an address of its own: tries are counted for each account and address."""
    number = next(_address)
    client = Client(REMOTE_ADDR=f"10.1.{number >> 8 & 255}.{number & 255}")
    return client.post("/login/", {"email": email, "password": "wrong"})


def test_nobody_learns_at_sign_in_who_works_here(elena: Any, dmitry: Any, ivan: Any, say_row: Any) -> None:
    identity.deactivate(user=dmitry, by=ivan)
    emails = [elena.email, dmitry.email, *(f"{name}@lad.example" for name in ("x.voronova", "nobody", "root"))]
    looks = {look_of(sign_in(email), email) for email in emails}
    again = {look_of(sign_in(email), email)[0] for email in emails for _ in range(2)}
    say_row("T-ENUM", "sign-in: at work, dismissed, unknown", 3 * len(emails), "one answer", f"{len(looks)} answer")
    assert len(looks) == 1 and again == {401}


TIMED = ("conversation", "attachment", "ticket", "borrower")


@pytest.mark.parametrize("what", TIMED)
def test_the_time_does_not_tell_what_exists(world: World, say_row: Any, what: str) -> None:
    """Printed, and asserted in the long form only: a few requests on a busy machine prove nothing."""
    number = amount(3, 1_000)
    guess = next(one for one in guesses(world) if one.what == what and one.who in {"sergey", "dmitry"})
    times = timed_in_turn(lambda: guess.ask(world, guess.real), lambda: guess.ask(world, guess.none), number)
    tell(say_row, f"time of {guess.method} of a {what}", times)


def test_the_time_of_a_sign_in_does_not_tell_who_works_here(elena: Any, settings: Any, say_row: Any) -> None:
    """With the real cost of a password, as it is hashed for a stranger too."""
    if is_long():
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
        elena.set_password("тихая река у моста 41")
        elena.save()
    times = timed_in_turn(lambda: sign_in(elena.email), lambda: sign_in("x.voronova@lad.example"), amount(3, 1_000))
    tell(say_row, "time of a wrong password", times)


def tell(say_row: Callable[..., None], what: str, times: tuple[list[float], list[float]]) -> None:
    say_row("T-ENUM", what, 2 * len(times[0]), "Mann–Whitney p > 0.01", difference(*times))
    if is_long():
        assert mann_whitney(*times) > 0.01, difference(*times)
