"""What only staff may know leaves no trace for the borrower: no frame, no count, no gap, no typing, whatever staff do.

Two conversations hear the same said in public; in one of them staff also do all that a borrower may not know of.
"""

import random
from collections.abc import Callable
from typing import Any

import pytest

from chat import actions as chat
from identity import actions as identity
from tests.sockets import Frame, Socket
from tickets import actions as tickets
from tickets.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True)
SocketFor = Callable[..., Socket]
OWN = {"conversation", "id", "created_at", "connection", "now", "n"}  # differ between any two conversations


class Room:
    """A borrower's conversation with Elena, and Olga who reads along."""

    def __init__(self, name: str, socket_for: SocketFor, elena: Any, olga: Any) -> None:
        borrower = identity.refresh_borrower(
            claims={"sub": name, "name": "Анна Ковалёва", "first_name": "Анна", "language": "ru"}
        )
        self.elena, self.conversation = elena, chat.start_conversation(channel="chat", borrower=borrower)
        tickets.ensure_slots(user=elena)
        ticket = Ticket.objects.get(conversation=self.conversation)
        tickets.assign(ticket=ticket, agent=elena, reason="matched")  # who waits hears of the queue, as others move it
        self.conversation.refresh_from_db()
        self.key = self.conversation.pk
        self.borrower = socket_for(borrower, {self.key: self.conversation.public_seq})
        self.agent = socket_for(elena, {self.key: self.conversation.seq})
        self.supervisor = socket_for(olga, {self.key: self.conversation.seq})

    # What the borrower may know of

    def ask(self) -> None:
        self.borrower.posted(self.key, "Где мой график?")

    def answer(self) -> None:
        self.agent.posted(self.key, "Сейчас пришлю")

    # What the borrower may not know of

    def note(self) -> None:
        self.agent.posted(self.key, "Просит не звонить", kind="note")

    def supervisors_note(self) -> None:
        self.supervisor.posted(self.key, "@Елена проверьте", kind="note")

    def view(self) -> None:
        self.agent.send("viewing", conversation=self.key)

    def read_along(self) -> None:
        self.supervisor.send("seen", conversation=self.key, seq=self.conversation.seq)

    def draft(self) -> None:
        chat.save_draft(conversation=self.conversation, user=self.elena, mode="note", body="не платит")

    def hidden_fact(self) -> None:
        chat.record_fact(conversation=self.conversation, kind="topic_set", author=self.elena, public=False)

    def heard(self) -> list[Frame]:
        """Everything the borrower was told, without what differs anyway."""
        self.borrower.hears_nothing_of("nothing")
        return [_bare(frame) for frame in self.borrower.heard]


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _bare(inner) for key, inner in value.items() if key not in OWN}
    return value


SECRETS = [Room.note, Room.supervisors_note, Room.view, Room.read_along, Room.draft, Room.hidden_fact]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_borrower_hears_the_same_with_and_without_what_only_staff_may_know(
    seed: int, socket_for: SocketFor, elena: Any, olga: Any
) -> None:
    chance = random.Random(seed)
    quiet, busy = (Room(f"{name}-{seed}", socket_for, elena, olga) for name in ("quiet", "busy"))
    for step in chance.choices([Room.ask, Room.answer], k=5):
        for secret in chance.choices(SECRETS, k=chance.randrange(4)):
            secret(busy)
        step(quiet)
        step(busy)
    for secret in SECRETS:
        secret(busy)
    told = quiet.heard()
    assert [frame["type"] for frame in told].count("entry.posted") == 5
    assert busy.heard() == told
