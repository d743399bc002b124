"""The world of the desk itself: real sockets, Postgres and Redis, a server that works when it likes."""

import asyncio
import threading
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.db import DatabaseError, transaction
from django.db import connection as database

from chat import actions as chat
from chat.consumers.subscription import EARLY_TIME
from chat.events import entries_events, group_of
from chat.models import Conversation, Entry
from chat.queries import latest_entries
from chat.signals import messages_posted
from identity import actions as identity
from supportdesk.realtime import frame, publish
from supportdesk.realtime.hub import running_hub
from tests.protocol.machine import World
from tests.protocol.server import Line
from tests.sockets import Socket
from tests.talker import IN_FLIGHT, Reader, Tab
from tests.webs import door

PATIENCE = 60.0  # seconds until everything must have arrived, on a machine that does other things too; a poll takes one


class RealWorld(World):
    """A new borrower Anna for each history; Elena serves her, Olga supervises."""

    def __init__(self, open_socket: Callable[[], Socket], elena: Any, olga: Any) -> None:
        self.elena = elena
        sub = f"M-{uuid.uuid4().hex[:8]}"
        anna = identity.refresh_borrower(claims={"sub": sub, "name": sub, "first_name": sub, "language": "ru"})
        self.conversation = chat.start_conversation(channel="chat", borrower=anna)
        chat.add_participant(conversation=self.conversation, user=elena)
        self.conversation.refresh_from_db()
        borrower, agent, supervisor = (door(each, open_socket) for each in (anna, elena, olga))
        key, public, all_ = self.conversation.pk, self.conversation.public_seq, self.conversation.seq
        self.tabs = {
            "first tab": Tab(borrower, key, public),
            "second tab": Tab(borrower, key, public),
            "agent": Tab(agent, key, all_),
        }
        self.readers = {"borrower": Reader(borrower, key, public), "supervisor": Reader(supervisor, key, all_)}
        for client in self.everybody.values():
            client.come()

    def log(self) -> Sequence[Line]:
        rows = Entry.objects.filter(conversation=self.conversation).order_by("seq")
        return [
            Line(entry.seq, entry.public_seq, str(entry.author_id), str(entry.client_id or "") or None, entry.body)
            for entry in rows
        ]

    def fail(self, times: int) -> None:
        left = [times]

        def fail(**_: Any) -> None:
            if left[0] and threading.current_thread().name.startswith("writer"):
                left[0] -= 1
                raise DatabaseError("so it was arranged")

        self.failing = fail  # a signal holds its receivers weakly
        messages_posted.disconnect(dispatch_uid="tests.protocol")
        messages_posted.connect(fail, dispatch_uid="tests.protocol")

    def store_untold(self, body: str, *, is_public: bool) -> None:
        kind = "message" if is_public else "note"
        with transaction.atomic():
            chat.post_message(conversation=self.conversation, author=self.elena, body=body, kind=kind)
            database.run_on_commit.clear()

    def tell_old_news(self) -> None:
        publish(entries_events(latest_entries(conversation=self.conversation.pk, audience="staff", limit=5)))

    def tell_of_the_future(self, ahead: int) -> None:
        """Beyond what the tabs have under way: what is stored in the moment of patience would make it the next one."""
        ahead += len(self.tabs) * IN_FLIGHT
        head = Conversation.objects.get(pk=self.conversation.pk)
        for audience, seq in (("staff", head.seq + ahead), ("public", head.public_seq + ahead)):
            publish([frame(group_of(head.pk, audience), {"type": "pong", "n": 0, "now": ""}, seq=seq)])
        self._until_nothing_is_kept()

    def _until_nothing_is_kept(self) -> None:
        """An early hint is kept for a moment, in which it is believed as the next one always is; then it is not."""
        hub = running_hub()
        assert hub is not None
        asyncio.run_coroutine_threadsafe(asyncio.sleep(2 * EARLY_TIME), hub.loop).result(PATIENCE)

    def settle(self) -> None:
        messages_posted.disconnect(dispatch_uid="tests.protocol")
        for tab in self.tabs.values():
            tab.settle(PATIENCE)
        log = self.log()
        heads = {audience: sum(line.of(audience) is not None for line in log) for audience in ("staff", "public")}
        for who, client in self.everybody.items():
            Reader.settle(client, heads[self.audience(who)], PATIENCE)
            while client.pump(0.01):
                pass

    def close(self) -> None:
        messages_posted.disconnect(dispatch_uid="tests.protocol")
        for client in self.everybody.values():
            client.cut()
