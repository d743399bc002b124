"""The desk never talks with machines: bounces, absences, floods, and other desks like itself."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from tests.finishing import resolve
from tests.mailserver import ADDRESS, PASSWORD, MailServer, a_letter
from tests.test_answers_by_mail import answer, outgoing, ticket  # noqa: F401  a fixture
from tests.test_letters import letters, messages_of, tickets
from tickets.rules.email import read_letter
from tickets.rules.email.loops import Came, Counts, is_broken, why_silent

REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "mail" / "broken" / "bounces"


@pytest.fixture
def talking(mailbox: Any) -> Any:
    """The mailbox says at once that a letter came."""
    mailbox.acknowledges = True
    mailbox.save(update_fields=["acknowledges"])
    return mailbox


def report(
    about: Message | str,
    *,
    recipient: str = "anna@mail.example",
    action: str = "failed",
    status: str = "5.1.1",
    said: str = "smtp; 550 5.1.1 User unknown",
    to: str = ADDRESS,
) -> bytes:
    """A delivery report as mail servers write it."""
    returned = about if isinstance(about, str) else str(about["Message-ID"])
    return (
        f"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.mail.example\r\nTo: {to}\r\nSubject: Undelivered Mail\r\n"
        f"Message-ID: <report-{status}-{action}@mx.mail.example>\r\nAuto-Submitted: auto-replied\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI am sorry to inform you.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.mail.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: {said}\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {returned}\r\nSubject: x\r\n\r\n--b--\r\n"
    ).encode()


# bounces


@pytest.mark.parametrize(
    ("action", "status", "said", "expected"),
    [
        ("failed", "5.1.1", "smtp; 550 5.1.1 User unknown", ("hard", True)),
        ("failed", "5.2.1", "smtp; 550 5.2.1 disabled", ("hard", True)),
        ("failed", "5.3.0", "smtp; 553 Unknown E-Mail Address", ("hard", True)),
        ("failed", "5.0.0", "smtp; 550 не существует", ("hard", True)),
        ("failed", "5.2.2", "smtp; 552 5.2.2 mailbox is full", ("soft", True)),
        ("failed", "5.7.1", "smtp; 550 5.7.1 looks like spam", ("soft", True)),
        ("failed", "4.4.7", "smtp; 421 timed out", ("soft", True)),
        ("delayed", "4.4.1", "smtp; connection refused", ("soft", False)),
        ("delivered", "2.1.5", "smtp; 250 ok", ("unknown", False)),
        ("relayed", "2.0.0", "smtp; 250 ok", ("unknown", False)),
    ],
)
def test_a_report_is_read_as_what_it_says(action: str, status: str, said: str, expected: tuple[str, bool]) -> None:
    facts = read_letter(report("<x@desk.example>", action=action, status=status, said=said)).bounce
    assert facts is not None
    assert (facts.kind, facts.is_final) == expected
    assert (facts.recipients, facts.returned_id) == (("anna@mail.example",), "x@desk.example")


def test_real_reports_name_their_recipients_and_our_letter() -> None:
    if not REAL.is_dir():
        pytest.skip(f"the collection of real letters is not beside this checkout ({REAL})")
    facts = [read_letter(path.read_bytes()).bounce for path in sorted(REAL.glob("*.eml"))]
    assert [each.kind for each in facts if each] == ["hard", "hard", "soft", "soft", "hard"]
    assert all(each and each.recipients and each.returned_id for each in facts)


@pytest.mark.django_db(transaction=True)
def test_a_dead_address_is_given_up_and_the_answer_is_owed_again(
    ticket: Any,  # noqa: F811
    mail_server: MailServer,
    fetch: Any,
    elena: Any,
    olga: Any,
    as_staff: Any,
) -> None:
    from tickets.actions.outbox import run_due_jobs
    from tickets.models import Suppression

    entry = answer(ticket, elena)
    mail_server.deliver(report(mail_server.left()[0]), sender="")
    fetch()
    ticket.refresh_from_db()
    [sent] = outgoing()
    assert (sent.state, sent.error) == ("bounced", "smtp; 550 5.1.1 User unknown")
    assert (ticket.status, ticket.waiting_since is not None) == ("open", True)
    [note] = messages_of(ticket, "note")
    assert (note.data["class"], note.public_seq) == ("bounce", None)
    shown = as_staff(elena).get(f"/api/v1/tickets/{ticket.number}/letters").json()
    assert shown["sent"][0]["state"] == "bounced"
    given_up = shown["participants"][0]["suppression"]
    assert given_up["reason"] == "smtp; 550 5.1.1 User unknown"
    lift = f"/api/v1/suppressions/{given_up['id']}/lift"
    assert as_staff(elena).post(lift).status_code == 403
    assert as_staff(olga).post(lift).status_code == 204
    assert not Suppression.objects.exists()
    assert as_staff(olga).post(f"/api/v1/tickets/{ticket.number}/letters/{entry.seq}/retry").status_code == 200
    run_due_jobs()
    assert [each.state for each in outgoing()] == ["sent"]
    assert len({each["Message-ID"] for each in mail_server.left()}) == 1


@pytest.mark.django_db(transaction=True)
def test_the_return_address_alone_tells_which_letter_came_back(
    ticket: Any,  # noqa: F811
    mail_server: MailServer,
    fetch: Any,
    elena: Any,
) -> None:
    from tickets.models import Suppression

    answer(ticket, elena)
    back = mail_server.left()[0]["Return-Path"].strip("<>")
    assert re.fullmatch(r"help\+b\.\d+\.[a-z2-7]{16}@lad\.example", back)
    mail_server.deliver(report("<rewritten@provider.example>", to=back), sender="", to=back)
    fetch()
    assert [each.state for each in outgoing()] == ["bounced"]
    assert [each.address for each in Suppression.objects.all()] == ["anna@mail.example"]


@pytest.mark.django_db(transaction=True)
def test_a_forged_report_changes_nothing(
    ticket: Any,  # noqa: F811
    mail_server: MailServer,
    fetch: Any,
    elena: Any,
) -> None:
    """An id of Anna's, a forged id of ours, a forged return address; a true one about somebody we never wrote to."""
    from tickets.models import Suppression

    answer(ticket, elena)
    forged = [
        report("<first@mail.example>"),
        report("<1.2.0123456789abcdef.aaaaaaaaaaaaaaaa@desk.example>", status="5.1.2"),
        report("<x@y.example>", to="help+b.1.aaaaaaaaaaaaaaaa@lad.example", status="5.1.3"),
        report(mail_server.left()[0], recipient="sergey@mail.example", status="5.1.4"),
    ]
    for each in forged:
        mail_server.deliver(each, sender="")
    fetch()
    ticket.refresh_from_db()
    assert (outgoing()[0].state, Suppression.objects.count(), ticket.status) == ("sent", 0, "waiting")
    assert len(tickets()) == 1, "what belongs to no ticket waits for a supervisor"
    assert [each.state for each in letters()[1:]] == ["held", "held", "held", "applied"]


@pytest.mark.django_db(transaction=True)
def test_a_living_address_is_not_given_up(
    ticket: Any,  # noqa: F811
    mail_server: MailServer,
    fetch: Any,
    elena: Any,
) -> None:
    from tickets.models import Suppression

    answer(ticket, elena)
    cases = [("2.1.5", "delivered", "sent"), ("4.4.1", "delayed", "sent"), ("5.2.2", "failed", "bounced")]
    for status, action, state in cases:
        about = mail_server.left()[0]
        mail_server.deliver(report(about, status=status, action=action, said="smtp; x"), sender="")
        fetch()
        assert (outgoing()[0].state, Suppression.objects.count()) == (state, 0)
    assert len(messages_of(ticket, "note")) == 3


# machines


MACHINES = [
    {"Auto-Submitted": "auto-replied"},
    {"Auto-Submitted": "auto-generated"},
    {"Precedence": "bulk"},
    {"Precedence": "auto_reply"},
    {"List-Id": "<news.shop.example>"},
    {"X-Autoreply": "yes"},
    {"X-Auto-Response-Suppress": "DR, OOF, AutoReply"},
    {"Return-Path": "<>"},
]


@pytest.mark.django_db(transaction=True)
def test_machines_are_attached_never_answered_and_move_nothing(
    ticket: Any,  # noqa: F811
    talking: Any,
    mail_server: MailServer,
    fetch: Any,
    elena: Any,
) -> None:

    answer(ticket, elena)
    resolve(ticket=ticket, by=elena)
    ticket.refresh_from_db()
    before = (ticket.status, ticket.waiting_since, ticket.borrower_wrote_at)
    for number, headers in enumerate(MACHINES):
        away = a_letter(f"Я в отпуске {number}.", message_id=f"<away{number}@mail.example>")
        away["In-Reply-To"] = mail_server.left()[0]["Message-ID"]
        for name, value in headers.items():
            away[name] = value
        mail_server.deliver(away, sender="" if "Return-Path" in headers else "anna@mail.example")
    fetch()
    ticket.refresh_from_db()
    assert (ticket.status, ticket.waiting_since, ticket.borrower_wrote_at) == before
    notes = [note.body for note in messages_of(ticket, "note")]
    assert notes == [f"Я в отпуске {number}." for number in range(len(MACHINES))]
    assert (len(mail_server.left()), len(tickets())) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_our_own_letter_that_comes_back_is_ignored_and_kept(
    ticket: Any,  # noqa: F811
    talking: Any,
    mail_server: MailServer,
    fetch: Any,
    elena: Any,
) -> None:
    answer(ticket, elena)
    mail_server.deliver(mail_server.left()[0].as_bytes())
    mail_server.deliver(a_letter(sender=f"Лад <{ADDRESS}>", message_id="<own@lad.example>"))
    fetch()
    assert [(each.state, each.error) for each in letters()[1:]] == [("ignored", "own"), ("ignored", "own")]
    assert (len(tickets()), len(mail_server.left())) == (1, 1)


# acknowledgements


def text_of(letter: Message) -> str:
    return letter.get_body(("plain",)).get_content()  # type: ignore[attr-defined,no-any-return]


@pytest.mark.django_db(transaction=True)
def test_a_letter_is_acknowledged_with_a_time_and_nothing_of_any_account(
    talking: Any, mail_server: MailServer, fetch: Any, anna: Any
) -> None:
    from django.utils import timezone

    mail_server.deliver(a_letter(sender=f"Анна Ковалёва <{anna.email}>"), sender=anna.email)
    fetch()
    fetch()
    [ticket_], [ack] = tickets(), mail_server.left()
    text = text_of(ack)
    due = timezone.localtime(ticket_.due_at + timedelta(seconds=59))
    assert f"номер заявки — {ticket_.number}." in text
    assert f"до {due.day} " in text and due.strftime("%H:%M") in text
    assert text.startswith("Здравствуйте.\r\n"), "an unproved sender is greeted without a name"
    assert (ack["Auto-Submitted"], ack["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    assert (ack["In-Reply-To"], ack["To"]) == ("<first@mail.example>", anna.email)
    assert f"[SD-{ticket_.number}-" in ack["Subject"]
    ticket_.refresh_from_db()
    assert (ticket_.status, ticket_.first_response_at) == ("open", None), "a machine's word is no answer"
    reply = a_letter("Спасибо.", subject=ack["Subject"], message_id="<reply@mail.example>", sender=anna.email)
    reply["In-Reply-To"] = ack["Message-ID"]
    mail_server.deliver(reply, sender=anna.email)
    fetch()
    fetch()
    assert (len(tickets()), len(mail_server.left())) == (1, 1), "joined, and not acknowledged twice a day"


@pytest.mark.django_db(transaction=True)
def test_no_time_is_named_while_promises_are_broken(talking: Any, mail_server: MailServer, fetch: Any) -> None:
    from django.utils import timezone

    from tickets.models import Ticket

    mail_server.deliver(a_letter())
    fetch()
    Ticket.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    mail_server.deliver(a_letter(sender="p@mail.example", message_id="<2@mail.example>"), sender="p@mail.example")
    fetch()
    fetch()
    text = text_of(mail_server.left()[-1])
    assert "Перед вашим — 1 письмо." in text
    assert "Ответим до" not in text


@pytest.mark.django_db(transaction=True)
def test_the_first_import_is_silent(talking: Any, mail_server: MailServer, fetch: Any) -> None:
    from django.utils import timezone

    talking.silent_until = timezone.now() + timedelta(hours=1)
    talking.save(update_fields=["silent_until"])
    mail_server.deliver(a_letter())
    fetch()
    fetch()
    assert (len(tickets()), mail_server.left()) == (1, [])


@pytest.mark.django_db(transaction=True)
def test_a_flood_is_collected_in_one_ticket_and_not_answered(talking: Any, mail_server: MailServer, fetch: Any) -> None:
    for number in range(8):
        mail_server.deliver(
            a_letter(f"Письмо {number}", subject=f"Тема {number}", message_id=f"<{number}@mail.example>")
        )
    fetch()
    fetch()
    assert len(tickets()) == 5
    assert len(messages_of(tickets()[-1])) == 4
    assert messages_of(tickets()[-1])[-1].data["collected"] is True
    assert [each.state for each in letters()] == ["applied"] * 8, "none is lost"
    assert len(mail_server.left()) == 1


CAME = Came(
    is_human=True, is_message=True, is_on=True, is_silenced=False, has_address=True, is_suppressed=False, age=10.0
)


@pytest.mark.parametrize(
    ("came", "counts", "reason"),
    [
        ({}, {}, ""),
        ({"is_human": False}, {}, "machine"),
        ({"is_message": False}, {}, "beside"),
        ({"is_on": False}, {}, "off"),
        ({"is_silenced": True}, {}, "first_import"),
        ({"has_address": False}, {}, "no_address"),
        ({"is_suppressed": True}, {}, "suppressed"),
        ({"age": 100_000.0}, {}, "old"),
        ({}, {"to_address_today": 1}, "address"),
        ({}, {"for_ticket": 3}, "ticket"),
        ({}, {"letters_this_hour": 20}, ""),
        ({}, {"letters_this_hour": 21}, "flood"),
        ({}, {"recent": 49}, ""),
        ({}, {"recent": 50}, "breaker"),
        ({}, {"recent": 50, "usual": 6.0}, ""),
        ({}, {"recent": 60, "usual": 6.0}, "breaker"),
    ],
)
def test_when_the_desk_keeps_silent(came: dict[str, Any], counts: dict[str, Any], reason: str) -> None:
    from dataclasses import replace

    assert why_silent(replace(CAME, **came), Counts(**counts)) == reason


@pytest.mark.django_db(transaction=True)
def test_far_more_acknowledgements_than_usual_stop_them_and_raise_an_alarm(
    talking: Any, mail_server: MailServer, fetch: Any
) -> None:
    from tickets.models import OutboundLetter
    from tickets.queries.operations import desk_facts
    from tickets.rules.alarms import alarms_of

    mail_server.deliver(a_letter())
    fetch()
    assert "letters_answering" not in {alarm.code for alarm in alarms_of(desk_facts())}
    rows = [
        OutboundLetter(
            ticket=tickets()[0], purpose="ack", message_id=f"{n}@desk.example", to_address=f"{n}@x.example", subject="x"
        )
        for n in range(60)
    ]
    OutboundLetter.objects.bulk_create(rows)
    before = len(outgoing())
    mail_server.deliver(a_letter(sender="p@mail.example", message_id="<2@mail.example>"), sender="p@mail.example")
    fetch()
    assert len(outgoing()) == before
    assert is_broken(61, 0.1)
    assert "letters_answering" in {alarm.code for alarm in alarms_of(desk_facts())}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("keeps_headers", [True, False], ids=["honest headers", "a relay strips what machines say"])
def test_two_desks_that_answer_each_other_stop_after_two_letters(
    talking: Any, mail_server: MailServer, fetch: Any, settings: Any, keeps_headers: bool
) -> None:
    from tickets.actions.letters import store_letter
    from tickets.actions.mailboxes import ensure_mailbox
    from tickets.actions.outbox import run_due_jobs
    from tickets.mailboxes.passwords import encrypt
    from tickets.models import Mailbox

    ends = {name: getattr(talking, name) for name in ("smtp_host", "smtp_port", "smtp_security", "imap_host")}
    other = ensure_mailbox(address="support@other.example", name="Другая", password="x", **ends)
    desks = {ADDRESS: (talking.pk, "key of one desk"), "support@other.example": (other.pk, "key of another")}

    def hand_in(letter: Message) -> None:
        """To the desk it is for: one that knows neither the other's key nor its mailbox."""
        address = letter["To"].addresses[0].addr_spec
        number, settings.MAIL_KEY = desks[address]
        Mailbox.objects.exclude(pk=number).update(address=f"not.{number}@somebody.else")
        values = {"address": address, "username": ADDRESS, "password_encrypted": encrypt(PASSWORD)}
        Mailbox.objects.filter(pk=number).update(**values)
        raw = letter.as_bytes()
        if not keeps_headers:
            raw = re.sub(
                rb"(?im)^(auto-submitted|x-auto-response-suppress|x-sd-instance|return-path):.*\r?\n", b"", raw
            )
        box = Mailbox.objects.get(pk=number)
        store_letter(mailbox=box, source_key=f"imap:test:{letter['Message-ID']}", raw=raw)
        run_due_jobs()
        run_due_jobs()

    first = a_letter(sender="support@other.example", message_id="<one@other.example>")
    waiting: list[Message] = [message_from_bytes(first.as_bytes(), policy=default)]
    seen = 0
    while waiting and seen < 20:
        hand_in(waiting.pop(0))
        both = sorted([*mail_server.left(), *mail_server.letters("help")], key=lambda each: each["Date"].datetime)
        waiting += both[seen:]
        seen = len(both)
    assert 1 <= seen <= 2
