"""A letter comes in by SMTP, is read by IMAP, and stands in a ticket, whatever happens on the way."""

import io
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from PIL import Image

from tests.finishing import resolve
from tests.mailserver import MailServer, a_letter

pytestmark = pytest.mark.django_db(transaction=True)

SUPERVISORS_WORDS = "Это письмо не удалось прочитать. Наставник может скачать его в исходном виде."


def tickets() -> list[Any]:
    from tickets.models import Ticket

    return list(Ticket.objects.select_related("conversation").order_by("number"))


def messages_of(ticket: Any, kind: str = "message") -> list[Any]:
    return list(ticket.conversation.entries.filter(kind=kind).order_by("seq"))


def letters() -> list[Any]:
    from tickets.models import InboundLetter

    return list(InboundLetter.objects.order_by("pk"))


def until(condition: Callable[[], Any], seconds: float = 20) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
    return found


def test_a_letter_becomes_a_ticket_in_the_inbox(mail_server: MailServer, fetch: Any) -> None:
    mail_server.deliver(a_letter("Не могу войти в кабинет.\n\n-- \nАнна"))
    assert fetch() == 1
    [ticket] = tickets()
    assert (ticket.channel, ticket.status, ticket.conversation.subject) == ("email", "open", "Не могу войти")
    assert ticket.conversation.correspondent_address == "anna@mail.example"
    assert ticket.conversation.borrower is None, "an address proves nothing"
    assert ticket.conversation.is_shared
    assert ticket.waiting_since is not None
    [message] = messages_of(ticket)
    assert message.body == "Не могу войти в кабинет."
    assert message.author_name == "Анна Ковалёва"
    assert message.data["trimmed"] == "--\nАнна", "the signature is folded, not deleted"


def test_a_known_address_is_a_candidate_and_nothing_more(mail_server: MailServer, fetch: Any, anna: Any) -> None:
    mail_server.deliver(a_letter(sender=f"Анна <{anna.email}>"))
    fetch()
    [letter], [ticket] = letters(), tickets()
    assert letter.auth_level == "E1"
    assert letter.auth_evidence["candidates"] == [str(anna.pk)]
    assert ticket.conversation.borrower is None


def test_a_file_comes_with_its_letter_and_one_that_is_refused_is_named(mail_server: MailServer, fetch: Any) -> None:
    letter = a_letter("Справка во вложении.")
    letter.add_attachment("сумма;дата\n1;2\n", subtype="plain", filename="справка.txt")
    letter.add_attachment(b"MZ\x90\x00", maintype="application", subtype="octet-stream", filename="счёт.exe")
    mail_server.deliver(letter)
    fetch()
    [message] = messages_of(tickets()[0])
    assert [file.name for file in message.attachments.all()] == ["справка.txt"]
    assert message.data["files_refused"] == ["счёт.exe"]


def test_pictures_of_a_letter_are_written_anew_before_any_lock_is_taken(
    mail_server: MailServer, fetch: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chat.actions import attachments

    locked: list[bool] = []
    written_anew = attachments.images.written_anew

    def watched(*arguments: Any) -> Any:
        locked.append(connection.in_atomic_block)
        return written_anew(*arguments)

    monkeypatch.setattr(attachments.images, "written_anew", watched)
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(picture, "PNG")
    letter = a_letter("Фото чека.")
    letter.add_attachment(picture.getvalue(), maintype="image", subtype="png", filename="чек.png")
    mail_server.deliver(letter)
    letter["X-Way"] = "another"
    mail_server.deliver(letter)
    fetch()
    [message] = messages_of(tickets()[0])
    [file] = message.attachments.all()
    assert sorted(each.state for each in letters()) == ["applied", "duplicate"]
    assert locked and not any(locked)
    kept = [path.name for path in (Path(settings.MEDIA_ROOT) / "attachments").rglob("*") if path.is_file()]
    assert kept == [Path(file.path).name], "the duplicate's files are gone"


def test_the_second_letter_joins_the_ticket(mail_server: MailServer, fetch: Any) -> None:
    mail_server.deliver(a_letter())
    fetch()
    mail_server.deliver(
        a_letter("И ещё вопрос.", message_id="<second@mail.example>", In_Reply_To="<first@mail.example>")
    )
    fetch()
    [ticket] = tickets()
    assert [message.body for message in messages_of(ticket)][1] == "И ещё вопрос."


def test_reading_the_mailbox_twice_changes_nothing(mail_server: MailServer, fetch: Any) -> None:
    mail_server.deliver(a_letter())
    assert (fetch(), fetch()) == (1, 0)
    assert (len(tickets()), len(letters())) == (1, 1)


def test_a_new_uidvalidity_reads_everything_again_and_changes_nothing(mail_server: MailServer, fetch: Any) -> None:
    from tickets.models import FolderCursor

    mail_server.deliver(a_letter())
    mail_server.deliver(a_letter(subject="Другое", message_id="<other@mail.example>"))
    assert fetch() == 2
    mail_server.stop()
    mail_server.start(uidvalidity=2002)
    assert fetch() == 2, "the server names its letters anew, so all of them are looked at"
    assert FolderCursor.objects.get().uidvalidity == 2002
    assert (len(tickets()), len(letters())) == (2, 2)
    mail_server.deliver(a_letter(subject="Третье", message_id="<third@mail.example>"))
    fetch()
    assert len(tickets()) == 3


def test_reading_leaves_no_trace_in_the_mailbox(mail_server: MailServer, mailbox: Any, fetch: Any) -> None:
    from tickets.mailboxes.imap import Folder

    mail_server.deliver(a_letter())
    fetch()
    with Folder(mailbox) as folder:
        assert folder.box.client.uid("SEARCH", "UNSEEN")[1] == [b"101"], "all of them unseen"


def test_a_letter_without_message_id_comes_in(mail_server: MailServer, fetch: Any) -> None:
    mail_server.deliver(a_letter(message_id=""))
    fetch()
    [letter] = letters()
    assert letter.state == "applied"
    assert letter.message_id == f"{letter.sha256}@missing.local"


def test_another_letter_under_a_used_message_id_is_not_lost(mail_server: MailServer, fetch: Any) -> None:
    mail_server.deliver(a_letter("Первое."))
    mail_server.deliver(a_letter("Совсем другое."))
    fetch()
    assert [letter.state for letter in letters()] == ["applied", "applied"]
    assert "message_id_reused" in letters()[1].parsed["problems"]
    assert {message.body for ticket in tickets() for message in messages_of(ticket)} == {"Первое.", "Совсем другое."}


def test_the_same_letter_by_another_way_is_a_duplicate(mail_server: MailServer, fetch: Any) -> None:
    raw = a_letter().as_bytes()
    mail_server.deliver(raw)
    mail_server.deliver(b"Received: from elsewhere by mail.example; Mon, 23 Nov 2026 12:00:03 +0300\n" + raw)
    fetch()
    assert [letter.state for letter in letters()] == ["applied", "duplicate"]
    assert len(tickets()) == 1


def test_a_letter_nobody_can_read_is_set_aside_and_the_next_one_goes_on(
    mail_server: MailServer, fetch: Any, settings: Any
) -> None:
    from tickets.actions.outbox import run_due_jobs
    from tickets.mailboxes import reader
    from tickets.models import Job

    settings.MAIL_READ_MEMORY = 160 * 1024 * 1024  # so that this letter is too much
    reader._reader = None
    poison = a_letter("Много.", subject="Тяжёлое")
    poison.add_attachment(b"\0" * 20_000_000, maintype="application", subtype="octet-stream", filename="много.bin")
    mail_server.deliver(poison)
    mail_server.deliver(a_letter(message_id="<next@mail.example>", subject="Следующее"))
    fetch()
    for _ in range(4):
        Job.objects.filter(done_at=None).update(due_at="2026-01-01T00:00Z")  # the pauses between the attempts
        run_due_jobs()
    reader._reader = None
    heavy, following = letters()
    assert (following.state, heavy.state, heavy.attempts) == ("applied", "quarantined", 3)
    stub = heavy.ticket
    assert stub.conversation.subject == "Тяжёлое"
    assert stub.conversation.correspondent_address == "anna@mail.example"
    [message] = messages_of(stub)
    assert message.body == SUPERVISORS_WORDS
    assert message.data["unreadable"] is True


@pytest.mark.parametrize(
    "moment",
    [
        "letters._begin_attempt",  # stored, never read
        "letters._record_reading",  # being read
        "letters.apply_letter",  # read, not in a ticket
        "letters_apply._remember_ids",  # in the middle of the transaction that puts it into a ticket
        "outbox._record_success",  # in the ticket, its job not yet done
    ],
)
def test_a_worker_killed_at_any_moment_leaves_one_ticket(mail_server: MailServer, mailbox: Any, moment: str) -> None:
    from tickets.actions.mailboxes import import_new_letters
    from tickets.actions.outbox import run_due_jobs
    from tickets.mailboxes.imap import Folder
    from tickets.models import Job

    mail_server.deliver(a_letter())
    with Folder(mailbox) as folder:
        import_new_letters(mailbox=mailbox, folder=folder)
    assert run_in_another_process(KILLED_WORKER.format(moment=moment)) == -9
    Job.objects.update(due_at="2026-01-01T00:00Z")  # the lease of the killed worker runs out
    run_due_jobs()
    [letter], [ticket] = letters(), tickets()
    assert letter.state == "applied"
    assert [message.body for message in messages_of(ticket)] == ["Здравствуйте! Не могу войти в кабинет."]


KILLED_WORKER = """
import importlib, os, signal
import django
django.setup()
from tickets.actions import outbox, letters
module, name = "{moment}".split(".")
def die(*args, **options):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(importlib.import_module("tickets.actions." + module), name, die)
outbox.run_due_jobs()
"""


def run_in_another_process(code: str) -> int:
    """Run code as a worker of this test's desk; returns how it ended."""
    from django.conf import settings

    wrapped = connection.settings_dict
    url = f"postgresql://{wrapped['USER']}@/{wrapped['NAME']}?host={wrapped['HOST']}&port={wrapped['PORT']}"
    environment = os.environ | {"DATABASE_URL": url, "PYTHONPATH": str(settings.BASE_DIR)}
    start = f"from django.conf import settings; settings.MEDIA_ROOT = {str(settings.MEDIA_ROOT)!r}\n"
    return subprocess.run([sys.executable, "-c", start + code], env=environment, timeout=60).returncode


def test_the_watch_brings_a_letter_in_as_it_comes(mail_server: MailServer, mailbox: Any) -> None:
    from tickets.management.watching import Watcher

    watcher = Watcher(mailbox)
    watcher.start()
    try:
        until(lambda: type(mailbox).objects.get().last_success_at)
        mail_server.deliver(a_letter())
        started = time.monotonic()
        until(letters)
        assert time.monotonic() - started < 5, "IDLE tells at once; the poll would take a minute"
        mail_server.stop()
        until(lambda: type(mailbox).objects.get().state == "unreachable")
        mail_server.start()
        mail_server.deliver(a_letter(message_id="<after@mail.example>", subject="После"))
        until(lambda: len(letters()) == 2)
        assert type(mailbox).objects.get().state == "ok"
    finally:
        watcher.stopping.set()
        mail_server.stop()
        watcher.join(20)


def test_two_processes_never_read_one_mailbox(mailbox: Any) -> None:
    import threading

    from tickets.management.watching import lease

    answers: list[bool] = []

    def ask() -> None:
        with lease(mailbox) as is_held:
            answers.append(is_held)
        connection.close()

    with lease(mailbox) as first:
        asker = threading.Thread(target=ask)
        asker.start()
        asker.join(10)
    assert (first, answers) == (True, [False])


def test_a_refused_sign_in_is_shown_and_not_repeated(mailbox: Any) -> None:
    from tickets.actions.mailboxes import ensure_mailbox
    from tickets.management.watching import Watcher

    servers = {name: getattr(mailbox, name) for name in ("imap_host", "imap_port", "imap_security")}
    servers |= {name: getattr(mailbox, name) for name in ("smtp_host", "smtp_port", "smtp_security")}
    ensure_mailbox(address=mailbox.address, name=mailbox.name, password="not this one", **servers)
    watcher = Watcher(mailbox)
    watcher.watch_while_leased()
    watcher.watch_while_leased()
    mailbox.refresh_from_db()
    assert (mailbox.state, mailbox.failures) == ("auth_error", 1)
    assert "not this one" not in mailbox.last_error


def test_clear_text_is_spoken_with_this_machine_only(mailbox: Any) -> None:
    from tickets.mailboxes.errors import MailboxUnusable
    from tickets.mailboxes.imap import Folder

    mailbox.imap_host = "mail.example.com"
    with pytest.raises(MailboxUnusable):
        Folder(mailbox)


def test_the_password_is_not_kept_in_clear(mailbox: Any) -> None:
    from tests.mailserver import PASSWORD

    mailbox.refresh_from_db()
    assert PASSWORD not in mailbox.password_encrypted


def test_an_automatic_answer_is_kept_and_wakes_nobody(mail_server: MailServer, fetch: Any, olga: Any) -> None:

    mail_server.deliver(a_letter())
    fetch()
    resolve(ticket=tickets()[0], by=olga)
    mail_server.deliver(
        a_letter(
            "Я в отпуске.",
            message_id="<away@mail.example>",
            In_Reply_To="<first@mail.example>",
            Auto_Submitted="auto-replied",
        )
    )
    fetch()
    [ticket] = tickets()
    assert ticket.status == "resolved"
    assert [note.body for note in messages_of(ticket, "note")] == ["Я в отпуске."]


def test_a_bounce_that_belongs_nowhere_is_held(mail_server: MailServer, fetch: Any) -> None:
    mail_server.deliver(
        a_letter("Не доставлено.", sender="Mail Delivery <mailer-daemon@mx.example>", X_Failed_Recipients="a@b.example")
    )
    fetch()
    assert ([letter.state for letter in letters()], tickets()) == (["held"], [])


def test_our_own_letter_coming_back_is_ignored_but_kept(mail_server: MailServer, fetch: Any) -> None:
    from tests.mailserver import ADDRESS

    mail_server.deliver(a_letter(sender=f"Лад <{ADDRESS}>"))
    fetch()
    assert [(letter.state, letter.letter_class) for letter in letters()] == [("ignored", "own")]
    assert tickets() == []


def test_supervisors_see_what_is_set_aside_and_can_have_it_read_again(
    mail_server: MailServer, mailbox: Any, olga: Any, elena: Any, as_staff: Any
) -> None:
    from tickets.actions.letters import quarantine_letter, store_letter
    from tickets.actions.outbox import run_due_jobs

    raw = a_letter("Текст письма.").as_bytes()
    letter = store_letter(mailbox=mailbox, source_key="imap:INBOX:1:1", raw=raw)
    quarantine_letter(letter_id=letter.pk, raw=raw, reason="killed")
    page = as_staff(olga).get("/letters/quarantine/").content.decode()
    assert "anna@mail.example" in page
    assert 'aria-label="Неразобранные письма: 1"' in page, "the rail says how many"
    assert as_staff(olga).get(f"/letters/{letter.pk}/raw/").content == raw, "byte by byte as it came"
    for path in ("/letters/quarantine/", f"/letters/{letter.pk}/raw/"):
        assert as_staff(elena).get(path).status_code in {403, 404}
    assert as_staff(olga).post(f"/letters/{letter.pk}/again/").status_code == 302
    run_due_jobs()
    [ticket] = tickets()
    assert [message.body for message in messages_of(ticket)] == [SUPERVISORS_WORDS, "Текст письма."]
    assert letters()[0].state == "applied"
    assert 'aria-label="Неразобранные письма"' in as_staff(olga).get("/profile/").content.decode()


def test_the_staff_see_the_letters_of_a_ticket(mail_server: MailServer, fetch: Any, elena: Any, as_staff: Any) -> None:
    mail_server.deliver(a_letter())
    fetch()
    [ticket] = tickets()
    said = as_staff(elena).get(f"/api/v1/tickets/{ticket.number}/letters").json()
    [came] = said["came"]
    assert (came["state"], came["level"], came["from"]["address"]) == ("applied", "E1", "anna@mail.example")
    assert said["sent"] == []


def test_the_command_reads_every_mailbox_once(
    mail_server: MailServer, mailbox: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    from django.core.management import call_command

    mail_server.deliver(a_letter())
    call_command("mailwatch", once=True)
    assert len(letters()) == 1
    assert "help@lad.example: 1" in capsys.readouterr().out


def test_a_stored_letter_whose_job_is_gone_is_promised_again(mailbox: Any) -> None:
    from tickets.actions.letters import requeue_unread_letters, store_letter
    from tickets.actions.outbox import run_due_jobs
    from tickets.models import InboundLetter, Job

    store_letter(mailbox=mailbox, source_key="imap:INBOX:1:1", raw=a_letter().as_bytes())
    assert requeue_unread_letters() == 0, "it is promised already"
    Job.objects.all().delete()
    InboundLetter.objects.update(received_at="2026-01-01T00:00Z")
    assert requeue_unread_letters() == 1
    run_due_jobs()
    assert [letter.state for letter in letters()] == ["applied"]


@pytest.mark.parametrize(
    ("refusal", "state"),
    [
        ("[UNAVAILABLE] Temporary authentication failure", "unreachable"),
        ("[LIMIT] Too many connections", "unreachable"),
        ("[INUSE] Mailbox in use", "unreachable"),
        ("[AUTHENTICATIONFAILED] Invalid credentials", "auth_error"),
    ],
)
def test_a_server_that_says_not_now_is_tried_again(mailbox: Any, refusal: str, state: str) -> None:
    from tickets.actions.mailboxes import record_trouble
    from tickets.mailboxes.errors import MailError
    from tickets.mailboxes.imap import connect

    with socket.create_server(("127.0.0.1", 0)) as server:
        mailbox.imap_port = server.getsockname()[1]
        mailbox.save()
        refusing = threading.Thread(target=refuse_the_sign_in, args=(server, refusal))
        refusing.start()
        with pytest.raises(MailError) as told:
            connect(mailbox)
        refusing.join(20)
    assert record_trouble(mailbox=mailbox, error=told.value).state == state


def refuse_the_sign_in(server: socket.socket, refusal: str) -> None:
    """An IMAP server that knows nothing but this answer."""
    line, _ = server.accept()
    with line, line.makefile("rw", encoding="utf-8", newline="\r\n") as talk:
        talk.write("* OK ready\n")
        talk.flush()
        for said in talk:
            tag, order = said.split()[:2]
            talk.write("* CAPABILITY IMAP4rev1\n" if order == "CAPABILITY" else "")
            talk.write(f"{tag} NO {refusal}\n" if order == "LOGIN" else f"{tag} OK done\n")
            talk.flush()
            if order == "LOGIN":
                return
