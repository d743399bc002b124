"""The values of the live path: what is asked to be stored, and what was stored."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

PUBLIC = "public"
STAFF = "staff"

BORROWER_BODY_LIMIT = 4_000
STAFF_BODY_LIMIT = 10_000
LETTER_BODY_LIMIT = 200_000
ATTACHMENTS_LIMIT = 10
ANSWERS_LIMIT = 10


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes. ``epoch`` and ``session`` are read again at write time where the writer came with them."""

    kind: str
    id: UUID | None = None
    name: str = ""
    epoch: int | None = None
    session: UUID | None = None


@dataclass(frozen=True, slots=True)
class Correspondent:
    """The author of a letter who is not proved to be a borrower."""

    name: str
    address: str = ""


SYSTEM = Writer(kind="system")


@dataclass(frozen=True, slots=True)
class Post:
    """One entry to be stored. ``trusted`` posts (facts, strangers' letters) come from the desk and need no right."""

    conversation: UUID
    writer: Writer
    body: str = ""
    client_id: UUID | None = None
    kind: str = "message"
    public: bool = True
    attachments: tuple[UUID, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    trusted: bool = False
    is_letter: bool = False


@dataclass(frozen=True, slots=True)
class StoredAttachment:
    id: UUID
    name: str
    content_type: str
    size: int
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """One line of a conversation's log as it stands in Postgres."""

    id: int
    conversation_id: UUID
    seq: int
    public_seq: int | None
    kind: str
    author_kind: str
    author_id: UUID | None
    author_name: str
    client_id: UUID | None
    body: str
    data: Mapping[str, Any]
    created_at: datetime
    attachments: tuple[StoredAttachment, ...] = ()

    @property
    def is_public(self) -> bool:
        return self.public_seq is not None


@dataclass(frozen=True, slots=True)
class Posted:
    """The post stands in the log; ``duplicate`` when it already stood there."""

    entry: StoredEntry
    duplicate: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """The post was not stored; ``code`` is one of docs/protocol.md, ``words`` say more where a code cannot."""

    code: str
    retry_after: float | None = None
    words: Any = None


def marks_of(writer: Writer, answers: Sequence[int]) -> dict[str, Any]:
    """The data of a post that staff made of prepared answers; anybody else's marks mean nothing."""
    return {"answers": list(dict.fromkeys(answers))} if answers and writer.kind == "staff" else {}


def content_hash(post: Post) -> str:
    """Equal exactly when a repeated send means the same entry."""
    files = ",".join(map(str, post.attachments)) if post.attachments else ""
    content = f"{post.kind}\0{files}\0{post.body}"
    return hashlib.blake2b(post.conversation.bytes + content.encode(), digest_size=16).hexdigest()


def body_limit(post: Post) -> int:
    if post.is_letter:
        return LETTER_BODY_LIMIT
    return {"borrower": BORROWER_BODY_LIMIT, "staff": STAFF_BODY_LIMIT}.get(post.writer.kind, LETTER_BODY_LIMIT)


def problem_of(post: Post) -> str | None:
    """The code of the refusal a post earns by its form alone; None when its form is good."""
    if post.kind not in {"message", "note"}:
        return None if post.trusted else "malformed"
    if post.kind == "note" and post.writer.kind not in {"staff", "system"}:
        return "forbidden"
    if len(post.attachments) > ATTACHMENTS_LIMIT or len(set(post.attachments)) < len(post.attachments):
        return "attachment"
    if not post.attachments and (not post.body or post.body.isspace()):
        return "empty"
    if len(post.body) > body_limit(post):
        return "too_long"
    return None if _is_text(post.body) else "malformed"


def _is_text(body: str) -> bool:
    """Whether Postgres can keep it: no NUL, no half of a surrogate pair."""
    if body.isascii():
        return "\0" not in body
    try:
        body.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in body
