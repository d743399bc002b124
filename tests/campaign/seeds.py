"""What each seeded bug does, at seams that outlive a refactoring: the writer's store, the hub, the reader of the log.

Where a bug needs a failure or a slow commit to show, that is arranged too.
"""

import inspect
import json
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace as with_changes
from types import ModuleType
from typing import Any

from tests.campaign.bugs import replace, seeded

Store = Callable[[Sequence[Any]], list[Any]]
COMMIT_TIME = 0.1  # seconds between an answer that came too early and its commit
FAILING = 0.03  # of all posts
LOST = 0.3  # of all hints
JOIN_TIME = 1.5  # seconds between reading the log and hearing of what comes
NOTHING = json.dumps({"type": "pong", "n": 0, "now": ""})


# The writing side


def wrap_store(wrapped: Callable[[Store], Store]) -> Callable[[ModuleType], None]:
    """A patch that lets every writer store through ``wrapped(store)``."""

    def patch(commits: ModuleType) -> None:
        assert next(iter(inspect.signature(commits.GroupCommit).parameters)) == "store"
        replace(
            commits.GroupCommit, "__init__", lambda init: lambda me, store, **rest: init(me, wrapped(store), **rest)
        )

    return patch


def acknowledging_early(store: Store) -> Store:
    """The answers leave while the transaction is still open."""
    threads = ThreadPoolExecutor(16, thread_name_prefix="early")

    def store_early(posts: Sequence[Any]) -> list[Any]:
        answers: Future[list[Any]] = Future()
        threads.submit(_commit_later, store, posts, answers)
        return answers.result()

    return store_early


def _commit_later(store: Store, posts: Sequence[Any], answers: "Future[list[Any]]") -> None:
    from django.db import connection, transaction

    try:
        with transaction.atomic():
            answers.set_result(store(posts))
            time.sleep(3 * COMMIT_TIME)  # longer than an answer takes, on a busy machine too
    except Exception as error:
        connection.close()
        if not answers.done():
            answers.set_exception(error)


def storing_repeats(store: Store) -> Store:
    """A repeated post is taken for a new one."""
    known: set[Any] = set()

    def store_again(posts: Sequence[Any]) -> list[Any]:
        return store([_as_new(post, known) for post in posts])

    return store_again


def _as_new(post: Any, known: set[Any]) -> Any:
    from chat.models import Entry

    key = (post.writer.id, post.client_id)
    is_stored = key in known or Entry.objects.filter(author_id=post.writer.id, client_id=post.client_id).exists()
    known.add(key)
    return with_changes(post, client_id=uuid.uuid4()) if post.client_id and is_stored else post


def storing_behind_a_failure(store: Store) -> Store:
    """Some posts fail, and what came after them is stored."""

    def store_with_holes(posts: Sequence[Any]) -> list[Any]:
        from chat.rules.entries import Refusal

        failed = [bool(post.client_id) and random.random() < FAILING for post in posts]
        kept = [post for post, has_failed in zip(posts, failed, strict=True) if not has_failed]
        stored: Iterator[Any] = iter(store(kept) if kept else [])
        return [Refusal("database") if has_failed else next(stored) for has_failed in failed]

    return store_with_holes


def committing_in_any_order(store: Store) -> Store:
    """Each conversation of a batch in a transaction of its own, and commits take their time."""
    threads = ThreadPoolExecutor(16, thread_name_prefix="late")

    def store_apart(posts: Sequence[Any]) -> list[Any]:
        lanes: dict[Any, list[int]] = {}
        for place, post in enumerate(posts):
            lanes.setdefault(post.conversation, []).append(place)
        begun = [(own, threads.submit(_store_slowly, store, [posts[n] for n in own])) for own in lanes.values()]
        outcomes = {place: outcome for own, done in begun for place, outcome in zip(own, done.result(), strict=True)}
        return [outcomes[place] for place in range(len(posts))]

    return store_apart


def _store_slowly(store: Store, posts: Sequence[Any]) -> list[Any]:
    from django.db import connection, transaction

    try:
        with transaction.atomic():
            outcomes = store(posts)
            time.sleep(random.uniform(0, COMMIT_TIME))
    except Exception:
        connection.close()
        raise
    return outcomes


COMMITS = "supportdesk.realtime.commits"
seeded("ack_before_commit", COMMITS)(wrap_store(acknowledging_early))
seeded("no_dedup", COMMITS)(wrap_store(storing_repeats))
seeded("no_go_back_n", COMMITS)(wrap_store(storing_behind_a_failure))
seeded("serial_resume", COMMITS)(wrap_store(committing_in_any_order))


class _Forgetful(dict[Any, Any]):
    def __setitem__(self, key: Any, value: Any) -> None:
        """Nothing is awaited."""


@seeded("no_go_back_n", "chat.consumers.posts")
def await_nothing(posts: ModuleType) -> None:
    """What comes after a refused post is not refused."""
    assert "self._awaited: dict" in inspect.getsource(posts.Posts.__init__)

    def forgetting(init: Callable[..., None]) -> Callable[..., None]:
        def make(me: Any, *arguments: Any) -> None:
            init(me, *arguments)
            me._awaited = _Forgetful()

        return make

    replace(posts.Posts, "__init__", forgetting)


# The reading side


class _Tail:
    """The log followed by its serial id; an entry that commits behind the tail has never been there."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: int | None = None
        self._base = 0
        self._heard: set[int] = set()

    def move(self) -> None:
        from chat.models import Entry

        with self._lock:
            if self._last is None:
                newest = Entry.objects.order_by("-id").values_list("id", flat=True)[:1]
                self._last = self._base = max(newest, default=0)
            ids = list(Entry.objects.filter(id__gt=self._last).values_list("id", flat=True))
            self._heard.update(ids)
            self._last = max(ids, default=self._last)

    def has(self, id_: int) -> bool:
        return id_ <= self._base or id_ in self._heard


@seeded("serial_resume", "chat.consumers.reading")
def read_by_the_serial(reading: ModuleType) -> None:
    """A page holds what the tail passed; for the rest a frame goes out that says nothing."""
    tail = _Tail()

    def reading_the_tail(read: Callable[..., Any]) -> Callable[..., Any]:
        def page_of(asked: Any, heads: Any) -> Any:
            from chat.models import Entry

            tail.move()
            page = read(asked, heads)
            sequence = "public_seq" if asked.audience == "public" else "seq"
            rows = Entry.objects.filter(conversation=asked.who[2], **{f"{sequence}__gt": asked.after})
            ids = dict(rows.values_list(sequence, "id"))
            frames = [(seq, text if tail.has(ids[seq]) else NOTHING) for seq, text in page.frames]
            return with_changes(page, frames=frames)

        return page_of

    assert set(reading.Page.__dataclass_fields__) >= {"head", "frames"}
    replace(reading, "_page", reading_the_tail)


@seeded("serial_resume", "chat.consumers.subscription")
def read_always(subscription: ModuleType) -> None:
    """A hint is only a reason to read."""
    replace(subscription.Subscription, "offer", lambda _: lambda me, seq, text: me.learn(seq))


@seeded("hint_without_poll", "chat.consumers.connection")
def lose_hints(connection: ModuleType) -> None:
    def losing(deliver: Callable[..., None]) -> Callable[..., None]:
        def deliver_some(me: Any, event: Any) -> None:
            if event.seq is None or random.random() > LOST:
                deliver(me, event)

        return deliver_some

    replace(connection.Connection, "deliver", losing)


@seeded("hint_without_poll", "chat.consumers.watch")
@seeded("history_before_join", "chat.consumers.watch")
def poll_nothing(watch: ModuleType) -> None:
    """The look of each second still ends rights, but tells of no entry."""

    def without_heads(heads_visible: Callable[..., Any]) -> Callable[..., Any]:
        return lambda pairs: {key: heads._replace(seq=0, public_seq=0) for key, heads in heads_visible(pairs).items()}

    replace(watch, "heads_visible", without_heads)


@seeded("history_before_join", "supportdesk.realtime.hub")
def join_late(hub: ModuleType) -> None:
    """A conversation's group is joined when its log has been read."""
    waiting: dict[Any, Any] = {}

    def late(join: Callable[..., None]) -> Callable[..., None]:
        def join_later(me: Any, group: str, member: Any) -> None:
            if group.startswith("conversation."):
                waiting[group, member] = me.loop.call_later(JOIN_TIME, join, me, group, member)
            else:
                join(me, group, member)

        return join_later

    def leaving(leave: Callable[..., None]) -> Callable[..., None]:
        def leave_either(me: Any, group: str, member: Any) -> None:
            if (joining := waiting.pop((group, member), None)) is not None:
                joining.cancel()
            leave(me, group, member)

        return leave_either

    replace(hub.Hub, "join", late)
    replace(hub.Hub, "leave", leaving)


@seeded("history_before_join", "chat.consumers.subscription")
def show_gaps(subscription: ModuleType) -> None:
    """Whatever is new is sent, the next one or not."""
    assert "_send" in vars(subscription.Subscription)

    def offer(me: Any, seq: int, text: str) -> None:
        if me.is_synced and not me.is_reading and seq > me.position and me.connection.has_room:
            me.known = max(me.known, seq)
            me._send(seq, text)
        else:
            me.learn(seq)

    replace(subscription.Subscription, "offer", lambda _: offer)


# Effects


@seeded("celery_without_outbox", "tickets.management.loops")
def work_by_message_alone(loops: ModuleType) -> None:
    """One message, one job: nobody looks at the table, so what the message of a job does not do, nothing does."""

    def counting(wake: Callable[..., None]) -> Callable[..., None]:
        def take_message(me: Any, work: str) -> None:
            for loop in [loop for loop in me.loops if loop.work == work][:1]:
                loop.messages = getattr(loop, "messages", 0) + 1
            wake(me, work)

        return take_message

    def told(turn: Callable[..., bool]) -> Callable[..., bool]:
        def turn_when_told(me: Any) -> bool:
            if getattr(me, "messages", 0) < 1:
                return False
            me.messages -= 1
            return turn(me)

        return turn_when_told

    replace(loops.Listener, "wake", counting)
    replace(loops.Loop, "turn", told)
