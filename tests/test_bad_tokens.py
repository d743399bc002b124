"""Forged tokens by the thousand: none is believed, and all refusals look the same."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import count
from random import Random
from typing import Any
from urllib.parse import quote

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from identity import actions as identity
from identity.authentication import token_rules
from identity.errors import TicketRefused
from identity.models import Borrower, BorrowerSession, SocketTicket
from identity.rules.tokens import REFUSALS, InvalidToken, TokenRules, read_token
from tests.bad_input.looks import look_of
from tests.bad_input.rows import amount, is_long
from tests.bad_input.statistics import difference, timed_in_turn
from tests.bad_input.tokens import Forger, near_secrets
from tests.bad_input.witness import witness
from tests.cast import KEY_ID

SEED = 20261123
ONE_ANSWER = "0 accepted, one answer for all"
pytestmark = pytest.mark.django_db
_address = count(1)


@pytest.fixture
def forger(trust_the_lender: None, lender_key: Any, lender_public_key: Any) -> Forger:
    return Forger(lender_key, lender_public_key.read_bytes(), KEY_ID, int(time.time()), Random(SEED))


def exchange(token: str) -> Any:
    """From an address of its own each time: a network that brings many bad tokens is not heard at all."""
    number = next(_address)
    client = Client(REMOTE_ADDR=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")
    return client.post("/api/v1/borrower-sessions", json.dumps({"token": token}), content_type="application/json")


def looks(answers: Iterable[Any]) -> dict[Any, int]:
    seen: dict[Any, int] = {}
    for answer in answers:
        seen[look_of(answer)] = seen.get(look_of(answer), 0) + 1
    return seen


def told(seen: dict[Any, int]) -> str:
    statuses = ", ".join(sorted({str(status) for status, _, _ in seen}))
    return f"0 accepted; {statuses} with {len(seen)} body and headers"


def test_no_forged_token_of_the_lender_is_believed(forger: Forger, say_row: Any) -> None:
    number, asked = amount(4_000, 100_000), amount(150, 3_000)
    rules, now, tokens = token_rules(), timezone.now(), list(forger.tokens(number))
    reasons = Counter(reason_of(token, rules, now) for token in tokens)
    with witness() as log:
        seen = looks(exchange(token) for token in tokens[:asked])
    found = f"{told(seen)}; {len(reasons)} reasons in the log"
    say_row("T-TOKEN", f"forged tokens of the lender, {asked:,} of them over HTTP", number, ONE_ANSWER, found)
    assert set(REFUSALS) - set(reasons) == {"replayed", "signed_out", "too_long"} - set(reasons)
    assert {status for status, _, _ in seen} == {401} and len(seen) == 1, list(seen)[:2]
    assert not BorrowerSession.objects.exists() and not Borrower.objects.exists() and not log.seen


def reason_of(token: str, rules: TokenRules, now: datetime) -> str:
    try:
        read_token(token, rules=rules, now=now)
    except InvalidToken as refusal:
        return refusal.code
    raise AssertionError(f"believed: {token}")


def test_a_used_token_is_used_up_whatever_is_put_around_it(forger: Forger, say_row: Any) -> None:
    number = amount(20, 1_000)
    claims = forger.claims()
    assert exchange(forger.signed(claims)).status_code == 201
    again = (forger.signed({**claims, "sub": f"C-{n}", "exp": claims["exp"] + n % 200}) for n in range(number))
    seen = looks(exchange(token) for token in again)
    say_row("T-TOKEN", "a `jti` used once, in tokens with other claims", number, "0 accepted", told(seen))
    assert {status for status, _, _ in seen} == {401} and len(seen) == 1
    assert BorrowerSession.objects.count() == 1


def test_no_forged_session_token_opens_anything(anna: Any, as_borrower: Callable[[Any], Any], say_row: Any) -> None:
    number = amount(100, 3_000)
    ended = as_borrower(anna)
    identity.end_borrower_session(session=ended.borrower_session)
    client = as_borrower(anna)
    ticket = identity.issue_socket_ticket(session=client.borrower_session)
    stored = BorrowerSession.objects.get(pk=client.borrower_session.pk).secret_hash
    tries = [ended.secret, ticket, stored, str(client.borrower_session.pk), str(anna.pk), anna.customer_id]
    tries += near_secrets(client.secret, number - len(tries), SEED)
    with witness() as log:
        seen = looks(Client().get("/api/v1/home", headers={"authorization": f"Bearer {secret}"}) for secret in tries)
    say_row("T-TOKEN", "forged, ended and borrowed session tokens", number, ONE_ANSWER, told(seen))
    assert {status for status, _, _ in seen} == {401} and len(seen) == 1, list(seen)[:3]
    assert client.get("/api/v1/home").status_code == 200 and not log.seen


def test_no_forged_socket_ticket_is_redeemed(anna: Any, as_borrower: Callable[[Any], Any], say_row: Any) -> None:
    """Each good ticket lives for seconds, so there is another for every hundred tries."""
    number, refused = amount(500, 20_000), 0
    client = as_borrower(anna)
    for seed in range(SEED, SEED + number // 100):
        used, good = (identity.issue_socket_ticket(session=client.borrower_session) for _ in range(2))
        identity.redeem_socket_ticket(ticket=used)
        tries = [used, client.secret, SocketTicket.objects.get().secret_hash, "", str(client.borrower_session.pk)]
        tries += near_secrets(good, 100 - len(tries), seed)
        refused += sum(1 for ticket in tries if is_refused(ticket))
        assert identity.redeem_socket_ticket(ticket=good).actor == anna
    found = f"{number - refused} accepted"
    say_row("T-TOKEN", "forged and used tickets to a socket", number, "0 accepted", found)
    assert refused == number


def is_refused(ticket: str) -> bool:
    try:
        identity.redeem_socket_ticket(ticket=ticket)
    except TicketRefused:
        return True
    return False


@pytest.mark.django_db(transaction=True)
def test_a_socket_answers_every_bad_ticket_alike(anna: Any, ticket_for: Any, open_socket: Any) -> None:
    good = ticket_for(anna)
    heard = set()
    for ticket in [*near_secrets(good, 12, SEED), "", "x" * 1_900]:
        socket = open_socket()
        socket.send("hello", ticket=ticket, subscriptions=[])
        heard.add((socket.close_code(), json.dumps(socket.heard)))
    oversized = (1009, "too_large")
    assert {code for code, _ in heard} <= {4401, oversized[0]}
    assert {said for code, said in heard if code == 4401} == {'[{"type": "bye", "code": "ticket"}]'}


@pytest.mark.django_db(transaction=True)
def test_no_forged_address_shows_a_file(
    anna: Any, as_borrower: Callable[[Any], Any], settings: Any, tmp_path: Any, say_row: Any
) -> None:
    """Each good address lives for a minute, so there is another for every hundred tries."""
    from chat import actions as chat
    from tests.authorisation_world import photo

    settings.MEDIA_ROOT, number, asked = tmp_path, amount(1_000, 50_000), amount(100, 2_000)
    client, looked = as_borrower(anna), Counter[Any]()
    own = chat.start_conversation(channel="chat", borrower=anna)
    file = chat.attach_file(conversation=own, author=anna, upload=photo())
    inside = [file.pk.hex, "borrower", anna.pk.hex, client.borrower_session.pk.hex]
    with witness() as log:
        for seed in range(SEED, SEED + number // 100):
            address = client.get(f"/api/v1/attachments/{file.pk}").json()["address"]
            tries = near_addresses(address, inside, seed)
            looked.update(
                looks(Client().get("/files/" + quote(one, safe=":")) for one in tries[: asked * 100 // number])
            )
            assert Client().get(address).status_code == 200
    found = told(looked).replace("accepted", "shown")
    say_row("T-TOKEN", f"forged addresses of files, {asked:,} over HTTP", number, "0 shown, 404 for all", found)
    assert {status for status, _, _ in looked} == {404} and not log.seen


def near_addresses(address: str, inside: list[str], seed: int) -> list[str]:
    """A hundred that are nearly right; none of them is believed."""
    from chat.access.files import SALT, attachment_at
    from chat.errors import NotVisible

    tries = [
        signing.dumps(inside, salt="other"),
        signing.dumps(inside),
        signing.dumps(inside, key="another secret", salt=SALT),
        *near_secrets(address.removeprefix("/files/"), 97, seed),
    ]
    for signed in tries:
        with pytest.raises(NotVisible):
            attachment_at(signed)
    return tries


def test_an_unknown_key_takes_no_other_time_than_a_known_one(forger: Forger, say_row: Any) -> None:
    """Printed, and asserted only where it is asked for in length: a figure of a busy machine proves nothing."""
    number = amount(10, 1_000)
    known = (forger.signed(forger.claims(), key=forger.own) for _ in count())
    unknown = (forger.signed(forger.claims(), {"kid": "none"}, key=forger.own) for _ in count())
    times = timed_in_turn(lambda: exchange(next(known)), lambda: exchange(next(unknown)), number)
    found = difference(*times)
    say_row("T-TOKEN", "time of a known and an unknown `kid`", 2 * number, "means < 2 σ apart or p > 0.01", found)
    if is_long():
        assert float(found.split(", means ")[1].split(" σ")[0]) < 2
