"""Which ticket a letter belongs to, and who takes part in it: nobody joins by what can be guessed."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.finishing import resolve
from tests.mailserver import ADDRESS, MailServer, a_letter
from tests.test_answers_by_mail import answer
from tests.test_letters import letters, messages_of, tickets
from tickets.rules.email import tokens
from tickets.rules.email.threading import (
    Candidate,
    Decision,
    Evidence,
    Knowledge,
    claims_of,
    decide,
    looks_forwarded,
    plain_subject,
)

KEY, ANNA, THIEF = "a key of the desk", "anna@mail.example", "thief@evil.example"
PYOTR = "pyotr@mail.example"


def ours(ticket: int) -> str:
    return tokens.make_message_id(key=KEY, ticket=ticket, message=1, domain="desk.example")


def plus(ticket: int, to: str = ANNA, key: str = KEY) -> str:
    return tokens.make_reply_address(key=key, address=ADDRESS, ticket=ticket, participant=to)


def tag(ticket: int, key: str = KEY) -> str:
    return f"Re: {tokens.subject_tag(key=key, ticket=ticket)} Вопрос"


def ticket(*people: str, into: int | None = None, is_old: bool = False) -> Candidate:
    return Candidate(participants=frozenset(people or (ANNA,)), merged_into=into, is_old=is_old)


@dataclass(frozen=True)
class Row:
    case: str
    expected: Decision
    sender: str = ANNA
    to: tuple[str, ...] = (ADDRESS,)
    ids: tuple[str, ...] = ()
    subject: str = "Вопрос"
    ours: tuple[tuple[str, int], ...] = ()
    theirs: tuple[tuple[str, int], ...] = ()
    reported: int | None = None
    returned: str = ""
    is_forward: bool = False
    similar: tuple[int, ...] = ()


NEW, OURS, OURS_15 = Decision(ticket=None), ours(12), ours(15)
TICKETS = {
    12: ticket(ANNA, "spouse@mail.example"),
    13: ticket(into=12),
    14: ticket(is_old=True),
    15: ticket(),
    16: ticket(into=17),
    17: ticket(into=16),
    18: ticket(THIEF),
    19: ticket(into=14),
}


def joins(number: int, by: str, *, has_token: bool = False) -> Decision:
    return Decision(ticket=number, by=by, has_token=has_token)


def beside(number: int, by: str) -> Decision:
    return Decision(ticket=number, by=by, is_stranger=True)


ROWS = [
    # 1. the signed address
    Row("a signed address", joins(12, "address", has_token=True), to=(plus(12),)),
    Row("a signed address among others", joins(12, "address", has_token=True), to=("x@y.example", ADDRESS, plus(12))),
    Row("a signed address in capitals", joins(12, "address", has_token=True), to=(plus(12).upper(),)),
    Row("a signed address beats ids", joins(12, "address", has_token=True), to=(plus(12),), ids=(OURS_15,)),
    Row(
        "given to another participant: joins, proves less", joins(12, "address"), to=(plus(12, "spouse@mail.example"),)
    ),
    Row("an address signed with another key", NEW, to=(plus(12, key="guessed"),)),
    Row("another ticket's number in a signed address", NEW, to=(plus(12).replace("+12.", "+15."),)),
    Row(
        "another participant's mark in a signed address",
        NEW,
        to=(plus(12).replace(tokens.participant_mark(KEY, ANNA), tokens.participant_mark(KEY, THIEF)),),
    ),
    Row("a signed address at another domain", NEW, to=(plus(12).replace("lad.example", "evil.example"),)),
    Row("a stranger with a signed address", beside(12, "address"), sender=THIEF, to=(plus(12),)),
    Row("a sender nobody can name, with a signed address", beside(12, "address"), sender="", to=(plus(12),)),
    Row("a signed address of no ticket", NEW, to=(plus(99),)),
    # 2. ids
    Row("our own id", joins(12, "message_id", has_token=True), ids=(OURS,)),
    Row("the newest id wins", joins(15, "message_id", has_token=True), ids=(OURS_15, OURS)),
    Row("our id among strangers' ids", joins(12, "message_id", has_token=True), ids=("a@b.example", OURS)),
    Row("a forged id of ours", NEW, ids=("12.1.0123456789abcdef.aaaaaaaaaaaaaaaa@desk.example",)),
    Row("our id with another ticket's number", NEW, ids=(OURS.replace("12.", "15.", 1),)),
    Row("a stranger with our id", beside(12, "message_id"), sender=THIEF, ids=(OURS,)),
    Row(
        "the provider's name for ours",
        joins(12, "message_id", has_token=True),
        ids=("ses-1@amazonses.example",),
        ours=(("ses-1@amazonses.example", 12),),
    ),
    Row(
        "a stranger with the provider's name",
        beside(12, "message_id"),
        sender=THIEF,
        ids=("ses-1@amazonses.example",),
        ours=(("ses-1@amazonses.example", 12),),
    ),
    Row(
        "an id that came in, from a participant",
        joins(12, "reference"),
        ids=("first@mail.example",),
        theirs=(("first@mail.example", 12),),
    ),
    Row(
        "an id that came in, from a stranger",
        NEW,
        sender=THIEF,
        ids=("first@mail.example",),
        theirs=(("first@mail.example", 12),),
    ),
    Row(
        "a common root of two tickets: the participant's",
        joins(18, "reference"),
        sender=THIEF,
        ids=("root@list.example",),
        theirs=(("root@list.example", 12), ("root@list.example", 18)),
    ),
    Row(
        "ours further back beats a stranger's root",
        joins(12, "message_id", has_token=True),
        ids=("root@list.example", OURS),
        theirs=(("root@list.example", 18),),
    ),
    # 3. reports
    Row("a report by its own address", joins(12, "bounce"), sender="mailer-daemon@mx.example", reported=12),
    Row("a report by the letter it gives back", joins(12, "bounce"), sender="mailer-daemon@mx.example", returned=OURS),
    Row(
        "a forged report",
        NEW,
        sender="mailer-daemon@mx.example",
        returned="12.1.0123456789abcdef.aaaaaaaaaaaaaaaa@desk.example",
    ),
    Row("a report about a merged ticket", joins(12, "bounce"), sender="mailer-daemon@mx.example", reported=13),
    # 4. the tag
    Row("the tag, from a participant", joins(12, "subject"), subject=tag(12)),
    Row("the tag, from another participant", joins(12, "subject"), sender="spouse@mail.example", subject=tag(12)),
    Row("the tag, from a stranger", NEW, sender=THIEF, subject=tag(12)),
    Row("a mistyped tag", NEW, subject=tag(12).replace("SD-12-", "SD-15-")),
    Row("a bare number", NEW, subject="Re: #12 Вопрос"),
    Row("an id beats the tag", joins(15, "message_id", has_token=True), ids=(OURS_15,), subject=tag(12)),
    # 5. suggestions, and passing on
    Row("the same subject of the same sender", Decision(ticket=None, suggested=(15,)), similar=(15,)),
    Row(
        "passed on to others",
        Decision(ticket=None, suggested=(12,)),
        ids=(OURS,),
        is_forward=True,
        to=(ADDRESS, PYOTR),
        subject="Fwd: Вопрос",
    ),
    Row("passed on to nobody else", joins(12, "message_id", has_token=True), ids=(OURS,), is_forward=True),
    Row(
        "passed on among participants",
        joins(12, "message_id", has_token=True),
        ids=(OURS,),
        is_forward=True,
        to=(ADDRESS, "spouse@mail.example"),
    ),
    Row(
        "passed on, to the signed address", joins(12, "address", has_token=True), to=(plus(12), PYOTR), is_forward=True
    ),
    # 6. merged, finished long ago
    Row("a merged ticket leads on", joins(12, "message_id", has_token=True), ids=(ours(13),)),
    Row("a participant of the other one", joins(12, "address"), sender="spouse@mail.example", to=(plus(13),)),
    Row("merged in a circle ends", Decision(ticket=17, by="message_id", has_token=True), ids=(ours(16),)),
    Row("finished long ago: a new one goes on", Decision(ticket=None, by="message_id", previous=14), ids=(ours(14),)),
    Row("merged into one finished long ago", Decision(ticket=None, by="address", previous=14), to=(plus(19),)),
    Row("a stranger and one finished long ago", NEW, sender=THIEF, ids=(ours(14),)),
    Row(
        "a stranger's claim does not hide a participant's",
        joins(18, "reference"),
        sender=THIEF,
        ids=(ours(14), "x@evil.example"),
        theirs=(("x@evil.example", 18),),
    ),
    Row("nothing to go by", NEW),
]


@pytest.mark.parametrize("row", ROWS, ids=[each.case for each in ROWS])
def test_the_table_of_threading(row: Row) -> None:
    evidence = Evidence(
        sender=row.sender,
        mailbox=ADDRESS,
        recipients=row.to,
        message_ids=row.ids,
        subject=row.subject,
        returned_id=row.returned,
        looks_forwarded=row.is_forward,
    )
    known: dict[str, dict[str, list[int]]] = {"ours": {}, "theirs": {}}
    for name, pairs in (("ours", row.ours), ("theirs", row.theirs)):
        for message_id, number in pairs:
            known[name].setdefault(message_id, []).append(number)
    claims = claims_of(evidence, knowledge=Knowledge(**known, reported=row.reported), key=KEY)
    assert decide(claims, evidence=evidence, tickets=TICKETS, similar=row.similar, key=KEY) == row.expected


@pytest.mark.parametrize(
    ("subject", "plain"),
    [
        ("Re: Fwd: Отв: Вопрос", "вопрос"),
        ("RE[2]: AW: Вопрос", "вопрос"),
        ("Re: [SD-12-k7q] Вопрос  по  займу", "вопрос по займу"),
        ("Пересл: re: Вопрос", "вопрос"),
        ("Реквизиты: вопрос", "реквизиты: вопрос"),
    ],
)
def test_subjects_are_compared_without_what_answering_adds(subject: str, plain: str) -> None:
    assert plain_subject(subject) == plain


@pytest.mark.parametrize(
    ("subject", "text", "expected"),
    [
        ("Fwd: Вопрос", "", True),
        ("Re: WG: Frage", "", True),
        ("Пересл: Вопрос", "", True),
        ("Вопрос", "Смотрите:\n---------- Forwarded message ---------\nОт: Лад", True),
        ("Вопрос", "-------- Пересылаемое сообщение --------", True),
        ("Re: Вопрос", "Перенесите платёж", False),
        ("Tracker: вопрос", "", False),
    ],
)
def test_a_letter_says_itself_that_it_was_passed_on(subject: str, text: str, expected: bool) -> None:
    assert looks_forwarded(subject, text) is expected


def test_signed_addresses_and_ids_are_ours_alone() -> None:
    address = plus(12)
    mark = tokens.participant_mark(KEY, ANNA)
    assert tokens.read_reply_address(address.upper(), key=KEY, address=ADDRESS) == tokens.ReplyToken(12, mark)
    assert tokens.read_reply_address(address, key="another", address=ADDRESS) is None
    assert tokens.ticket_of_message_id(OURS, key=KEY) == 12
    assert tokens.ticket_of_message_id(OURS, key="another") is None
    back = tokens.make_bounce_address(key=KEY, address=ADDRESS, letter=34)
    assert tokens.letter_of_bounce_address(back, key=KEY, address=ADDRESS) == 34
    assert tokens.letter_of_bounce_address(back.replace("b.34", "b.35"), key=KEY, address=ADDRESS) is None
    assert len(address.partition("@")[0]) < 64


# through the front door


@pytest.fixture
def asked(mail_server: MailServer, fetch: Any, elena: Any) -> Any:
    """Anna's ticket, answered by Elena."""
    mail_server.deliver(a_letter())
    fetch()
    [found] = tickets()
    answer(found, elena)
    return found


def from_pyotr(mail_server: MailServer, text: str = "Я муж Анны, отвечу за неё.") -> Any:
    last = mail_server.left()[-1]
    sender = "Пётр <pyotr@mail.example>"
    letter = a_letter(text, sender=sender, message_id="<p@mail.example>", In_Reply_To=last["Message-ID"])
    letter.add_attachment("сумма;дата\n1;2\n", subtype="plain", filename="справка.txt")
    return letter


@pytest.mark.django_db(transaction=True)
def test_a_strangers_letter_is_shown_to_staff_only_and_moves_nothing(
    asked: Any, mail_server: MailServer, fetch: Any, elena: Any, as_staff: Any
) -> None:
    asked.refresh_from_db()
    before = (asked.status, asked.waiting_since, asked.borrower_wrote_at)
    mail_server.deliver(from_pyotr(mail_server))
    fetch()
    asked.refresh_from_db()
    assert (asked.status, asked.waiting_since, asked.borrower_wrote_at) == before
    [note] = messages_of(asked, "note")
    assert (note.public_seq, note.data["third_party"], note.data["auth_level"]) == (None, True, "E1")
    assert len(mail_server.left()) == 1, "nothing is answered to a stranger"
    shown = as_staff(elena).get(f"/api/v1/tickets/{asked.number}/letters").json()["came"][-1]
    assert (shown["is_third_party"], shown["level"]) == (True, "E1")


@pytest.mark.django_db(transaction=True)
def test_the_agent_lets_a_stranger_in_and_from_then_on_he_takes_part(
    asked: Any, mail_server: MailServer, fetch: Any, elena: Any, dmitry: Any, as_staff: Any
) -> None:
    mail_server.deliver(from_pyotr(mail_server))
    fetch()
    [note] = messages_of(asked, "note")
    admit = f"/api/v1/tickets/{asked.number}/letters/{note.seq}/admit"
    assert as_staff(dmitry).post(admit).status_code in {403, 404}
    assert as_staff(elena).post(admit).status_code == 200
    again = as_staff(elena).post(admit)
    assert (again.status_code, again.json()["code"]) == (404, "not_found"), "decided once"
    message = messages_of(asked)[-1]
    assert (message.body, message.author_name) == ("Я муж Анны, отвечу за неё.", "Пётр")
    assert [file.name for file in message.attachments.all()] == ["справка.txt"]
    asked.refresh_from_db()
    assert asked.waiting_since is not None, "now it is owed"
    mail_server.deliver(
        a_letter("И ещё.", sender=PYOTR, message_id="<p2@mail.example>", In_Reply_To="<p@mail.example>"), sender=PYOTR
    )
    fetch()
    assert [each.body for each in messages_of(asked)][-1] == "И ещё."


@pytest.mark.django_db(transaction=True)
def test_the_agent_gives_a_stranger_a_ticket_of_his_own(
    asked: Any, mail_server: MailServer, fetch: Any, elena: Any, as_staff: Any
) -> None:
    mail_server.deliver(from_pyotr(mail_server))
    fetch()
    [note] = messages_of(asked, "note")
    said = as_staff(elena).post(f"/api/v1/tickets/{asked.number}/letters/{note.seq}/split")
    other = tickets()[-1]
    assert (said.status_code, said.json()["number"], other.number != asked.number) == (200, other.number, True)
    assert other.conversation.correspondent_address == PYOTR
    assert [each.body for each in messages_of(other)] == ["Я муж Анны, отвечу за неё."]
    assert letters()[-1].ticket_id == other.number
    assert len(messages_of(asked)) == 2, "nothing of it went to Anna"


@pytest.mark.django_db(transaction=True)
def test_a_similar_letter_is_suggested_and_joined_by_the_agent(
    asked: Any, mail_server: MailServer, fetch: Any, elena: Any, as_staff: Any
) -> None:
    from tickets import actions

    mail_server.deliver(a_letter("Всё ещё не могу.", subject="Re: Не могу войти", message_id="<again@mail.example>"))
    fetch()
    second = tickets()[1]
    assert messages_of(second)[0].data["suggested"] == [asked.number]
    actions.take(ticket=second, by=elena)
    said = as_staff(elena).post(f"/api/v1/tickets/{second.number}/merge", {"into": asked.number})
    assert (said.status_code, said.json()["number"]) == (200, asked.number)
    assert [each.body for each in messages_of(asked)][-1] == "Всё ещё не могу."
    second.refresh_from_db()
    assert (second.status, second.merged_into_id) == ("resolved", asked.number)
    mail_server.deliver(
        a_letter("И третье.", message_id="<third@mail.example>", In_Reply_To="<again@mail.example>"), sender=ANNA
    )
    fetch()
    assert len(tickets()) == 2
    assert [each.body for each in messages_of(asked)][-1] == "И третье."
    assert as_staff(elena).post(f"/api/v1/tickets/{asked.number}/merge", {"into": asked.number}).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_a_ticket_finished_long_ago_is_gone_on_from_by_a_new_one(
    asked: Any, mail_server: MailServer, fetch: Any, elena: Any
) -> None:
    from django.utils import timezone

    from tickets.models import Ticket

    resolve(ticket=asked, by=elena)
    Ticket.objects.filter(pk=asked.pk).update(resolved_at=timezone.now() - timedelta(days=31))
    to = mail_server.left()[0]["Reply-To"].addresses[0].addr_spec
    letter = a_letter("Снова я.", message_id="<late@mail.example>", In_Reply_To=mail_server.left()[0]["Message-ID"])
    mail_server.deliver(letter, to=to)
    fetch()
    new = tickets()[-1]
    asked.refresh_from_db()
    assert (new.previous_id, asked.status) == (asked.number, "resolved")
    assert messages_of(new)[0].data["previous"] == asked.number


@pytest.mark.django_db(transaction=True)
def test_a_letter_passed_on_to_others_opens_a_ticket_and_is_suggested(
    asked: Any, mail_server: MailServer, fetch: Any
) -> None:
    letter = a_letter(
        "Пётр, посмотри.",
        subject="Fwd: Не могу войти",
        message_id="<fwd@mail.example>",
        References=mail_server.left()[0]["Message-ID"],
    )
    letter.replace_header("To", f"{PYOTR}, {ADDRESS}")
    mail_server.deliver(letter)
    fetch()
    assert len(messages_of(asked)) == 2
    assert messages_of(tickets()[-1])[0].data["suggested"] == [asked.number]
