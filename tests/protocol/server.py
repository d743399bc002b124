"""The server's side of docs/protocol.md without any IO: it does one thing at a time, and only when told to.

Two processes serve one conversation. Every switch of ``Design`` that is turned off is a classic fault.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from chat.rules.order import Awaited

Frame = dict[str, Any]
UNANSWERED, BATCH, PAGE, WINDOW = 4, 3, 2, 5  # smaller than in life, so that they matter in a short history


@dataclass(frozen=True)
class Design:
    """What keeps the promises; ``commits_first``: an answer leaves after its commit."""

    locks: bool = True  # a number is taken under the conversation's lock
    dedups: bool = True
    commits_first: bool = True
    goes_back: bool = True  # what comes behind a failed post is refused
    lets_go: bool = True  # until it comes a second time without the failed one
    joins_first: bool = True  # the group is joined before the log is read
    checks_gaps: bool = True  # only the next entry is sent from a hint
    polls: bool = True


class Line(NamedTuple):
    """An entry of the log: its number for staff, and for the borrower."""

    seq: int
    public_seq: int | None
    author: str
    id: str | None
    body: str

    def of(self, audience: str) -> int | None:
        return self.seq if audience == "staff" else self.public_seq


def entry_of(line: Line, seq: int) -> Frame:
    """As the document of the protocol shows it."""
    author = {"kind": line.author, "id": None, "name": line.author}
    text = {"id": line.id, "body": line.body, "created_at": "2026-11-23T09:00:00.000Z"}
    return {"seq": seq, "kind": "message", "author": author, "attachments": [], "data": {}, **text}


class Waiting(NamedTuple):
    """A post that was taken and not yet answered."""

    connection: "Connection"
    number: int
    frame: Frame


class NeverGivenUp(Awaited):
    """Waits for what was refused for ever."""

    def is_next(self, id_: Any, number: int) -> bool:
        self._comings.clear()
        return super().is_next(id_, number)


@dataclass(eq=False)
class Connection:
    """One socket as the server sees it; the author writes here, the audience reads here."""

    process: int
    author: str
    audience: str
    incoming: deque[Frame] = field(default_factory=deque)
    outgoing: deque[Frame] = field(default_factory=deque)
    hints: deque[Line] = field(default_factory=deque)
    unanswered: dict[str, Frame] = field(default_factory=dict)
    taken: int = 0
    awaited: Any = field(default_factory=Awaited)  # the desk's own rule
    follows: "Following | None" = None
    is_cut: bool = False

    def say(self, type_: str, **fields: Any) -> None:
        if not self.is_cut:
            self.outgoing.append({"type": type_, **fields})


@dataclass(eq=False)
class Following:
    """A subscription: what was sent, what was heard of, and a page that was read and not yet sent."""

    position: int
    known: int
    is_joined: bool = False
    is_synced: bool = False
    page: list[Line] | None = None
    head: int = 0  # of the log when the page was read
    heard_of: int = 0  # what was known then
    unreceived: deque[int] = field(default_factory=deque)

    @property
    def has_room(self) -> bool:
        return len(self.unreceived) < WINDOW

    @property
    def wants_to_read(self) -> bool:
        return self.page is None and self.has_room and (self.known > self.position or not self.is_synced)


class Server:
    """The committed log, the writers of both processes, and their connections."""

    def __init__(self, design: Design) -> None:
        self.design = design
        self.log: list[Line] = []
        self.serial = 0  # numbers handed out, where nothing locks
        self.connections: list[Connection] = []
        self.waiting: list[deque[Waiting]] = [deque(), deque()]
        self.open: list[list[tuple[Waiting, Line, bool]] | None] = [None, None]  # a transaction for each process
        self.failures = 0  # of the commits to come

    def connect(self, process: int, author: str, audience: str) -> Connection:
        awaited = Awaited() if self.design.lets_go else NeverGivenUp()
        self.connections = [one for one in self.connections if not one.is_cut or one.incoming]
        connection = Connection(process, author, audience, awaited=awaited)
        self.connections.append(connection)
        return connection

    def crash(self, process: int) -> None:
        """The process dies: what it had not committed was never there."""
        for connection in self.connections:
            if connection.process == process:
                connection.is_cut = True
                for queue in (connection.incoming, connection.outgoing, connection.hints):
                    queue.clear()
                connection.follows = None
        self.waiting[process].clear()
        self.open[process] = None

    # Writing

    def take(self, connection: Connection, is_limited: bool = False) -> None:
        """Obey the next frame of a client."""
        frame = connection.incoming.popleft()
        if frame["type"] == "subscribe":
            connection.follows = Following(frame["after"], frame["after"])
        elif frame["type"] == "received":
            self._credit(connection, frame["seq"])
        elif connection.unanswered.get(frame["id"]) != frame:
            connection.taken += 1
            self._take_post(Waiting(connection, connection.taken, frame), is_limited)

    def _take_post(self, post: Waiting, is_limited: bool) -> None:
        connection, id_ = post.connection, post.frame["id"]
        if self.design.goes_back and not connection.awaited.is_next(id_, post.number):
            connection.say("refused", id=id_, code="order")
        elif len(connection.unanswered) >= UNANSWERED:
            self._refuse(post, "overload")
        elif is_limited:
            self._refuse(post, "too_fast")
        else:
            rank = connection.awaited.accept(id_, post.number)
            connection.unanswered[id_] = post.frame
            self.waiting[connection.process].append(post._replace(number=rank))

    def may_begin(self, process: int) -> bool:
        is_free = self.open[process] is None and (not self.design.locks or self.open[1 - process] is None)
        return bool(self.waiting[process]) and is_free

    def begin(self, process: int) -> None:
        """Open a transaction with what waits, and number what is new."""
        queue = self.waiting[process]
        batch = [queue.popleft() for _ in range(min(BATCH, len(queue)))]
        rows: list[tuple[Waiting, Line, bool]] = []
        for post in batch:
            own = [line for _, line, is_new in rows if is_new]
            stored = self._stored(post, own) if self.design.dedups else None
            rows.append((post, stored or self._new(post, own), stored is None))
        self.open[process] = rows
        if not self.design.commits_first:
            self._answer(rows)

    def commit(self, process: int) -> None:
        rows, self.open[process] = self.open[process] or [], None
        if self.failures:
            self.failures -= 1
            self._fail(process, [post for post, _, _ in rows])
            return
        new = [line for _, line, is_new in rows if is_new]
        self._append(new)
        if self.design.commits_first:
            self._answer(rows)

    def store_elsewhere(self, author: str, body: str, is_public: bool) -> None:
        """Another program stores an entry, and nobody is told."""
        for process in (0, 1):
            if self.design.locks and self.open[process] is not None:
                self.commit(process)
        self.log.append(self._numbered(author, None, body, is_public, []))

    def _stored(self, post: Waiting, own: list[Line]) -> Line | None:
        key = (post.connection.author, post.frame["id"])
        return next((line for line in (*self.log, *own) if (line.author, line.id) == key), None)

    def _numbered(self, author: str, id_: str | None, body: str, is_public: bool, own: list[Line]) -> Line:
        """The next numbers of the log, or of a serial that knows no lock."""
        self.serial += 1
        if not self.design.locks:
            return Line(self.serial, self.serial if is_public else None, author, id_, body)
        lines = [*self.log, *own]
        public = sum(line.public_seq is not None for line in lines) + 1
        return Line(len(lines) + 1, public if is_public else None, author, id_, body)

    def _new(self, post: Waiting, own: list[Line]) -> Line:
        frame = post.frame
        return self._numbered(post.connection.author, frame["id"], frame["body"], frame["kind"] != "note", own)

    def _append(self, lines: list[Line]) -> None:
        for line in lines:
            self.log.append(line)
            for connection in self.connections:
                if connection.follows and connection.follows.is_joined and line.of(connection.audience):
                    connection.hints.append(line)

    def _answer(self, rows: list[tuple[Waiting, Line, bool]]) -> None:
        for post, line, is_new in rows:
            post.connection.unanswered.pop(post.frame["id"], None)
            seq = line.of(post.connection.audience)
            post.connection.say("posted", id=post.frame["id"], seq=seq, duplicate=not is_new)

    def _fail(self, process: int, batch: list[Waiting]) -> None:
        """The first of a batch spoils it; without going back, what stands behind is stored after all."""
        first, *rest = batch
        lane = [post for post in (*rest, *self.waiting[process]) if post.connection is first.connection]
        self._refuse(first, "database")
        if not self.design.goes_back:
            lane = []
        for post in lane:
            self._refuse(post, "order")
        left = [post for post in (*rest, *self.waiting[process]) if post not in lane]
        self.waiting[process] = deque(left)

    def _refuse(self, post: Waiting, code: str) -> None:
        """Whatever came later waits for it from now on."""
        connection, id_ = post.connection, post.frame["id"]
        if code in {"database", "order"}:
            connection.unanswered.pop(id_, None)
        connection.awaited.refuse(id_, post.number)
        connection.say("refused", id=id_, code=code)

    # Reading

    def join(self, connection: Connection) -> None:
        assert connection.follows
        connection.follows.is_joined = True

    def read(self, connection: Connection) -> None:
        """A page of the log as it stands now; it is sent later."""
        follows = connection.follows
        assert follows
        shown = self.visible(connection.audience)
        follows.heard_of = follows.known
        follows.head = max((seq for seq, _ in shown), default=0)
        follows.page = [line for seq, line in shown if seq > follows.position][:PAGE]

    def apply(self, connection: Connection) -> None:
        """Send what was read, as far as it is the next and there is room."""
        follows = connection.follows
        assert follows and follows.page is not None
        page, follows.page = follows.page, None
        follows.known = max(follows.known, follows.head)
        if not page and follows.known == follows.heard_of:
            follows.known = follows.position
        for line in page:
            if not follows.has_room:
                break
            self._send(connection, line)
        if follows.position >= follows.known and not follows.is_synced:
            follows.is_synced = True
            connection.say("synced", seq=follows.position)

    def hear(self, connection: Connection) -> None:
        """A hint arrives: the entry itself, if it is the next one; otherwise a reason to read."""
        line, follows = connection.hints.popleft(), connection.follows
        if follows is None:
            return
        seq = line.of(connection.audience) or 0
        is_level = follows.known <= follows.position
        follows.known = max(follows.known, seq)
        is_next = seq == follows.position + 1 or (is_level and seq > follows.position and not self.design.checks_gaps)
        if is_next and follows.is_synced and follows.page is None and follows.has_room:
            self._send(connection, line)

    def poll(self) -> None:
        """The look of each second at the heads of everything that is followed."""
        for connection in self.connections:
            if connection.follows and self.design.polls:
                head = max((seq for seq, _ in self.visible(connection.audience)), default=0)
                connection.follows.known = max(connection.follows.known, head)

    def tell_of(self, ahead: int) -> None:
        """A false hint: it speaks of what is not there."""
        for connection in self.connections:
            if connection.follows and connection.follows.is_joined:
                head = len(self.visible(connection.audience)) + ahead
                connection.follows.known = max(connection.follows.known, head)

    def visible(self, audience: str) -> list[tuple[int, Line]]:
        numbered = ((line.of(audience), line) for line in self.log)
        shown = [(seq, line) for seq, line in numbered if seq]
        return shown if self.design.locks else sorted(shown)

    def _send(self, connection: Connection, line: Line) -> None:
        follows, seq = connection.follows, line.of(connection.audience) or 0
        assert follows
        if seq > follows.position:
            follows.position = seq
            follows.unreceived.append(seq)
            connection.say("entry.posted", seq=seq, entry=entry_of(line, seq))

    def _credit(self, connection: Connection, seq: int) -> None:
        unreceived = connection.follows.unreceived if connection.follows else deque[int]()
        while unreceived and unreceived[0] <= seq:
            unreceived.popleft()

    # What can happen next

    def steps(self) -> list[Callable[[], None]]:
        """Everything the server could do now, each by itself."""
        found: list[Callable[[], None]] = []
        for process in (0, 1):
            if self.may_begin(process):
                found.append(partial(self.begin, process))
            if self.open[process] is not None:
                found.append(partial(self.commit, process))
        for connection in self.connections:
            found += [partial(step, connection) for step in self.steps_of(connection)]
        return found

    def work(self) -> bool:
        """Do all there is to do; whether there was anything."""
        has_moved = False
        for connection in self.connections:
            while steps := self.steps_of(connection):
                steps[0](connection)
                has_moved = True
        for process in (0, 1):
            while self.may_begin(process) or self.open[process] is not None:
                self.begin(process) if self.open[process] is None else self.commit(process)
                has_moved = True
        return has_moved

    def steps_of(self, connection: Connection) -> list[Callable[[Connection], None]]:
        follows, found = connection.follows, []
        if connection.incoming:
            found.append(self.take)
        if connection.hints:
            found.append(self.hear)
        if follows is None:
            return found
        if not follows.is_joined and (self.design.joins_first or follows.is_synced):
            found.append(self.join)
        if follows.page is not None:
            found.append(self.apply)
        elif follows.wants_to_read and (follows.is_joined or not self.design.joins_first):
            found.append(self.read)
        return found
