"""No letter is lost on its way in, whatever the server, the line or the clock does; and none comes twice."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from tests.mailserver import a_letter
from tests.small_imap import MOSCOW, SmallImap
from tests.test_letters import letters, tickets, until

pytestmark = pytest.mark.django_db(transaction=True)


def raw(number: int = 1, text: str = "Здравствуйте!") -> bytes:
    letter = a_letter(f"{text} {number}", subject=f"Вопрос {number}", message_id=f"<{number}@mail.example>")
    return letter.as_bytes().replace(b"\n", b"\r\n")


def look(mailbox: Any) -> int:
    from tickets.actions.mailbox_sign_in import open_folder
    from tickets.actions.mailboxes import import_new_letters

    with open_folder(mailbox=mailbox) as folder:
        return import_new_letters(mailbox=mailbox, folder=folder)


def compare(mailbox: Any) -> Any:
    from tickets.actions.mailbox_sign_in import open_folder
    from tickets.actions.reconciling import reconcile

    with open_folder(mailbox=mailbox) as folder:
        return reconcile(mailbox=mailbox, folder=folder)


def work() -> None:
    from tickets.actions.outbox import run_due_jobs

    run_due_jobs()


@contextmanager
def watching(mailbox: Any) -> Iterator[Any]:
    from tickets.management.watching import Watcher

    watcher = Watcher(mailbox)
    watcher.start()
    try:
        yield watcher
    finally:
        watcher.stopping.set()
        type(mailbox).objects.filter(pk=mailbox.pk).update(state="disabled")
        watcher.join(20)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute between looks and half a minute of silence, made short."""
    monkeypatch.setattr("tickets.management.watching.POLL_TIME", 0.5)
    monkeypatch.setattr("tickets.mailboxes.imap.TIMEOUT", 1)


def test_gaps_between_uids_are_no_letters(small_imap: SmallImap, small_mailbox: Any) -> None:
    for uid in (3, 90, 4_000_000_000):
        small_imap.add(raw(uid), uid=uid)
    assert (look(small_mailbox), look(small_mailbox)) == (3, 0)
    assert small_mailbox.cursors.get().last_uid == 4_000_000_000


def test_a_letter_expunged_while_it_is_fetched_holds_nobody_up(small_imap: SmallImap, small_mailbox: Any) -> None:
    for number in (1, 2, 3):
        small_imap.add(raw(number))
    small_imap.vanishes = {2}
    assert look(small_mailbox) == 2
    cursor = small_mailbox.cursors.get()
    assert (cursor.last_uid, cursor.skipped) == (3, [])


def test_a_letter_the_server_cannot_give_waits_for_the_comparison(small_imap: SmallImap, small_mailbox: Any) -> None:
    for number in (1, 2, 3):
        small_imap.add(raw(number), arrived_at=datetime(2020, 1, 1, tzinfo=MOSCOW))
    small_imap.refuses = {2}
    assert look(small_mailbox) == 2
    assert small_mailbox.cursors.get().skipped == [2]
    compared = compare(small_mailbox)
    assert (compared.missed, compared.withheld) == (1, 1)
    small_imap.refuses = set()
    compared = compare(small_mailbox)
    assert (compared.missed, compared.withheld, len(letters())) == (1, 0, 3)
    assert compare(small_mailbox).missed == 0


def test_a_letter_that_breaks_the_line_each_time_holds_nobody_up(
    small_imap: SmallImap, small_mailbox: Any, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickets.actions.mailboxes.pause_after", lambda failures: 0.0)
    for number in (1, 2, 3):
        small_imap.add(raw(number))
    small_imap.breaks = {2}
    with watching(small_mailbox):
        until(lambda: len(letters()) == 2)
        until(lambda: small_mailbox.cursors.get().skipped == [2])


def test_what_the_server_has_and_the_desk_has_not_is_fetched_and_told(
    small_imap: SmallImap, small_mailbox: Any, ivan: Any, as_staff: Any
) -> None:
    from tickets.models import InboundLetter, Job

    for number in range(1, 6):
        small_imap.add(raw(number))
    small_imap.add(raw(9), uid=9, arrived_at=timezone.now() - timedelta(days=30))
    assert look(small_mailbox) == 6
    assert compare(small_mailbox).missed == 0
    Job.objects.all().delete()
    InboundLetter.objects.filter(source_key__endswith=":3").delete()
    call_command("mail_reconcile", mailbox="help@lad.example")
    small_mailbox.refresh_from_db()
    assert (small_mailbox.reconciled_count, small_mailbox.missed_count, len(letters())) == (5, 1, 6)
    assert "Пропущено писем: 1. help@lad.example" in as_staff(ivan).get("/operations/").content.decode()
    call_command("mail_reconcile")
    assert "Пропущено писем" not in as_staff(ivan).get("/operations/").content.decode()
    with pytest.raises(CommandError):
        call_command("mail_reconcile", mailbox="nobody@lad.example")


def test_a_renumbered_folder_is_read_whole_and_then_known(small_imap: SmallImap, small_mailbox: Any) -> None:
    for number in (1, 2, 3):
        small_imap.add(raw(number))
    look(small_mailbox)
    small_imap.uidvalidity = 8
    small_imap.letters = {uid + 10: letter for uid, letter in small_imap.letters.items()}
    small_imap.cut()
    assert (look(small_mailbox), len(letters())) == (3, 3)
    assert compare(small_mailbox).missed == 0, "their new names are remembered"


def test_a_server_without_idle_is_asked_each_minute(small_imap: SmallImap, small_mailbox: Any, quick: None) -> None:
    small_imap.idles = False
    with watching(small_mailbox):
        until(lambda: type(small_mailbox).objects.get().last_success_at)
        small_imap.add(raw())
        until(letters, 5)
    assert "IDLE" not in small_imap.said


def test_idle_goes_on_over_many_looks_and_is_renewed_by_itself(
    small_imap: SmallImap, small_mailbox: Any, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickets.management.watching.POLL_TIME", 0.1)
    with watching(small_mailbox):
        until(lambda: sum("SEARCH" in said for said in small_imap.said) > 5)
        assert (small_imap.said.count("IDLE"), small_imap.said.count("DONE")) == (1, 0), "beside it, not in turns"
        assert small_imap.signed_in == 2
        monkeypatch.setattr("tickets.mailboxes.listening.RENEW_TIME", 0)
        until(lambda: small_imap.said.count("IDLE") > 2)
        assert (small_imap.signed_in, sum(said.startswith("LOGIN") for said in small_imap.said)) == (2, 2)
    until(lambda: small_imap.signed_in == 0)


def test_the_look_finds_what_idle_does_not_tell(small_imap: SmallImap, small_mailbox: Any, quick: None) -> None:
    small_imap.tells = False
    with watching(small_mailbox):
        until(lambda: "IDLE" in small_imap.said)
        small_imap.add(raw())
        until(letters)


def test_a_line_that_breaks_in_idle_is_opened_anew_while_the_look_goes_on(
    small_imap: SmallImap, small_mailbox: Any, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickets.mailboxes.listening.FIRST_PAUSE", 0.1)
    with watching(small_mailbox):
        until(lambda: small_imap.said.count("IDLE") == 1 and type(small_mailbox).objects.get().last_success_at)
        small_imap.lines[1].shutdown(socket.SHUT_RDWR)
        until(lambda: small_imap.said.count("IDLE") == 2)
        small_imap.add(raw())
        until(letters)
        assert type(small_mailbox).objects.get().failures == 0, "the mailbox itself was never in trouble"
        assert sum(said.startswith("LOGIN") for said in small_imap.said) == 3


def test_a_server_that_grants_one_connection_is_asked_each_minute(
    small_imap: SmallImap, small_mailbox: Any, quick: None
) -> None:
    small_imap.lines_granted = 1
    with watching(small_mailbox):
        until(lambda: sum("SEARCH" in said for said in small_imap.said) > 2)
        small_imap.add(raw())
        until(letters)
        until(lambda: sum("SEARCH" in said for said in small_imap.said) > 5)
        assert type(small_mailbox).objects.get().state == "ok"
    assert sum(said.startswith("LOGIN") for said in small_imap.said) == 2, "no refused sign-in is repeated"


def test_a_line_that_died_behind_a_nat_hides_letters_for_a_minute_only(
    small_imap: SmallImap, small_mailbox: Any, quick: None
) -> None:
    with watching(small_mailbox):
        until(lambda: "IDLE" in small_imap.said)
        small_imap.is_deaf = True
        small_imap.add(raw())
        until(lambda: type(small_mailbox).objects.get().state == "unreachable")
        small_imap.is_deaf = False
        until(letters)
        until(lambda: type(small_mailbox).objects.get().state == "ok")


def test_a_mailbox_whose_server_hangs_keeps_no_other_waiting(
    small_imap: SmallImap, small_mailbox: Any, quick: None
) -> None:
    from tickets.actions.mailboxes import ensure_mailbox

    hanging = SmallImap()
    hanging.is_deaf = True
    places = {"imap_host": "127.0.0.1", "imap_port": hanging.port, "imap_security": "plain"}
    other = ensure_mailbox(address="other@lad.example", name="Другой", password="right", **places)
    small_imap.add(raw())
    with watching(other), watching(small_mailbox):
        until(letters, 5)
        until(lambda: type(other).objects.get(pk=other.pk).state == "unreachable")
    hanging.stop()


def test_the_lease_shows_who_reads_and_is_given_up_when_it_is_lost(
    small_imap: SmallImap, small_mailbox: Any, quick: None
) -> None:
    with watching(small_mailbox):
        until(lambda: type(small_mailbox).objects.get().watched_at)
        with connection.cursor() as cursor:
            cursor.execute(
                "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objsubid = 2"
            )
        small_imap.add(raw())
        until(letters)
    assert type(small_mailbox).objects.get().watched_by


def test_a_paused_mailbox_is_left_alone_until_it_goes_on(
    small_imap: SmallImap, small_mailbox: Any, quick: None
) -> None:
    from tickets.models import Mailbox

    with watching(small_mailbox):
        until(lambda: "IDLE" in small_imap.said)
        Mailbox.objects.update(state="disabled")
        until(lambda: any(said.startswith("LOGOUT") for said in small_imap.said))
        small_imap.add(raw())
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline:
            assert not letters()
            time.sleep(0.1)
        Mailbox.objects.update(state="ok")
        until(letters)


def test_after_three_days_away_everything_comes_once(small_imap: SmallImap, small_mailbox: Any) -> None:
    small_imap.add(raw(1), arrived_at=timezone.now() - timedelta(days=4))
    look(small_mailbox)
    for number in range(2, 302):
        small_imap.add(raw(number), arrived_at=timezone.now() - timedelta(hours=72 - number // 5))
    assert (look(small_mailbox), len(letters())) == (300, 301)
    assert compare(small_mailbox).missed == 0


def test_what_lay_in_the_mailbox_before_gets_no_acknowledgement(small_imap: SmallImap, small_mailbox: Any) -> None:
    from tickets.models import OutboundLetter

    small_mailbox.acknowledges = True
    small_mailbox.silent_until = timezone.now() - timedelta(hours=1)
    small_mailbox.save()
    small_imap.add(raw(1), arrived_at=timezone.now() - timedelta(days=4))
    small_imap.add(raw(2).replace(b"anna@", b"irina@"))
    look(small_mailbox)
    work()
    assert [letter.state for letter in letters()] == ["applied", "applied"]
    assert [sent.to_address for sent in OutboundLetter.objects.all()] == ["irina@mail.example"]


def test_one_letter_in_two_mailboxes_is_two_letters(small_imap: SmallImap, small_mailbox: Any) -> None:
    from tickets.actions.letters import store_letter
    from tickets.actions.mailboxes import ensure_mailbox

    other = ensure_mailbox(address="loans@lad.example", name="Займы", password="x")
    small_imap.add(raw())
    look(small_mailbox)
    store_letter(mailbox=other, source_key="smtp:1", raw=raw())
    work()
    assert [letter.state for letter in letters()] == ["applied", "applied"]
    assert len(tickets()) == 2


def test_two_workers_with_the_same_letter_make_one_ticket(small_imap: SmallImap, small_mailbox: Any) -> None:
    from tickets.actions.outbox import enqueue

    small_imap.add(raw())
    look(small_mailbox)
    [letter] = letters()
    enqueue(kind="apply_letter", key="once more", payload={"letter": letter.pk})
    together = threading.Barrier(2)

    def worker() -> None:
        together.wait()
        work()
        connection.close()

    workers = [threading.Thread(target=worker) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(60)
    until(lambda: letters()[0].state == "applied")
    assert len(tickets()) == 1


def test_a_file_without_a_row_finds_its_mailbox_within_the_hour(small_mailbox: Any) -> None:
    import os

    from tickets.actions.journal import compare_folder
    from tickets.mailboxes.raw import keep_raw, path_of
    from tickets.models import JournalGap

    sha256 = keep_raw(raw())
    folder = int(sha256[:2], 16)
    assert (compare_folder(folder=folder), letters()) == (0, []), "whoever handed it in may still come again"
    os.utime(path_of(sha256), (time.time() - 4000, time.time() - 4000))
    assert compare_folder(folder=folder) == 0
    work()
    assert [letter.state for letter in letters()] == ["applied"]
    path_of(sha256).unlink()
    letters()[0].__class__.objects.update(received_at=timezone.now() - timedelta(hours=2))
    assert compare_folder(folder=folder) == 1
    assert [gap.kind for gap in JournalGap.objects.all()] == ["no_file"]
    keep_raw(raw())
    assert compare_folder(folder=folder) == 0
    assert not JournalGap.objects.exists()


def test_a_raw_letter_lies_on_the_disk_encrypted_and_outlives_a_change_of_keys(settings: Any) -> None:
    import zstandard
    from cryptography.fernet import Fernet

    from tickets.mailboxes.errors import MailboxUnusable
    from tickets.mailboxes.raw import keep_raw, path_of, raw_letter

    old, new = (Fernet.generate_key().decode() for _ in range(2))
    text = b"From: a@b.example\r\nSubject: 4510 123456\r\n\r\nx"
    settings.LETTER_KEYS = [old]
    sha256 = keep_raw(text)
    kept = path_of(sha256).read_bytes()
    assert b"4510" not in kept and not kept.startswith(b"\x28\xb5\x2f\xfd")
    settings.LETTER_KEYS = [new, old]
    assert raw_letter(sha256) == text
    settings.LETTER_KEYS = [new]
    with pytest.raises(MailboxUnusable):
        raw_letter(sha256)
    path_of(sha256).write_bytes(zstandard.ZstdCompressor().compress(text))
    assert raw_letter(sha256) == text, "one kept before letters were encrypted"
    path_of(sha256).unlink()


def test_a_file_that_says_nobodys_name_is_told_to_the_administrator(small_mailbox: Any) -> None:
    import os

    from tickets.actions.journal import compare_folder
    from tickets.actions.mailboxes import ensure_mailbox
    from tickets.mailboxes.raw import keep_raw, path_of
    from tickets.queries.operations import desk_facts
    from tickets.rules.alarms import alarms_of

    ensure_mailbox(address="other@lad.example", name="Другой", password="x")
    sha256 = keep_raw(b"From: a@b.example\r\nTo: nobody@lad.example\r\n\r\nx")
    os.utime(path_of(sha256), (1, 1))
    assert compare_folder(folder=int(sha256[:2], 16)) == 1
    assert "journal_gaps" in {alarm.code for alarm in alarms_of(desk_facts())}


def test_a_newer_reader_gets_what_the_last_one_gave_up(
    small_imap: SmallImap, small_mailbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tickets.actions.journal import keep_journal
    from tickets.actions.letters import quarantine_letter, store_letter
    from tickets.models import InboundLetter

    letter = store_letter(mailbox=small_mailbox, source_key="imap:INBOX:1:1", raw=raw())
    quarantine_letter(letter_id=letter.pk, raw=raw(), reason="killed")
    keep_journal()
    assert letters()[0].state == "quarantined", "the same reader would fail again"
    InboundLetter.objects.update(parser_version=0)
    keep_journal()
    work()
    assert (letters()[0].state, len(tickets())) == ("applied", 1)


def test_reading_again_changes_what_is_known_and_nothing_that_was_said(
    small_imap: SmallImap, small_mailbox: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    from tickets.models import InboundLetter

    small_imap.add(raw())
    look(small_mailbox)
    work()
    [before] = letters()
    InboundLetter.objects.update(parser_version=0, parsed={"is_stranger": False})
    call_command("mail_reparse")
    [after] = letters()
    assert "1 read" in capsys.readouterr().out
    assert (after.entry_id, after.ticket_id, after.message_id) == (before.entry_id, before.ticket_id, before.message_id)
    assert after.parsed["subject"] == "Вопрос 1"
    call_command("mail_reparse", state="applied")
    assert "nothing to read again" in capsys.readouterr().out


def test_counts_of_a_mailbox_add_up(small_imap: SmallImap, small_mailbox: Any) -> None:
    from tickets.actions.letters import quarantine_letter, store_letter
    from tickets.queries.mailboxes import counts_by_mailbox

    for number in (1, 2):
        small_imap.add(raw(number))
    look(small_mailbox)
    work()
    third = store_letter(mailbox=small_mailbox, source_key="imap:INBOX:1:1", raw=raw(3))
    quarantine_letter(letter_id=third.pk, raw=raw(3), reason="killed")
    store_letter(mailbox=small_mailbox, source_key="imap:INBOX:1:2", raw=raw(4))
    counts = counts_by_mailbox()[small_mailbox.pk]
    assert (counts.came, counts.applied, counts.quarantined, counts.under_way) == (4, 2, 1, 1)
    assert counts.adds_up
