"""Killed with -9 after each step, by each way a letter comes: whoever hands it in comes again, and there is one ticket.

The long form, with real processes and thousands of letters, is ``make campaign-mail``.
"""

import asyncio
import contextlib
import os
import signal
import smtplib
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections

from supportdesk.processes import free_port
from tests.forked import dies_at, ended, fork
from tests.mailserver import a_letter, wait_for_port
from tests.small_imap import SmallImap
from tests.test_letters import letters, messages_of, tickets
from tests.test_mail_hooks import hook, mailgun, send
from tests.test_mail_import import look

pytestmark = pytest.mark.django_db(transaction=True)

RAW = a_letter("Прошу продлить заём.").as_bytes().replace(b"\n", b"\r\n")
STORING = ("letters.raw_kept", "letters.row_written")  # the file is there; the row is there, not committed
FETCHING = ("imap.fetched", *STORING, "imap.stored")
HOOKING = ("hook.received", *STORING, "hook.stored")
KNOCKING = ("door.received", *STORING, "door.stored")
APPLYING = ("letters.read", "letters.recorded", "conversations.started", "letters.applied", "outbox.before_done")


def work() -> None:
    """A worker, after the lease of the one that died has run out."""
    from tickets.actions.outbox import run_due_jobs
    from tickets.models import Job

    Job.objects.filter(done_at=None).update(due_at="2026-01-01T00:00Z", attempts=0)
    run_due_jobs()


def one_ticket(of: int = 1) -> None:
    """Each letter stands once in one ticket, whatever died on the way."""
    from tickets.models import InboundLetter

    InboundLetter.objects.exclude(state="applied").update(attempts=0)
    work()
    assert [letter.state for letter in letters()] == ["applied"] * of
    assert [[message.body for message in messages_of(ticket)] for ticket in tickets()] == [
        ["Прошу продлить заём."]
    ] * of


@pytest.mark.parametrize("point", APPLYING)
def test_a_worker_that_dies_after_a_step_leaves_one_ticket(
    point: str, small_imap: SmallImap, small_mailbox: Any
) -> None:
    small_imap.add(RAW)
    look(small_mailbox)
    dies_at(point, work)
    one_ticket()


@pytest.mark.parametrize("point", FETCHING)
def test_a_watch_that_dies_after_a_step_fetches_the_letter_once(
    point: str, small_imap: SmallImap, small_mailbox: Any
) -> None:
    small_imap.add(RAW)
    dies_at(point, lambda: look(small_mailbox))
    look(small_mailbox)
    dies_at("conversations.started", work)
    one_ticket()


@pytest.mark.parametrize("point", HOOKING)
def test_a_web_process_that_dies_after_a_step_of_a_webhook_leaves_one_ticket(
    point: str, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    address = hook("hook:mailgun")
    dies_at(point, lambda: send(address, *mailgun(RAW)))
    assert send(address, *mailgun(RAW)) == 200, "the provider heard nothing and comes again"
    dies_at("letters.recorded", work)
    one_ticket()


class OpenDoor:
    """The door in a child of its own, on a free port."""

    def __init__(self, point: str = "") -> None:
        self.port = free_port()
        self.child = fork(point, self.serve)
        wait_for_port(self.port)

    def serve(self) -> None:
        from tickets.mailboxes.door import Door, serve
        from tickets.management.commands.maildoor import take
        from tickets.queries.mailboxes import door_mailboxes

        async def run() -> None:
            server = await serve(
                Door(mailboxes=door_mailboxes, take=take), host="127.0.0.1", port=self.port, context=None
            )
            await server.serve_forever()

        asyncio.run(run())

    def knock(self, *recipients: str, raw: bytes = RAW, sender: str = "anna@mail.example") -> Any:
        with smtplib.SMTP("127.0.0.1", self.port, timeout=20) as server:
            return server.sendmail(sender, list(recipients or ["help@lad.example"]), raw)

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.child, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            ended(self.child)


@pytest.fixture
def door(db: None, settings: Any, tmp_path: Any) -> Iterator[Callable[[str], OpenDoor]]:
    from tickets.actions.mailboxes import ensure_mailbox

    settings.MEDIA_ROOT = tmp_path
    for address in ("help@lad.example", "loans@lad.example"):
        ensure_mailbox(address=address, name=address, password="x", kind="smtp")
    ensure_mailbox(address="fetched@lad.example", name="IMAP", password="x", kind="imap")
    opened: list[OpenDoor] = []

    def at(point: str = "") -> OpenDoor:
        opened.append(OpenDoor(point))
        return opened[-1]

    yield at
    for each in opened:
        each.close()


@pytest.mark.parametrize("point", KNOCKING)
def test_a_door_that_dies_after_a_step_leaves_one_ticket(point: str, door: Any) -> None:
    dying = door(point)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        dying.knock()
    assert ended(dying.child) == -signal.SIGKILL
    door("").knock()
    dies_at("letters.read", work)
    one_ticket()


def test_a_letter_for_two_mailboxes_is_stored_for_both(door: Any) -> None:
    door("").knock("help@lad.example", "LOANS@lad.example")
    assert sorted(letter.mailbox.address for letter in letters()) == ["help@lad.example", "loans@lad.example"]
    first = letters()[0]
    assert (first.envelope_from, first.envelope["address"], first.envelope["tls"]) == (
        "anna@mail.example",
        "127.0.0.1",
        False,
    )
    one_ticket(of=2)


def test_the_door_knows_its_mailboxes_and_what_we_signed_and_nobody_else(door: Any) -> None:
    from tickets.mailboxes.passwords import mail_key
    from tickets.rules.email.tokens import make_reply_address

    signed = make_reply_address(key=mail_key(), address="help@lad.example", ticket=7, participant="anna@mail.example")
    strangers = ["nobody@lad.example", "help+guess@lad.example", "fetched@lad.example", "help@other.example"]
    at = door("")
    refused = at.knock("help@lad.example", signed, *strangers)
    assert set(refused) == set(strangers)
    assert {code for code, _ in refused.values()} == {550}
    with smtplib.SMTP("127.0.0.1", at.port, timeout=20) as server:
        server.ehlo()
        assert server.esmtp_features["size"] == str(60 * 1024 * 1024)
        assert "auth" not in server.esmtp_features


def test_a_paused_mailbox_and_a_database_that_is_away_ask_the_sender_to_come_again(door: Any) -> None:
    from tickets.models import Mailbox

    at = door("")
    Mailbox.objects.filter(address="help@lad.example").update(state="disabled")
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        at.knock()
    assert refused.value.recipients["help@lad.example"][0] == 450
    at.close()
    place = connections["default"].settings_dict
    host, place["HOST"] = place["HOST"], "/nowhere"
    try:
        away = OpenDoor()
    finally:
        place["HOST"] = host
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        away.knock()
    assert refused.value.recipients["help@lad.example"][0] == 451
    away.close()
    assert letters() == []


def test_the_door_speaks_tls_when_it_has_a_certificate(door: Any, tmp_path: Any) -> None:
    import ssl
    import subprocess

    from tickets.mailboxes import door as doors

    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run([*command, "-keyout", tmp_path / "key", "-out", tmp_path / "cert"], check=True, capture_output=True)
    context = doors.certificate(str(tmp_path / "cert"), str(tmp_path / "key"))
    port = free_port()

    def serve() -> None:
        from tickets.management.commands.maildoor import take
        from tickets.queries.mailboxes import door_mailboxes

        async def run() -> None:
            opened = doors.Door(mailboxes=door_mailboxes, take=take)
            await (await doors.serve(opened, host="127.0.0.1", port=port, context=context)).serve_forever()

        asyncio.run(run())

    child = fork("", serve)
    wait_for_port(port)
    trusting = ssl.create_default_context(cafile=str(tmp_path / "cert"))
    trusting.check_hostname = False
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as server:
        server.starttls(context=trusting)
        server.sendmail("anna@mail.example", ["help@lad.example"], RAW)
    os.kill(child, signal.SIGKILL)
    ended(child)
    assert [letter.envelope["tls"] for letter in letters()] == [True]


def test_a_poisonous_letter_ends_in_quarantine_with_a_stub_and_comes_in_when_it_can_be_read(
    small_imap: SmallImap, small_mailbox: Any, settings: Any, olga: Any, as_staff: Any
) -> None:
    from tickets.actions.letters_again import refresh_reading
    from tickets.mailboxes import reader

    heavy = a_letter("Много.", subject="Тяжёлое")
    heavy.add_attachment(b"\0" * 20_000_000, maintype="application", subtype="octet-stream", filename="много.bin")
    raw = heavy.as_bytes().replace(b"\n", b"\r\n")
    small_imap.add(raw)
    look(small_mailbox)
    limit, settings.MAIL_READ_MEMORY = settings.MAIL_READ_MEMORY, 160 * 1024 * 1024
    reader._reader = None
    for _ in range(5):
        work()
    [letter] = letters()
    assert (letter.state, letter.attempts, letter.ticket.conversation.subject) == ("quarantined", 3, "Тяжёлое")
    assert as_staff(olga).get(f"/letters/{letter.pk}/raw/").content == raw, "byte by byte"
    settings.MAIL_READ_MEMORY = limit
    reader._reader = None
    assert refresh_reading(letter=letter).outcome == "promised"
    work()
    reader._reader = None
    [letter], [ticket] = letters(), tickets()
    assert letter.state == "applied"
    assert [message.body for message in messages_of(ticket)][1:] == ["Много."]


def test_a_letter_too_large_to_be_read_stands_in_a_ticket_all_the_same(
    small_imap: SmallImap, small_mailbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.test_mail_import import raw as small

    big = a_letter("Огромное.", subject="Огромное")
    big.add_attachment(b"\0" * 28_000_000, maintype="application", subtype="octet-stream", filename="много.bin")
    small_imap.add(big.as_bytes().replace(b"\n", b"\r\n"))
    small_imap.add(small(2))
    began = time.monotonic()
    look(small_mailbox)
    work()
    assert [letter.state for letter in letters()] == ["oversize", "applied"]
    assert tickets()[0].conversation.subject == "Огромное"
    assert time.monotonic() - began < 60
