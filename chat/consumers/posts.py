"""Posts of one connection: in order, at most eight unanswered, never a hole.

After a refusal that may be retried, everything later of that conversation on this connection is refused with ``order``
until the refused id comes again (go-back-N) or is given up. One refused at once, for the limit say, can be later than
one that the writer refuses afterwards, so the order of coming is kept.
"""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils import translation

from chat.access import give_turn_back, take_turn, writer_of
from chat.rules.entries import ANSWERS_LIMIT, PUBLIC, Post, Posted, Refusal, Writer, marks_of, problem_of
from chat.rules.frames import BadFrame, numbers_of, text_of, uuid_of, uuids_of
from chat.rules.order import Awaited
from chat.rules.pace import AWAITED, UNANSWERED
from chat.serializers import instant
from supportdesk.realtime import metrics
from supportdesk.realtime.draining import is_draining

if TYPE_CHECKING:
    from chat.consumers.connection import Connection

RETRYABLE = {"database", "overload", "order", "storage", "too_fast"}
RETRY_AFTER = {"database": 1.0, "overload": 1.0, "storage": 10.0, "order": None}


class Posts:
    """The writing side of a connection."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._writer: Writer | None = None
        self._unanswered: dict[UUID, Post] = {}
        self._taken = 0  # frames so far: the order in which they came
        self._awaited: dict[UUID, Awaited] = {}  # conversation: what was refused and must come first

    def take(self, frame: dict[str, Any]) -> None:
        """Hand a ``message.post`` to the writer, or refuse it at once."""
        came_at = metrics.clock()
        post = self._post_of(frame)
        id_ = post.client_id
        assert id_ is not None
        if self._unanswered.get(id_) == post:
            return  # an impatient repeat: the answer to the first is the answer to both
        self._taken += 1
        number = self._taken
        awaited = self._awaited.get(post.conversation)
        if awaited is not None and not awaited.is_next(id_, number):
            self._say_refused(post.conversation, id_, Refusal("order"))
            return
        refusal = self._refusal_of(post, id_)
        if refusal is not None:
            self._refuse(number, post.conversation, id_, refusal)
            return
        if awaited is not None:
            number = awaited.accept(id_, number)
            self._tidy(post.conversation, awaited)
        self._unanswered[id_] = post
        lane = (self._connection.id, post.conversation)
        self._connection.desk.writer_of(post.conversation).submit(
            post, lambda outcome: self._answer(number, post, id_, outcome, came_at), lane
        )

    def _post_of(self, frame: dict[str, Any]) -> Post:
        kind = frame.get("kind", "message")
        if kind not in ("message", "note"):
            raise BadFrame("malformed")
        writer = self._writer or self._as_writer()
        return Post(
            conversation=uuid_of(frame, "conversation"),
            writer=writer,
            body=text_of(frame, "body"),
            client_id=uuid_of(frame, "id"),
            kind=kind,
            public=kind != "note",
            attachments=uuids_of(frame, "attachments"),
            data=marks_of(writer, numbers_of(frame, "answers", ANSWERS_LIMIT)),
        )

    def _as_writer(self) -> Writer:
        identity = self._connection.identity
        assert identity is not None
        self._writer = writer_of(identity.actor, epoch=identity.epoch, session=identity.session_id)
        return self._writer

    def _refusal_of(self, post: Post, id_: UUID) -> Refusal | None:
        problem = "conflict" if id_ in self._unanswered else problem_of(post)
        if problem is not None:
            return Refusal(problem)
        if len(self._unanswered) >= UNANSWERED or is_draining():
            return Refusal("overload")
        wait = take_turn(post.writer.id, post.writer.kind)  # type: ignore[arg-type]
        if wait:
            return Refusal("too_fast", max(0.05, round(wait, 2)))
        return None

    def _answer(self, number: int, post: Post, id_: UUID, outcome: Posted | Refusal, came_at: float) -> None:
        self._unanswered.pop(id_, None)
        if isinstance(outcome, Refusal):
            if outcome.code in RETRYABLE and post.writer.id is not None:
                give_turn_back(post.writer.id)
            self._refuse(number, post.conversation, id_, outcome)
            return
        entry = outcome.entry
        public = self._connection.audience == PUBLIC
        self._connection.say(
            {
                "type": "posted",
                "id": id_,
                "conversation": post.conversation,
                "seq": entry.public_seq if public else entry.seq,
                "created_at": instant(entry.created_at),
                "duplicate": outcome.duplicate,
            }
        )
        metrics.posted.inc("duplicate" if outcome.duplicate else "stored")
        metrics.acknowledged.observe(metrics.clock() - came_at)

    def _refuse(self, number: int, conversation: UUID, id_: UUID, refusal: Refusal) -> None:
        """Remember what may come again; nothing waits for what never will be stored."""
        awaited = self._awaited.get(conversation) or Awaited()
        if refusal.code in RETRYABLE:
            awaited.refuse(id_, number)
        else:
            awaited.forget(id_)
        self._tidy(conversation, awaited)
        if len(self._awaited) > AWAITED:
            self._connection.close(4429, "flood", retry_after=30)
            return
        self._say_refused(conversation, id_, refusal)

    def _say_refused(self, conversation: UUID, id_: UUID, refusal: Refusal) -> None:
        frame: dict[str, Any] = {"type": "refused", "id": id_, "conversation": conversation, "code": refusal.code}
        metrics.refused.inc(refusal.code)
        retry_after = refusal.retry_after or RETRY_AFTER.get(refusal.code)
        if retry_after is not None:
            frame["retry_after"] = retry_after
        if refusal.words is not None:
            with translation.override(self._language()):
                frame["message"] = str(refusal.words)
        self._connection.say(frame)

    def _language(self) -> str:
        identity = self._connection.identity
        return identity.actor.language if identity else "ru"

    def _tidy(self, conversation: UUID, awaited: Awaited) -> None:
        if awaited:
            self._awaited[conversation] = awaited
        else:
            self._awaited.pop(conversation, None)
