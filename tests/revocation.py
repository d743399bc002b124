"""Rights that end while a socket is open: how each way is tried, and what is measured.

``python -m tests.revocation --count 100`` prints the table of docs/revocation.md.
"""

import argparse
import contextlib
import os
import sys
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from websockets.exceptions import ConnectionClosed

from tests.sockets import Socket

PERIOD = 0.2  # seconds between two messages in each conversation
ENOUGH = 2  # messages that a socket is shown before its right ends
LATEST = 5.0  # seconds after the end of a right in which a frame may still come
PATIENCE = 60.0


@dataclass
class Victim:
    """A person with an open socket in a conversation that goes on."""

    actor: Any
    session: Any
    client: Any  # a browser of theirs
    conversation: Any
    colleague: Any
    address: str = ""  # of a file they may see
    socket: Any = None
    shown_at: list[float] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    posted: list[str] = field(default_factory=list)
    ended_at: float = 0.0
    code: int | None = None
    revoked_at: float = 0.0

    def listen(self) -> None:
        """Note when entries come, and how it ends; a thread of its own does this."""
        try:
            while True:
                self._note(self.socket.receive(PATIENCE))
        except ConnectionClosed as closed:
            if not self.ended_at:
                self.ended_at, self.code = time.monotonic(), closed.rcvd.code if closed.rcvd else None
        except (TimeoutError, OSError):
            pass

    def _note(self, frame: dict[str, Any]) -> None:
        kind = frame["type"]
        if kind == "entry.posted":
            self.shown_at.append(time.monotonic())
            self.socket.send("received", conversation=frame["conversation"], seq=frame["seq"])
        elif kind == "refused":
            self.refused[frame["id"]] = frame["code"]
        elif kind == "posted":
            self.posted.append(frame["id"])
        elif kind == "dropped":
            self.ended_at, self.code = time.monotonic(), frame["code"]

    @property
    def last_frame(self) -> float:
        """Seconds from the end of the right to the last entry shown; 0 when none came after it."""
        return max(0.0, self.shown_at[-1] - self.revoked_at)

    @property
    def end(self) -> float:
        return max(0.0, self.ended_at - self.revoked_at)


@dataclass(frozen=True)
class Case:
    """One way a right ends, whose, and what the socket is told."""

    name: str
    is_staff: bool
    revoke: Callable[[Victim], Any]
    code: int = 4440


def cases() -> list[Case]:
    """Every way; needs Django."""
    from chat import actions as chat
    from identity import actions as identity
    from tickets import actions as tickets
    from tickets.models import Ticket

    def ticket(victim: Victim) -> Any:
        return Ticket.objects.get(conversation=victim.conversation)

    def change_password_elsewhere(victim: Victim) -> None:
        other = identity.open_staff_session(user=victim.actor, key=uuid.uuid4().hex)
        identity.change_password(user=victim.actor, old=PASSWORD, new=f"{PASSWORD} новый", session=other)

    def grow_old(**facts: Any) -> Callable[[Victim], Any]:
        from django.utils import timezone

        def age(victim: Victim) -> None:
            changed = {name: timezone.now() - past for name, past in facts.items()}
            type(victim.session).objects.filter(pk=victim.session.pk).update(**changed)

        return age

    def remove(victim: Victim) -> None:
        chat.remove_participant(conversation=victim.conversation, user=victim.actor)

    def pass_on(victim: Victim) -> None:
        tickets.transfer(ticket=ticket(victim), to=victim.colleague, by=victim.actor, summary="Дальше ты")

    def reassign(victim: Victim) -> None:
        tickets.assign(ticket=ticket(victim), agent=victim.colleague, reason="transferred")

    def leave_the_site(victim: Victim) -> None:
        victim.client.delete("/api/v1/borrower-sessions/current")

    ended = [
        Case("staff member signs out", True, lambda v: v.client.post("/logout/")),
        Case("sign-in ended from the list", True, lambda v: identity.end_session(session=v.session, by=v.actor)),
        Case("password changed elsewhere", True, change_password_elsewhere),
        Case("password set by an administrator", True, lambda v: identity.set_password(user=v.actor, new=SET, by=None)),
        Case("role changed", True, lambda v: identity.change_role(user=v.actor, role="supervisor", by=None)),
        Case("deactivated", True, lambda v: identity.deactivate(user=v.actor, by=None)),
        Case("ten hours over", True, grow_old(created_at=timedelta(hours=10, seconds=1))),
        Case("borrower leaves the lender's site", False, leave_the_site),
        Case("borrower's session twelve hours old", False, grow_old(expires_at=timedelta(seconds=1))),
        Case("borrower's session idle", False, grow_old(used_at=timedelta(minutes=31))),
    ]
    return [
        *ended,
        Case("participant removed", True, remove, 4403),
        Case("ticket transferred", True, pass_on, 4403),
        Case("ticket given to another", True, reassign, 4403),
    ]


PASSWORD = "тихая река у моста 41"
SET = "другая река у леса 52"


def victim_of(case: Case, open_socket: Callable[[], Socket], client: Callable[[Any], Any]) -> Victim:
    """Somebody whose right will end this way: a conversation, a file in it, a sign-in and a socket."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from chat import actions as chat
    from chat.access.files import signed_address
    from identity import actions as identity
    from tickets import actions as tickets
    from tickets.models import Ticket

    borrower = identity.refresh_borrower(claims={"sub": uuid.uuid4().hex, "name": "Анна Ковалёва", "language": "ru"})
    conversation = chat.start_conversation(channel="chat", borrower=borrower)
    agent, colleague = _agent(), _agent()
    ticket = Ticket.objects.get(conversation=conversation)
    tickets.assign(ticket=ticket, agent=agent, reason="transferred")
    actor = agent if case.is_staff else borrower
    browser = client(actor)
    upload = SimpleUploadedFile("справка.txt", "Справка".encode(), "text/plain")
    file = chat.attach_file(conversation=conversation, author=actor, upload=upload)
    chat.post_message(conversation=conversation, author=actor, body="Вот справка", attachments=[file.pk])
    conversation.refresh_from_db()
    victim = Victim(actor, session_of(browser), browser, conversation, colleague)
    victim.address = f"/files/{signed_address(file, actor, victim.session.pk)}"
    victim.socket = _greeted(open_socket(), victim, conversation.seq if case.is_staff else conversation.public_seq)
    threading.Thread(target=victim.listen, daemon=True).start()
    return victim


def session_of(browser: Any) -> Any:
    """The sign-in behind a test's client."""
    from identity.models import StaffSession

    if hasattr(browser, "borrower_session"):
        return browser.borrower_session
    return StaffSession.objects.get(key=browser.session.session_key)


def _agent() -> Any:
    from identity import actions as identity
    from tickets import actions as tickets

    email = f"{uuid.uuid4().hex[:12]}@lad.example"
    agent = identity.create_staff(
        email=email, full_name="Елена Воронова", display_name="Елена", role="agent", password=PASSWORD
    )
    tickets.ensure_slots(user=agent, capacity=5)
    return agent


def _greeted(socket: Socket, victim: Victim, head: int) -> Socket:
    from identity import actions as identity

    wanted = [{"conversation": str(victim.conversation.pk), "after": head}]
    ticket = identity.issue_socket_ticket(session=victim.session)
    socket.send("hello", ticket=ticket, client=str(uuid.uuid4()), subscriptions=wanted)
    socket.wait_for("synced")
    return socket


class Chatter:
    """Somebody who writes in all conversations, a few times a second, from a process that serves no sockets."""

    def __init__(self, author: Any, victims: Sequence[Victim]) -> None:
        self._author = author
        self._conversations = [victim.conversation.pk for victim in victims]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._write)

    def __enter__(self) -> "Chatter":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _write(self) -> None:
        from django.db import connection

        from chat import actions as chat
        from chat.access import writer_of

        writer = writer_of(self._author)
        while not self._over.wait(PERIOD):
            bodies = [
                chat.Post(conversation=pk, writer=writer, body="и ещё", client_id=uuid.uuid4())
                for pk in self._conversations
            ]
            assert all(isinstance(outcome, chat.Posted) for outcome in chat.post_messages(bodies))
        connection.close()


def until(condition: Callable[[], Any], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited {PATIENCE:g} s until {what}"
        time.sleep(0.02)


def revoke(case: Case, victim: Victim) -> str:
    """End the right while entries come, write at once on the socket that is still open; the id of that message."""
    until(lambda: len(victim.shown_at) >= ENOUGH, "entries come")
    case.revoke(victim)
    victim.revoked_at = time.monotonic()
    id_ = str(uuid.uuid4())
    with contextlib.suppress(ConnectionClosed, OSError):
        victim.socket.send("message.post", id=id_, conversation=victim.conversation.pk, body="я ещё здесь?")
    return id_


def require_the_end(case: Case, victim: Victim, late: str) -> None:
    """What must hold of every way a right ends."""
    from chat.models import Entry

    until(lambda: victim.ended_at, f"{case.name}: the socket is told")
    assert victim.code == case.code, (case.name, victim.code)
    assert victim.last_frame <= LATEST, (case.name, victim.last_frame)
    assert late not in victim.posted and victim.refused.get(late, "forbidden") == "forbidden", (
        case.name,
        victim.refused,
    )
    path = f"/api/v1/conversations/{victim.conversation.pk}"
    message = {"id": str(uuid.uuid4()), "body": "а так?"}
    answer = victim.client.post(f"{path}/messages", message, content_type="application/json").status_code
    assert answer in ({401, 403} if case.code == 4440 else {404}), (case.name, answer)
    assert victim.client.get(f"{path}/entries").status_code == answer, case.name
    assert victim.client.get(victim.address).status_code == 404, case.name
    assert not Entry.objects.filter(client_id__in=[late, message["id"]]).exists(), case.name


def table(measured: dict[tuple[str, str], list[tuple[float, float]]]) -> str:
    """Rows of ``case, Redis, count, last frame p50 p99 max, told max``, as Markdown."""
    lines = ["| how the right ends | Redis | count | last frame p50 | p99 | max | told p50 | max |"]
    lines.append("|---|---|---|---|---|---|---|---|")
    for (name, redis), pairs in sorted(measured.items()):
        last, told = sorted(pair[0] for pair in pairs), sorted(pair[1] for pair in pairs)
        figures = [_at(last, 0.5), _at(last, 0.99), last[-1], _at(told, 0.5), told[-1]]
        lines.append(f"| {name} | {redis} | {len(pairs)} | " + " | ".join(f"{value:.2f} s" for value in figures) + " |")
    return "\n".join(lines)


def _at(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))]


def main() -> None:
    import pytest

    parser = argparse.ArgumentParser(description="End rights under open sockets, and print how fast that is noticed.")
    parser.add_argument("--count", type=int, default=100, help="of every way, with Redis up and with Redis killed")
    os.environ["REVOCATIONS"] = str(parser.parse_args().count)
    sys.exit(pytest.main(["-q", "-s", "tests/test_revocation.py"]))


if __name__ == "__main__":
    main()
