"""Whatever is done: an inbox that was open and heard of it shows what a fresh one shows, for everybody.

The browser's own store is told what the desk publishes. Each action has a case here or a word why no inbox shows it,
so that a new one cannot be forgotten.
"""

import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.test import Client
from django.utils import timezone

from chat import actions as chat
from identity.models import Borrower, User
from quality import actions as quality
from supportdesk.realtime import Event, Kind, publishing
from tests.finishing import resolve
from tests.test_inbox_api import ask, come, inbox, letter
from tickets import actions as tickets
from tickets.actions import announcements
from tickets.actions.continue_links import address_of
from tickets.actions.continuing import continue_in_chat
from tickets.actions.verification import confirm_by_sign_in
from tickets.models import ContinueLink, PresenceLease, Ticket, Topic

pytestmark = pytest.mark.usefixtures("commits")
Json = dict[str, Any]
ROOT = Path(__file__).resolve().parent.parent


class Desk:
    """Anna's chat with Elena, a letter nobody took, Sergey's chat that waits for a place; everybody is here."""

    def __init__(self, staff: dict[str, User], anna: Borrower, sergey: Borrower) -> None:
        self.elena, self.dmitry, self.olga = staff["elena"], staff["dmitry"], staff["olga"]
        self.anna, self.sergey = anna, sergey
        tickets.seed_desk()
        come(self.elena, capacity=1)
        tickets.renew_presence(user_ids=[person.pk for person in staff.values()])
        self.chat = ask(anna)
        self.letter = letter()

    def come_dmitry(self) -> None:
        come(self.dmitry, capacity=1)

    def now(self, ticket: Ticket) -> Ticket:
        return Ticket.objects.get(pk=ticket.pk)

    def says(self, author: Any, body: str = "Ещё вопрос", kind: str = "message") -> None:
        chat.post_message(conversation=self.chat.conversation, author=author, body=body, kind=kind)

    def writes(self, body: str) -> None:
        conversation = self.letter.conversation
        author = chat.Correspondent(name=conversation.correspondent_name, address=conversation.correspondent_address)
        chat.post_message(conversation=conversation, author=author, body=body)

    def resolve(self) -> None:
        resolve(ticket=self.now(self.chat), by=self.elena)


class Window:
    """One person's inbox in a browser: what it showed, and what it listens to."""

    def __init__(self, user: User, client: Client) -> None:
        self.user, self.client = user, client
        self.shown = inbox(client)

    def hears(self, event: Event) -> bool:
        """Frames of its person, of the supervisors' room, and of the chats whose panes are open in it."""
        chats = [slot["ticket"]["conversation"] for slot in self.shown["slots"] if slot["ticket"]]
        rooms = {f"actor.{self.user.pk}", *(f"conversation.{chat}.staff" for chat in chats)}
        rooms |= {"supervisors"} if self.user.is_supervisor else set()
        return event.kind == Kind.FRAME and event.group in rooms and event.skip != str(self.user.pk)

    def after(self, events: list[Event]) -> Json:
        """What was shown, what was heard then, and what is to be seen now."""
        told = [orjson.loads(event.payload) for event in events if self.hears(event)]
        fresh = inbox(self.client)
        self._is_concerned(told, numbers(self.shown) | numbers(fresh))
        return {"who": self.user.display_name, "shown": self.shown, "told": told, "expected": fresh}

    def _is_concerned(self, told: list[Json], known: set[int | None]) -> None:
        """Nobody but a supervisor hears of a ticket that neither was nor is theirs."""
        named = {frame["ticket"] for frame in told if frame["type"] == "inbox.changed"}
        assert self.user.is_supervisor or named <= known, f"{self.user.display_name} hears of another's"


def numbers(shown: Json) -> set[int | None]:
    """The tickets of an inbox; a word about no ticket concerns everybody."""
    places = [slot["ticket"] for slot in shown["slots"] if slot["ticket"]]
    return {None, *(row["number"] for row in (*places, *shown["letters"], *shown["held"]))}


def open_letters(desk: Desk) -> None:
    tickets.take(ticket=desk.letter, by=desk.elena)


def fall_silent(desk: Desk) -> None:
    desk.says(desk.elena)
    Ticket.objects.filter(pk=desk.chat.pk).update(staff_wrote_at=timezone.now() - timedelta(hours=2))


def resolve_before(desk: Desk) -> None:
    desk.resolve()


def topic(code: str) -> Topic:
    return Topic.objects.get(code=code)


def prove(desk: Desk) -> None:
    confirm_by_sign_in(ticket=desk.now(desk.letter), borrower=desk.sergey)


def answer_with_link(desk: Desk) -> None:
    open_letters(desk)
    prove(desk)
    chat.post_message(
        conversation=desk.now(desk.letter).conversation, author=desk.elena, body="Ответим в чате: ‹ссылка в чат›"
    )


def follow_link(desk: Desk) -> None:
    _, _, token = address_of(ContinueLink.objects.get()).partition("#support=")
    assert continue_in_chat(borrower=desk.sergey, token=token).has_moved


Act = Callable[[Desk], Any]
CASES: dict[str, tuple[Act | None, Act]] = {  # action: what happened before, what is done
    "tickets.open_ticket": (None, lambda desk: ask(desk.sergey)),
    "tickets.assign": (
        Desk.come_dmitry,
        lambda desk: tickets.assign(ticket=desk.chat, agent=desk.dmitry, by=desk.olga, reason="transfer"),
    ),
    "tickets.transfer": (
        Desk.come_dmitry,
        lambda desk: tickets.transfer(ticket=desk.chat, to=desk.dmitry, by=desk.elena, summary="Ждёт справку"),
    ),
    "tickets.undo_transfer": (
        lambda desk: (
            desk.come_dmitry(),
            tickets.transfer(ticket=desk.chat, to=desk.dmitry, by=desk.elena, summary="Ждёт справку"),
        ),
        lambda desk: tickets.undo_transfer(ticket=desk.now(desk.chat), by=desk.elena),
    ),
    "tickets.take": (None, lambda desk: tickets.take(ticket=desk.letter, by=desk.elena)),
    "tickets.resolve": (None, Desk.resolve),
    "tickets.reopen": (resolve_before, lambda desk: tickets.reopen(ticket=desk.now(desk.chat), by=desk.elena)),
    "tickets.set_priority": (
        None,
        lambda desk: tickets.set_priority(ticket=desk.chat, priority="urgent", by=desk.elena),
    ),
    "tickets.need_answer": (
        lambda desk: (desk.says(desk.elena, "Готово"), desk.says(desk.anna, "Спасибо!")),
        lambda desk: tickets.need_answer(ticket=desk.now(desk.chat), by=desk.elena),
    ),
    "tickets.set_topic": (
        None,
        lambda desk: tickets.set_topic(ticket=desk.chat, topic=topic("extension"), by=desk.elena),
    ),
    "tickets.snooze": (
        open_letters,
        lambda desk: tickets.snooze(
            ticket=desk.now(desk.letter), until=timezone.now() + timedelta(hours=1), by=desk.elena
        ),
    ),
    "tickets.wake_snoozed": (
        lambda desk: (
            open_letters(desk),
            tickets.snooze(ticket=desk.now(desk.letter), until=timezone.now() + timedelta(hours=1), by=desk.elena),
            Ticket.objects.filter(pk=desk.letter.pk).update(snoozed_until=timezone.now()),
        ),
        lambda desk: tickets.wake_snoozed(),
    ),
    "tickets.hold_silent": (fall_silent, lambda desk: tickets.hold_silent()),
    "tickets.set_availability": (
        None,
        lambda desk: tickets.set_availability(user=desk.elena, state="break", reason="обед"),
    ),
    "tickets.ensure_slots": (None, lambda desk: tickets.ensure_slots(user=desk.elena, capacity=3)),
    "tickets.match": (
        lambda desk: (ask(desk.sergey), desk.come_dmitry()),
        lambda desk: tickets.match(),
    ),
    "tickets.release_unanswered": (
        lambda desk: desk.chat.assignments.update(answer_due_at=timezone.now() - timedelta(minutes=1)),
        lambda desk: tickets.release_unanswered(),
    ),
    "tickets.release_absent": (
        lambda desk: PresenceLease.objects.filter(user=desk.elena).update(
            expires_at=timezone.now() - timedelta(hours=1)
        ),
        lambda desk: tickets.release_absent(),
    ),
    "tickets.sweep": (fall_silent, lambda desk: tickets.sweep()),
    "tickets.start_chat": (
        lambda desk: desk.resolve(),
        lambda desk: tickets.start_chat(borrower=desk.sergey, by=desk.elena),
    ),
    "chat.start_conversation": (
        lambda desk: desk.resolve(),
        lambda desk: chat.start_conversation(channel="chat", borrower=desk.sergey),
    ),
    "chat.post_message": (None, lambda desk: desk.says(desk.anna)),
    "chat.post_message again": (
        lambda desk: desk.says(desk.anna),
        lambda desk: desk.says(desk.anna, "Вы здесь?"),
    ),
    "chat.post_message by letter": (
        open_letters,
        lambda desk: desk.writes("И ещё: нужна печать"),
    ),
    "chat.post_message by letter to nobody": (None, lambda desk: desk.writes("И ещё: нужна печать")),
    "chat.post_message to a held chat": (
        lambda desk: (fall_silent(desk), tickets.hold_silent()),
        lambda desk: desk.says(desk.anna),
    ),
    "chat.post_messages": (None, lambda desk: desk.says(desk.elena, "Проверяю")),
    "chat.record_fact": (None, lambda desk: desk.says(desk.elena, "Просит не звонить", kind="note")),
    "chat.close_conversation": (
        None,
        lambda desk: chat.close_conversation(conversation=desk.chat.conversation, by=desk.anna),
    ),
    "chat.reopen_conversation": (
        lambda desk: desk.resolve(),
        lambda desk: chat.reopen_conversation(conversation=desk.now(desk.chat).conversation, by=desk.olga),
    ),
    "chat.link_borrower": (open_letters, prove),
    "chat.link_borrower of a letter nobody took": (None, prove),
    "chat.move_to_chat": (answer_with_link, follow_link),
    "chat.mark_seen": (
        None,
        lambda desk: chat.mark_seen(
            conversation=desk.chat.conversation, reader=desk.elena, seq=desk.chat.conversation.entries.count()
        ),
    ),
    "quality.rate_conversation": (
        lambda desk: desk.resolve(),
        lambda desk: quality.rate_conversation(
            conversation=desk.now(desk.chat).conversation, borrower=desk.anna, rating=5
        ),
    ),
}
NOT_SHOWN = {  # why no inbox changes, or which case stands for it
    "tickets.mark_step": "the panel beside the conversation shows the steps",
    "tickets.take_step_back": "the panel beside the conversation shows the steps",
    "tickets.move_clocks": "called with messages_posted: chat.post_message",
    "tickets.renew_presence": "a lease; what it lets happen is match",
    "tickets.shorten_presence": "a lease; what follows is release_absent",
    "tickets.seed_desk": "a new desk",
    "tickets.set_hours": "of the desk; the next message sees them",
    "chat.add_participant": "part of tickets.assign",
    "chat.add_participants": "part of tickets.match",
    "chat.remove_participant": "part of tickets.transfer",
    "chat.share_conversation": "part of tickets.transfer to everybody",
    "chat.unshare_conversation": "part of tickets.take",
    "chat.save_draft": "the person's own window wrote it",
    "chat.mark_seen_many": "the same as chat.mark_seen",
    "chat.posted_or_refused": "no write",
    "chat.post_within": "the case of a letter",
    "chat.attach_file": "shown when it is posted",
    "chat.attach_kept_file": "shown when it is posted",
    "chat.keep_file": "shown when it is posted",
    "chat.forget_kept_file": "of files nobody posted",
    "chat.forget_unposted_files": "of files nobody posted",
    "chat.forget_probe_conversations": "the probe's own",
    "quality.create_draft": "a standard",
    "quality.publish": "a standard",
    "quality.seed_default_standard": "a standard",
    "quality.score_conversation": "a score has its own pages",
    "quality.submit_review": "a review has its own pages",
    "quality.open_review": "a review has its own pages",
    "quality.rewrite_review": "a review has its own pages",
    "quality.acknowledge_review": "a review has its own pages",
    "quality.dispute_review": "a dispute has its own pages",
    "quality.settle_dispute": "a dispute has its own pages",
    "quality.withdraw_dispute": "a dispute has its own pages",
    "quality.settle_confirmation": "a score has its own pages",
    "quality.draw_plan": "a plan has its own pages",
    "quality.call_back": "a standard",
    "quality.clone": "a standard",
    "quality.discard_draft": "a standard",
    "quality.save_draft": "a standard",
    "quality.schedule": "a standard",
}


def verbs(app: str, module: Any) -> set[str]:
    return {f"{app}.{name}" for name in module.__all__ if name[0].islower()}


def test_each_action_has_a_case_or_a_reason_to_have_none() -> None:
    known = verbs("tickets", tickets) | verbs("chat", chat) | verbs("quality", quality)
    cases = {case.split()[0] for case in CASES}
    assert known == cases | NOT_SHOWN.keys()
    assert not cases & NOT_SHOWN.keys()


@pytest.mark.parametrize("action", CASES)
def test_an_open_inbox_that_heard_of_an_action_shows_what_a_fresh_one_shows(
    action: str,
    anna: Borrower,
    sergey: Borrower,
    elena: User,
    dmitry: User,
    olga: User,
    ivan: User,
    as_staff: Callable[[User], Client],
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> None:
    settings.CONTINUE_URL = "https://lender.example/cabinet/"
    monkeypatch.setattr(announcements, "PAUSE", 0)
    monkeypatch.setattr(announcements, "_next_at", 0.0)  # whatever an earlier test announced
    staff = {"elena": elena, "dmitry": dmitry, "olga": olga, "ivan": ivan}
    desk = Desk(staff, anna, sergey)
    before, act = CASES[action]
    if before is not None:
        before(desk)
    windows = [Window(user, as_staff(user)) for user in staff.values()]
    told: list[Event] = []
    monkeypatch.setattr(publishing, "publish", told.extend)
    act(desk)
    follow([window.after(told) for window in windows])


def follow(windows: list[Json]) -> None:
    """The browser's store, where there is node to run it."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the browser tests still drive the same code")
    command = [node, str(ROOT / "tests" / "js" / "inbox.mjs")]
    run = subprocess.run(command, input=orjson.dumps(windows), capture_output=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr.decode()[-3000:]
