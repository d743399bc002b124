"""What leaves by mail: to whom, with what, and never with more than it should say."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any
from uuid import uuid4

import pytest

from tests.mailserver import ADDRESS, MailServer, a_letter
from tests.test_answers_by_mail import answer, outgoing, text_of, ticket  # noqa: F401  a fixture
from tests.test_letters import messages_of, tickets
from tickets.rules.email import read_letter
from tickets.rules.email.compose import Draft, Injected, aliases_of, compose, references
from tickets.rules.email.domains import ascii_address

PYOTR = "pyotr@mail.example"


def a_draft(**values: Any) -> Draft:
    known: dict[str, Any] = {"from_name": "Лад", "from_address": ADDRESS, "to_name": "Анна", "subject": "Re: Вопрос"}
    known |= {"to_address": "anna@mail.example", "reply_to": "help+1.a.b@lad.example", "body": "Здравствуйте!"}
    known |= {"message_id": "1.2.ab.cd@desk.example", "sent_at": datetime(2026, 11, 23, 9, tzinfo=UTC)}
    return Draft(**known | values)


# the letter as a value


def test_references_keep_our_own_id_first_then_the_first_and_the_last_nineteen() -> None:
    ids = [f"{n}@mail.example" for n in range(40)]
    kept = references(ids, own="own@desk.example")
    assert kept == ["own@desk.example", ids[0], *ids[-19:]]
    assert references(["own@desk.example", "a@b"], own="own@desk.example") == ["own@desk.example", "a@b"]


@pytest.mark.parametrize("name", ["subject", "to_name", "message_id", "in_reply_to", "to_address", "reply_to", "cc"])
@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\0", "\u2028", "\x0b", "\x85"])
def test_no_header_can_be_injected(name: str, break_: str) -> None:
    evil = f"a{break_}Bcc: victim@example.com"
    with pytest.raises(Injected):
        compose(a_draft(**{name: [evil] if name == "cc" else evil}), key="k")


def test_only_machine_letters_say_that_they_are() -> None:
    spoken, automatic = compose(a_draft(), key="k"), compose(a_draft(is_automatic=True), key="k")
    assert (spoken["Auto-Submitted"], spoken["X-Auto-Response-Suppress"], spoken["Precedence"]) == (None, None, None)
    assert (automatic["Auto-Submitted"], automatic["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    assert read_letter(automatic.as_bytes()).is_automatic
    assert not read_letter(spoken.as_bytes()).is_automatic


def test_a_letter_is_text_and_html_that_say_the_same() -> None:
    quote = "-- reply above this line --\nАнна пишет:\n<b>Где</b> ссылка?"
    draft = a_draft(body="Раз.\n\nДва & <три>.", signature="Елена\nЛад", quote=quote)
    letter = compose(draft, key="k")
    text = text_of(message_from_bytes(letter.as_bytes(), policy=default))
    assert text == (
        "Раз.\n\nДва & <три>.\n\n-- \nЕлена\nЛад\n\n-- reply above this line --\n\nАнна пишет:\n> <b>Где</b> ссылка?"
    )
    html = letter.get_body(("html",)).get_content()
    assert "Два &amp; &lt;три&gt;." in html
    assert "<blockquote><p>&lt;b&gt;Где&lt;/b&gt; ссылка?" in html
    assert letter.as_bytes() == compose(draft, key="k").as_bytes()


def test_whoever_answers_above_the_line_is_read_without_what_is_below_it() -> None:
    quote = "-- reply above this line · ответьте выше этой строки --\n23.11.2026, Анна пишет:\nГде ссылка?"
    ours = text_of(message_from_bytes(compose(a_draft(quote=quote), key="k").as_bytes(), policy=default))
    reply = "Спасибо!\n\n" + "\n".join(f"> {line}" for line in ours.splitlines())
    assert read_letter(a_letter(reply).as_bytes()).reply_text == "Спасибо!"
    assert read_letter(a_letter(f"Спасибо!\n\n{ours[ours.index('-- reply') :]}").as_bytes()).reply_text == "Спасибо!"


@pytest.mark.parametrize(
    ("said", "host", "expected"),
    [
        (
            "Ok 0100018b2f3c4d5e-11111111-2222-3333-4444-555555555555-000000",
            "email-smtp.eu-west-1.amazonaws.com",
            ["eu-west-1.amazonses.com", "email.amazonses.com"],
        ),
        ("2.0.0 OK 1700000000 x1-20020a5d6543000000b0033140c0ab12si1 - gsmtp", "smtp.gmail.com", []),
        ("OK queued as 1234", "email-smtp.eu-west-1.amazonaws.com", []),
    ],
)
def test_a_provider_that_renames_letters_is_known_by_what_it_says(said: str, host: str, expected: list[str]) -> None:
    assert [each.partition("@")[2] for each in aliases_of(said, host=host)] == expected


def test_an_address_of_another_alphabet_is_written_so_that_every_server_takes_it() -> None:
    assert ascii_address("anna@кабинет.рф") == "anna@xn--80acmlhv0b.xn--p1ai"
    assert ascii_address("Anna@Mail.example") == "Anna@Mail.example"
    with pytest.raises(ValueError, match="cannot be written to"):
        ascii_address("анна@mail.example")


HEADERS = {
    "Gmail": "On Mon, Nov 23, 2026 at 12:05 PM Лад <help+1.a.b@lad.example> wrote:",
    "Outlook": "From: Лад <help@lad.example>\nSent: Monday, November 23, 2026 12:05\nTo: Anna\nSubject: Re: Вопрос",
    "Apple": "> 23 нояб. 2026 г., в 12:05, Лад <help@lad.example> написал(а):",
}


@pytest.mark.parametrize("program", HEADERS)
def test_answers_of_mail_programs_name_our_letter_and_are_read_alone(program: str) -> None:
    ours = compose(a_draft(references=["first@mail.example"]), key="k")
    chain = f"{ours['References']} {ours['Message-ID']}"
    reply = a_letter(
        f"Спасибо!\n\n{HEADERS[program]}\n\n> Здравствуйте!", In_Reply_To=ours["Message-ID"], References=chain
    )
    reading = read_letter(reply.as_bytes())
    assert (reading.reply_text, reading.in_reply_to) == ("Спасибо!", ("1.2.ab.cd@desk.example",))
    assert "1.2.ab.cd@desk.example" in reading.references


# through the front door


@pytest.mark.django_db(transaction=True)
def test_an_answer_carries_signature_quote_and_return_address_and_no_numbers(
    mail_server: MailServer, fetch: Any, mailbox: Any, elena: Any
) -> None:
    mailbox.signature = "Служба поддержки «Лад»\n8 800 000-00-00"
    mailbox.save(update_fields=["signature"])
    mail_server.deliver(a_letter("Мой паспорт 4509 123456, карта 4111 1111 1111 1111. Где ссылка?"))
    fetch()
    [found] = tickets()
    answer(found, elena)
    [letter] = mail_server.left()
    text = text_of(letter)
    assert text.startswith(
        "Здравствуйте! Ссылка отправлена.\n\n-- \nЕлена\nСлужба поддержки «Лад»\n8 800 000-00-00\n\n--"
    )
    assert "Анна Ковалёва пишет:\n> Мой паспорт" in text
    for leaking in (text, letter.get_body(("html",)).get_content()):
        assert "123456" not in leaking and "4111 1111" not in leaking
    assert re.fullmatch(r"<help\+b\.\d+\.[a-z2-7]{16}@lad\.example>", letter["Return-Path"])
    assert re.fullmatch(
        rf"help\+{found.number}\.[a-z2-7]{{8}}\.[a-z2-7]{{16}}", letter["Reply-To"].addresses[0].username
    )


@pytest.mark.django_db(transaction=True)
def test_a_copy_goes_to_a_stranger_only_when_the_agent_confirms_it(
    ticket: Any,  # noqa: F811
    mail_server: MailServer,
    elena: Any,
    dmitry: Any,
    as_staff: Any,
) -> None:
    from tickets import actions
    from tickets.actions.outbox import run_due_jobs

    actions.take(ticket=ticket, by=elena)
    address = f"/api/v1/tickets/{ticket.number}/letters"
    said: dict[str, Any] = {"id": str(uuid4()), "body": "Ответ вам обоим.", "cc": [PYOTR]}
    assert as_staff(dmitry).post(address, said).status_code in {403, 404}
    refused = as_staff(elena).post(address, said)
    assert (refused.status_code, refused.json()["code"]) == (409, "third_party")
    assert len(messages_of(ticket)) == 1, "nothing was stored"
    sent = as_staff(elena).post(address, said | {"confirmed": [PYOTR]})
    assert (sent.status_code, sent.json()["cc"], sent.json()["state"]) == (201, [PYOTR], "queued")
    run_due_jobs()
    [letter] = mail_server.left()
    assert (letter["To"], letter["Cc"]) == ("Анна Ковалёва <anna@mail.example>", PYOTR)
    shown = as_staff(elena).get(address).json()["participants"]
    assert [each["address"] for each in shown] == ["anna@mail.example", PYOTR]
    assert messages_of(ticket)[-1].data["cc"] == [PYOTR]
    again = {"id": str(uuid4()), "body": "И ещё.", "cc": [PYOTR]}
    assert as_staff(elena).post(address, again).status_code == 201, "now he takes part"
    for wrong in (
        {"to": "boss@evil.example"},
        {"cc": [ADDRESS]},
        {"cc": ["x\r\nBcc: a@b.example"]},
        {"cc": ["help+1@lad.example"]},
    ):
        refused = as_staff(elena).post(address, {"id": str(uuid4()), "body": "Нет."} | wrong)
        assert (refused.status_code, refused.json()["code"]) == (400, "unknown_recipient"), wrong


@pytest.mark.django_db(transaction=True)
def test_a_participant_beside_the_correspondent_is_answered_alone(
    ticket: Any,  # noqa: F811
    mail_server: MailServer,
    fetch: Any,
    elena: Any,
    as_staff: Any,
) -> None:
    from tickets.actions.letters_parties import admit_letter
    from tickets.actions.outbox import run_due_jobs
    from tickets.models import InboundLetter

    answer(ticket, elena)
    to = mail_server.left()[0]["Message-ID"]
    mail_server.deliver(
        a_letter("Я муж Анны.", sender=f"Пётр <{PYOTR}>", message_id="<p@mail.example>", In_Reply_To=to), sender=PYOTR
    )
    fetch()
    admit_letter(letter=InboundLetter.objects.latest("pk"), by=elena)
    said = {"id": str(uuid4()), "body": "Здравствуйте, Пётр!", "to": PYOTR}
    assert as_staff(elena).post(f"/api/v1/tickets/{ticket.number}/letters", said).status_code == 201
    run_due_jobs()
    letter = mail_server.left()[-1]
    assert (letter["To"], letter["Cc"], letter["In-Reply-To"]) == (f"Пётр <{PYOTR}>", None, "<p@mail.example>")
    assert "> Я муж Анны." in text_of(letter)


@pytest.mark.django_db(transaction=True)
def test_a_letter_that_may_have_left_is_shown_as_such_and_repeated_as_the_same(
    ticket: Any,  # noqa: F811
    mail_server: MailServer,
    elena: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from supportdesk.demo.mailserver import Delivery
    from tickets import jobs
    from tickets.actions.letters_answer import retry_answer
    from tickets.actions.outbox import run_due_jobs
    from tickets.models import Job

    took = Delivery.handle_DATA

    async def take_and_hang_up(self: Any, server: Any, session: Any, envelope: Any) -> str:
        said = await took(self, server, session, envelope)
        server.transport.abort()
        return said

    monkeypatch.setattr(Delivery, "handle_DATA", take_and_hang_up)
    answer(ticket, elena)
    assert [each.state for each in outgoing()] == ["deferred"]
    Job.objects.filter(done_at=None).update(due_at="2026-01-01T00:00Z", attempts=jobs.MAX_ATTEMPTS - 1)
    run_due_jobs()
    assert [each.state for each in outgoing()] == ["unknown"]
    ticket.refresh_from_db()
    assert ticket.status == "waiting", "it probably arrived"
    monkeypatch.setattr(Delivery, "handle_DATA", took)
    retry_answer(letter=outgoing()[0])
    run_due_jobs()
    assert [each.state for each in outgoing()] == ["sent"]
    assert len({each["Message-ID"] for each in mail_server.left()}) == 1


@pytest.mark.django_db(transaction=True)
def test_a_server_that_knows_one_sender_only_and_renames_letters_is_lived_with(
    ticket: Any,  # noqa: F811
    mail_server: MailServer,
    mailbox: Any,
    fetch: Any,
    elena: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from supportdesk.demo.mailserver import Delivery
    from tickets.rules.email import compose as rules

    async def only_our_own(self: Any, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if "+" in address:
            return "553 5.7.1 Sender address rejected: not owned by auth user"
        envelope.mail_from = address
        return "250 OK"

    monkeypatch.setattr(Delivery, "handle_MAIL", only_our_own, raising=False)
    monkeypatch.setattr(rules, "aliases_of", lambda said, host: ["renamed@provider.example"])
    answer(ticket, elena)
    [letter] = mail_server.left()
    assert letter["Return-Path"] == f"<{ADDRESS}>"
    reply = a_letter("Спасибо!", message_id="<r@mail.example>", In_Reply_To="<renamed@provider.example>")
    mail_server.deliver(reply)
    fetch()
    assert [each.body for each in messages_of(ticket)][-1] == "Спасибо!"
