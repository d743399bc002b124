"""Random histories of the live protocol against the real server: cuts, repeats, notes, lost and false hints, failures.

``pytest --hypothesis-profile=long tests/test_protocol_real.py`` tries many more.
"""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db import connection as database
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from chat import actions as chat
from chat.events import entries_events, group_of
from chat.models import Conversation, Entry
from chat.queries import latest_entries
from chat.signals import messages_posted
from identity import actions as identity
from supportdesk.realtime import frame, publish
from tests.sockets import Socket
from tests.talker import Reader, Talker
from tests.webs import door

pytestmark = pytest.mark.django_db(transaction=True)
CHECKS = list(HealthCheck)
PATIENCE = 20.0  # seconds until everything must have arrived; a poll takes one
settings.register_profile("long", max_examples=300, stateful_step_count=40, deadline=None, suppress_health_check=CHECKS)
USUAL = settings(
    max_examples=20,
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=CHECKS,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # making a failing history shorter takes minutes; the long profile does it
)
WHO = st.sampled_from(["first tab", "second tab", "agent"])
READERS = st.sampled_from(["borrower", "agent", "supervisor"])


class Protocol(RuleBasedStateMachine):
    """Anna in two tabs and Elena write; Anna, Elena and Olga read; everything that can go wrong does.

    Nobody waits for anything here: frames are taken when there are some, and all promises are checked at the end.
    """

    def __init__(self, open_socket: Callable[[], Socket], elena: Any, olga: Any) -> None:
        super().__init__()
        self.elena = elena
        sub = f"M-{uuid.uuid4().hex[:8]}"
        self.anna = identity.refresh_borrower(claims={"sub": sub, "name": sub, "first_name": sub, "language": "ru"})
        self.conversation = chat.start_conversation(channel="chat", borrower=self.anna)
        chat.add_participant(conversation=self.conversation, user=elena)
        self.conversation.refresh_from_db()
        anna, agent, supervisor = (door(each, open_socket) for each in (self.anna, elena, olga))
        key, public, all_ = self.conversation.pk, self.conversation.public_seq, self.conversation.seq
        self.talkers = {"first tab": Talker(anna, key), "second tab": Talker(anna, key), "agent": Talker(agent, key)}
        self.readers = {
            "borrower": Reader(anna, key, public),
            "agent": Reader(agent, key, all_),
            "supervisor": Reader(supervisor, key, all_),
        }
        for client in (*self.talkers.values(), *self.readers.values()):
            client.come()
        self.said = 0

    @rule(who=WHO, count=st.integers(1, 5))
    def write(self, who: str, count: int) -> None:
        for _ in range(count):
            self.talkers[who].write(self._words())

    @rule()
    def write_a_note(self) -> None:
        self.talkers["agent"].write(self._words(), kind="note")

    @rule(who=WHO)
    def cut_a_writer(self, who: str) -> None:
        self.talkers[who].cut()

    @rule(who=WHO)
    def let_a_writer_return(self, who: str) -> None:
        self.talkers[who].come()

    @rule(who=WHO)
    def repeat_what_is_unanswered(self, who: str) -> None:
        self.talkers[who].repeat_all()

    @rule(who=WHO, place=st.integers(0, 30))
    def repeat_what_was_acknowledged(self, who: str, place: int) -> None:
        talker = self.talkers[who]
        known = [id_ for id_ in talker.written if id_ in talker.acknowledged]
        if known:
            talker.repeat(known[place % len(known)])

    @rule(who=READERS)
    def cut_a_reader(self, who: str) -> None:
        self.readers[who].cut()

    @rule(who=READERS)
    def let_a_reader_return(self, who: str) -> None:
        self.readers[who].come()

    @rule(who=READERS)
    def let_a_reader_subscribe_again(self, who: str) -> None:
        self.readers[who].subscribe_again()

    @rule(kind=st.sampled_from(["message", "note"]), who=WHO)
    def post_and_lose_the_hint_before_somebody_writes(self, kind: str, who: str) -> None:
        with transaction.atomic():
            chat.post_message(conversation=self.conversation, author=self.elena, body=self._words(), kind=kind)
            database.run_on_commit.clear()
        self.write(who, 1)

    @rule()
    def tell_old_news_again(self) -> None:
        publish(entries_events(latest_entries(conversation=self.conversation.pk, audience="staff", limit=5)))

    @rule(ahead=st.integers(2, 9))
    def tell_of_what_does_not_exist_yet(self, ahead: int) -> None:
        head = Conversation.objects.get(pk=self.conversation.pk)
        for audience, seq in (("staff", head.seq + ahead), ("public", head.public_seq + ahead)):
            publish([frame(group_of(head.pk, audience), {"type": "pong", "n": 0, "now": ""}, seq=seq)])

    @rule(who=WHO, times=st.integers(1, 4), count=st.integers(2, 8))
    def let_postgres_fail_while_somebody_writes(self, who: str, times: int, count: int) -> None:
        left = [times]

        def fail(**_: Any) -> None:
            if left[0] and threading.current_thread().name.startswith("writer"):
                left[0] -= 1
                raise DatabaseError("so it was arranged")

        self.failing = fail  # a signal holds its receivers weakly
        messages_posted.disconnect(dispatch_uid="tests.model")
        messages_posted.connect(fail, dispatch_uid="tests.model")
        self.write(who, count)

    @rule()
    def take_what_came(self) -> None:
        for client in (*self.talkers.values(), *self.readers.values()):
            while client.pump(0.005):
                pass

    def teardown(self) -> None:
        try:
            messages_posted.disconnect(dispatch_uid="tests.model")
            for talker in self.talkers.values():
                talker.settle(PATIENCE)
            log = list(Entry.objects.filter(conversation=self.conversation).order_by("seq"))
            for name, reader in self.readers.items():
                shown = [entry for entry in log if name != "borrower" or entry.public_seq is not None]
                reader.settle(len(shown), PATIENCE)
                while reader.pump(0.01):
                    pass
                expected = [(entry.seq if name != "borrower" else entry.public_seq, entry.body) for entry in shown]
                assert reader.shown == expected[reader.first :], name
            self._check_the_log(log)
        finally:
            for client in (*self.talkers.values(), *self.readers.values()):
                client.cut()

    def _check_the_log(self, log: list[Entry]) -> None:
        assert [entry.seq for entry in log] == list(range(1, len(log) + 1))
        public = [entry.public_seq for entry in log if entry.public_seq is not None]
        assert public == list(range(1, len(public) + 1))
        by_id = {str(entry.client_id): entry for entry in log if entry.client_id}
        assert len(by_id) == len([entry for entry in log if entry.client_id])
        for name, talker in self.talkers.items():
            stored = [by_id[id_] for id_ in talker.written]
            assert [entry.seq for entry in stored] == sorted(entry.seq for entry in stored), f"order of the {name}"
            seqs = [entry.seq if name == "agent" else entry.public_seq for entry in stored]
            assert [talker.acknowledged[id_] for id_ in talker.written] == seqs

    def _words(self) -> str:
        self.said += 1
        return f"слово {self.said}"


def test_the_protocol_keeps_its_promises_in_every_history(
    open_socket: Callable[[], Socket], elena: Any, olga: Any
) -> None:
    is_long = settings.get_current_profile_name() == "long"
    run_state_machine_as_test(lambda: Protocol(open_socket, elena, olga), settings=None if is_long else USUAL)
