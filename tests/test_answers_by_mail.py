"""An answer leaves by SMTP, threaded to the letter it answers, once, and to nobody else."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32
from typing import Any

import pytest

from tests.mailserver import ADDRESS, MailServer, a_letter
from tests.test_letters import messages_of, tickets

pytestmark = pytest.mark.django_db(transaction=True)


def answer(ticket: Any, agent: Any, body: str = "Здравствуйте! Ссылка отправлена.") -> Any:
    from chat import actions as chat
    from tickets import actions
    from tickets.actions.outbox import run_due_jobs

    ticket.refresh_from_db()
    if ticket.assignee_id != agent.pk:
        actions.take(ticket=ticket, by=agent)
    entry = chat.post_message(conversation=ticket.conversation, author=agent, body=body)
    run_due_jobs()
    return entry


def outgoing() -> list[Any]:
    from tickets.models import OutboundLetter

    return list(OutboundLetter.objects.order_by("pk"))


@pytest.fixture
def ticket(mail_server: MailServer, fetch: Any) -> Any:
    mail_server.deliver(a_letter(References="<root@mail.example>"))
    fetch()
    return tickets()[0]


def text_of(letter: Message) -> str:
    text: str = letter.get_body(("plain",)).get_content()  # type: ignore[attr-defined]
    return text.replace("\r\n", "\n").strip()


def test_the_answer_leaves_threaded_to_the_letter(ticket: Any, mail_server: MailServer, elena: Any) -> None:
    answer(ticket, elena)
    [letter] = mail_server.left()
    assert letter["To"] == "Анна Ковалёва <anna@mail.example>"
    assert letter["From"] == f'"Лад: поддержка" <{ADDRESS}>'
    assert letter["Subject"] == "Re: Не могу войти"
    assert letter["In-Reply-To"] == "<first@mail.example>"
    assert letter["References"].split() == [letter["Message-ID"], "<first@mail.example>"]
    assert letter["Message-ID"].startswith(f"<{ticket.number}.")
    assert letter["Reply-To"].addresses[0].username.startswith(f"help+{ticket.number}.")
    assert letter["Auto-Submitted"] is None
    assert text_of(letter).startswith("Здравствуйте! Ссылка отправлена.\n\n-- \n")
    assert [each.state for each in outgoing()] == ["sent"]


def test_a_reply_to_the_answer_joins_and_is_answered_in_turn(
    ticket: Any, mail_server: MailServer, fetch: Any, elena: Any
) -> None:
    answer(ticket, elena)
    [sent] = mail_server.left()
    mail_server.deliver(
        a_letter(
            "Спасибо, вошла!\n\n23.11.2026 12:05, Лад пишет:\n> Здравствуйте! Ссылка отправлена.",
            subject="Re: Не могу войти",
            message_id="<second@mail.example>",
            In_Reply_To=sent["Message-ID"],
        ),
        to=sent["Reply-To"].addresses[0].addr_spec,
    )
    fetch()
    [same] = tickets()
    assert [message.body for message in messages_of(same)][-1] == "Спасибо, вошла!"
    answer(same, elena, "Хорошего дня!")
    last = mail_server.left()[-1]
    assert last["In-Reply-To"] == "<second@mail.example>"
    ids = [last["Message-ID"], "<first@mail.example>", sent["Message-ID"], "<second@mail.example>"]
    assert last["References"].split() == ids


def test_the_signed_address_alone_finds_the_ticket(
    ticket: Any, mail_server: MailServer, fetch: Any, elena: Any
) -> None:
    answer(ticket, elena)
    letter = a_letter("Пишу заново.", subject="Без темы", message_id="<new@mail.example>")
    letter.replace_header("To", mail_server.left()[0]["Reply-To"])
    mail_server.deliver(letter)
    fetch()
    assert len(tickets()) == 1


def test_a_stranger_cannot_join_by_the_subject_tag(ticket: Any, mail_server: MailServer, fetch: Any) -> None:
    from tickets.mailboxes.passwords import mail_key
    from tickets.rules.email.tokens import subject_tag

    tag = subject_tag(key=mail_key(), ticket=ticket.number)
    stranger = "Мошенник <thief@evil.example>"
    mail_server.deliver(a_letter("Что с займом?", subject=f"Re: {tag}", sender=stranger, message_id="<x@evil.example>"))
    fetch()
    assert len(tickets()) == 2
    assert len(messages_of(ticket)) == 1
    mail_server.deliver(a_letter("Это снова я.", subject=f"Re: {tag}", message_id="<again@mail.example>"))
    fetch()
    assert [message.body for message in messages_of(ticket)][-1] == "Это снова я."


def test_a_stranger_cannot_join_by_guessing_references(ticket: Any, mail_server: MailServer, fetch: Any) -> None:
    mail_server.deliver(
        a_letter(
            "Что с займом?",
            sender="thief@evil.example",
            message_id="<x@evil.example>",
            In_Reply_To="<first@mail.example>",
        )
    )
    mail_server.deliver(
        a_letter(
            "И ещё.",
            sender="thief@evil.example",
            message_id="<y@evil.example>",
            In_Reply_To=f"<{ticket.number}.0123456789abcdef.aaaaaaaaaaaaaaaa@desk.example>",
        )
    )
    fetch()
    assert len(messages_of(ticket)) == 1
    assert messages_of(ticket, "note") == []


def test_whoever_got_our_answer_forwarded_is_shown_to_staff_only(
    ticket: Any, mail_server: MailServer, fetch: Any, elena: Any
) -> None:
    answer(ticket, elena)
    mail_server.deliver(
        a_letter(
            "Я муж Анны, отвечу за неё.",
            sender="Пётр <pyotr@mail.example>",
            message_id="<p@mail.example>",
            In_Reply_To=mail_server.left()[0]["Message-ID"],
        )
    )
    fetch()
    assert len(tickets()) == 1
    [note] = messages_of(ticket, "note")
    assert note.data["unverified"] is True
    assert note.public_seq is None
    answer(ticket, elena, "Второй ответ.")
    assert mail_server.left()[-1]["To"].addresses[0].addr_spec == "anna@mail.example"
    assert mail_server.left()[-1]["In-Reply-To"] == "<first@mail.example>"


def test_a_retry_is_the_same_letter(ticket: Any, mail_server: MailServer, elena: Any) -> None:
    from tickets.actions.outbox import run_due_jobs
    from tickets.models import Job

    mail_server.stop()
    answer(ticket, elena)
    [letter] = outgoing()
    assert (letter.state, letter.error != "") == ("deferred", True)
    mail_server.start()
    Job.objects.filter(done_at=None).update(due_at="2026-01-01T00:00Z")
    run_due_jobs()
    [letter] = outgoing()
    assert letter.state == "sent"
    assert [each["Message-ID"] for each in mail_server.left()] == [f"<{letter.message_id}>"]


def test_a_worker_killed_after_sending_repeats_the_very_same_letter(
    ticket: Any, mail_server: MailServer, elena: Any
) -> None:
    from chat import actions as chat
    from tests.test_letters import KILLED_WORKER, run_in_another_process
    from tickets import actions
    from tickets.actions.outbox import run_due_jobs
    from tickets.models import Job

    actions.take(ticket=ticket, by=elena)
    chat.post_message(conversation=ticket.conversation, author=elena, body="Ответ.")
    assert run_in_another_process(KILLED_WORKER.format(moment="outbox._record_success")) == -9
    assert len(mail_server.left()) == 1
    Job.objects.filter(done_at=None).update(due_at="2026-01-01T00:00Z")
    run_due_jobs()
    assert [each.state for each in outgoing()] == ["sent"]
    assert len({each["Message-ID"] for each in mail_server.left()}) == 1


def test_an_answer_can_be_taken_back_for_a_while(
    ticket: Any, mail_server: MailServer, elena: Any, settings: Any
) -> None:
    from tickets.actions.letters_answer import cancel_answer
    from tickets.actions.outbox import run_due_jobs
    from tickets.errors import TooLate

    settings.MAIL_UNDO_TIME = 600
    answer(ticket, elena)
    [letter] = outgoing()
    assert (letter.state, mail_server.left()) == ("queued", [])
    cancel_answer(letter=letter)
    run_due_jobs()
    assert (outgoing()[0].state, mail_server.left()) == ("cancelled", [])
    with pytest.raises(TooLate):
        cancel_answer(letter=letter)


def test_headers_cannot_be_injected(mail_server: MailServer, fetch: Any, elena: Any) -> None:
    import base64

    evil = base64.b64encode("Привет\r\nBcc: victim@example.com\r\n\r\nтекст".encode()).decode()
    letter = a_letter(message_id="<evil@mail.example>")
    raw = letter.as_bytes().replace(
        letter.as_bytes().split(b"Subject: ")[1].split(b"\n")[0], b"=?utf-8?b?%s?=" % evil.encode()
    )
    mail_server.deliver(raw)
    fetch()
    [ticket] = tickets()
    assert "\n" not in ticket.conversation.subject
    answer(ticket, elena)
    [left] = mail_server.left()
    assert left["Bcc"] is None
    assert left["Subject"].startswith("Re: Привет Bcc: victim@example.com")


@pytest.mark.parametrize("field", ["subject", "to_name", "message_id", "in_reply_to"])
def test_a_line_break_in_any_header_is_refused(field: str) -> None:
    from tickets.rules.email.compose import Draft, Injected, compose

    values = {"from_name": "Лад", "from_address": ADDRESS, "to_name": "Анна", "to_address": "anna@mail.example"}
    values |= {
        "reply_to": ADDRESS,
        "subject": "Тема",
        "body": "Текст",
        "message_id": "1@desk.example",
        "in_reply_to": "",
    }
    values[field] = "a\r\nBcc: victim@example.com"
    with pytest.raises(Injected):
        compose(Draft(**values, sent_at=datetime.now(UTC)), key="k")


def test_a_refused_letter_is_shown_as_not_sent(ticket: Any, mail_server: MailServer, elena: Any) -> None:
    from chat.models import Conversation
    from tickets.actions.letters_answer import retry_answer
    from tickets.actions.outbox import run_due_jobs
    from tickets.models import Suppression

    asked = (ticket.status, ticket.waiting_since, ticket.due_at)
    Suppression.objects.create(address="anna@mail.example", reason="bounced")
    answer(ticket, elena)
    [letter] = outgoing()
    assert (letter.state, letter.error, mail_server.left()) == ("failed", "suppressed", [])
    ticket.refresh_from_db()
    assert (ticket.status, ticket.waiting_since, ticket.due_at) == asked, "it is still owed"
    Suppression.objects.all().delete()
    retry_answer(letter=letter)
    run_due_jobs()
    assert outgoing()[0].state == "sent"
    ticket.refresh_from_db()
    assert (ticket.status, ticket.waiting_since, ticket.due_at) == ("waiting", None, None)
    assert ticket.first_response_at == ticket.staff_wrote_at > letter.entry.created_at
    assert Conversation.objects.count() == 1


def test_the_writer_may_call_an_answer_back_and_a_colleague_may_not(
    ticket: Any, mail_server: MailServer, elena: Any, dmitry: Any, olga: Any, as_staff: Any, settings: Any
) -> None:
    settings.MAIL_UNDO_TIME = 600
    entry = answer(ticket, elena)
    letters = f"/api/v1/tickets/{ticket.number}/letters"
    assert [each["state"] for each in as_staff(elena).get(letters).json()["sent"]] == ["queued"]
    assert as_staff(dmitry).post(f"{letters}/{entry.seq}/cancel").status_code == 404
    assert as_staff(elena).post(f"{letters}/{entry.seq}/cancel").json()["state"] == "cancelled"
    late = as_staff(elena).post(f"{letters}/{entry.seq}/cancel")
    assert (late.status_code, late.json()["code"]) == (409, "too_late")
    assert as_staff(olga).post(f"{letters}/{entry.seq}/retry").status_code == 409


def test_a_letter_the_server_took_is_sent_whatever_it_says_to_our_goodbye(
    ticket: Any, mail_server: MailServer, elena: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from supportdesk.demo.mailserver import Delivery

    async def grumble(*_: Any) -> str:
        return "421 4.3.2 Too busy to part politely"

    monkeypatch.setattr(Delivery, "handle_QUIT", grumble, raising=False)
    answer(ticket, elena)
    assert [each.state for each in outgoing()] == ["sent"]
    assert len(mail_server.left()) == 1


def test_an_answer_without_a_mailbox_is_shown_as_not_sent_and_leaves_once_there_is_one(
    mail_server: MailServer, elena: Any, settings: Any, request: pytest.FixtureRequest
) -> None:
    from chat import actions as chat
    from tickets.actions.letters_answer import retry_answer
    from tickets.actions.outbox import run_due_jobs

    settings.MAIL_UNDO_TIME = 0
    conversation = chat.start_conversation(
        channel="email", correspondent_address="anna@mail.example", is_shared=True, context={}
    )
    author = chat.Correspondent(name="Анна", address="anna@mail.example")
    chat.post_message(conversation=conversation, author=author, body="Пришлите справку")
    answer(conversation.ticket, elena)
    [letter] = outgoing()
    assert (letter.state, letter.error) == ("failed", "no mailbox to send from")
    conversation.ticket.refresh_from_db()
    assert conversation.ticket.waiting_since is not None, "it is still owed"
    request.getfixturevalue("mailbox")
    retry_answer(letter=letter)
    run_due_jobs()
    assert [each.state for each in outgoing()] == ["sent"]
    assert len(mail_server.left()) == 1


def test_a_letter_whose_file_is_gone_is_shown_as_not_sent(
    ticket: Any, mail_server: MailServer, elena: Any, settings: Any
) -> None:
    from pathlib import Path

    from django.core.files.uploadedfile import SimpleUploadedFile

    from chat import actions as chat
    from tickets import actions, jobs
    from tickets.actions.outbox import run_due_jobs
    from tickets.models import Job

    actions.take(ticket=ticket, by=elena)
    file = SimpleUploadedFile("справка.txt", "Займ закрыт.".encode())
    attached = chat.attach_file(conversation=ticket.conversation, author=elena, upload=file)
    (Path(settings.MEDIA_ROOT) / attached.path).unlink()
    chat.post_message(conversation=ticket.conversation, author=elena, body="Вот она.", attachments=[attached.pk])
    run_due_jobs()
    assert [each.state for each in outgoing()] == ["deferred"]
    Job.objects.filter(done_at=None).update(due_at="2026-01-01T00:00Z", attempts=jobs.MAX_ATTEMPTS - 1)
    run_due_jobs()
    assert [(each.state, each.error) for each in outgoing()] == [("failed", "FileNotFoundError")]
    assert mail_server.left() == []


def test_an_answer_called_back_is_still_owed_and_counts_for_nothing(
    ticket: Any, mail_server: MailServer, elena: Any, settings: Any
) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from tickets.actions.letters_answer import cancel_answer
    from tickets.queries.reports import service_report

    def first_answers() -> int:
        now = timezone.now()
        report = service_report(since=now - timedelta(hours=1), until=now)
        return next(each for each in report.channels if each.channel == "email").first_response.wait.n

    asked = (ticket.status, ticket.waiting_since, ticket.due_at, ticket.warn_at, None)
    settings.MAIL_UNDO_TIME = 600
    answer(ticket, elena)
    assert first_answers() == 1
    cancel_answer(letter=outgoing()[0])
    ticket.refresh_from_db()
    owed = (ticket.status, ticket.waiting_since, ticket.due_at, ticket.warn_at, ticket.first_response_at)
    assert owed == asked
    assert first_answers() == 0
    answer(ticket, elena, body="Здравствуйте! Вот новая ссылка.")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.waiting_since, first_answers()) == ("waiting", None, 1)


def test_long_russian_words_keep_their_spaces_in_every_header() -> None:
    from tickets.rules.email.compose import Draft, compose

    subject = "Re: Не согласна с записью в кредитной истории и прошу её исправить в течение трёх дней"
    sender, recipient = "Елена, служба поддержки «Лад»", "Константин Александрович Преображенский-Голенищев"
    letter = compose(
        Draft(
            from_name=sender,
            from_address=ADDRESS,
            to_name=recipient,
            to_address="anna@mail.example",
            reply_to=ADDRESS,
            subject=subject,
            body="Здравствуйте!",
            message_id="a.b@lad.example",
            sent_at=datetime.now(UTC),
        ),
        key="k",
    )
    read = message_from_bytes(letter.as_bytes(), policy=compat32)
    shown = {name: str(make_header(decode_header(read[name]))) for name in ("Subject", "From", "To")}
    assert shown == {
        "Subject": subject,
        "From": f"{sender} <{ADDRESS}>",
        "To": f"{recipient} <anna@mail.example>",
    }
    assert max(map(len, letter.as_bytes().split(b"\r\n"))) <= 78
