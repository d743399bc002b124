"""One raw letter read into one value. Never raises: what cannot be read is named in ``problems``."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from tickets.rules.email import headers
from tickets.rules.email.attachments import File, read_files, written_and_files
from tickets.rules.email.auth import AuthFacts, facts_of
from tickets.rules.email.body import read_body, tidy
from tickets.rules.email.classify import classify
from tickets.rules.email.dsn import BounceFacts, read_bounce
from tickets.rules.email.headers import Mailbox
from tickets.rules.email.reply import strip_reply
from tickets.rules.email.tnef import unpacked
from tickets.rules.email.tree import Tree, headers_only, read_tree

GLANCED_AT = 64 * 1024
VERSION = 3  # grows when letters are read differently, so that those in quarantine are tried again
PROBLEMS = (
    *("from_missing", "from_ambiguous", "from_invalid", "header_folding", "header_end", "header_block", "boundary"),
    *("depth", "parts", "tree", "oversize", "html", "tnef"),
)  # every name that ``problems`` may hold


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What a letter says. ``text`` is everything written, ``reply_text`` without history, ``trimmed`` the rest."""

    from_name: str
    from_address: str
    has_one_sender: bool
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    delivered_to: tuple[str, ...]
    subject: str
    sent_at: datetime | None
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    text: str
    reply_text: str
    trimmed: str
    html: str  # safe to show: nothing in it is fetched or run
    attachments: tuple[File, ...]
    letter_class: str
    instance: str
    auth: AuthFacts
    bounce: BounceFacts | None
    fingerprint: str
    problems: tuple[str, ...]

    @property
    def is_automatic(self) -> bool:
        """Whether a machine wrote it: it is never answered by machine, and takes no finished work up again."""
        return self.letter_class != "human"


def read_letter(raw: bytes) -> Letter:
    """Everything the desk needs to know of a letter."""
    tree = read_tree(raw)
    parts, more = unpacked(tree.parts)
    written, loose = written_and_files(parts)
    files = read_files(loose)
    body = read_body(written)
    reply = strip_reply(body.new_text)
    sender, problem = _sender(tree)
    subject = headers.text_of(tree.header("subject"))[:500]
    text = body.text
    letter_class = classify(tree, sender=sender.address)
    return Letter(
        from_name=sender.name[:200],
        from_address=sender.address,
        has_one_sender=not problem,
        to=_mailboxes(tree, "to"),
        cc=_mailboxes(tree, "cc"),
        delivered_to=_delivered_to(tree),
        subject=subject,
        sent_at=headers.date_of(tree.header("date")),
        message_id=next(iter(headers.message_ids(tree.header("message-id"))), ""),
        in_reply_to=tuple(headers.message_ids(tree.header("in-reply-to"))),
        references=tuple(headers.message_ids(tree.header("references"))),
        text=text,
        reply_text=tidy(reply.text),
        trimmed=_trimmed(text, reply.text, reply.trimmed, is_cut=body.new_text != text),
        html=body.html,
        attachments=files,
        letter_class=letter_class,
        instance=tree.header("x-sd-instance").decode("ascii", "replace").strip()[:100],
        auth=facts_of(tree),
        bounce=read_bounce(tree) if letter_class == "bounce" else None,
        fingerprint=_fingerprint(sender.address, tree.header("date"), subject, text, files),
        problems=tuple(each for each in (*tree.problems, *more, *body.problems, problem) if each),
    )


@dataclass(frozen=True, kw_only=True)
class Glance:
    """The little that can be told of a letter without reading it."""

    from_name: str
    from_address: str
    subject: str


def glance(raw: bytes) -> Glance:
    """Sender and subject by a lenient look at the first headers, for a letter that could not be read."""
    tree = headers_only(raw[:GLANCED_AT])
    sender, _ = _sender(tree)
    return Glance(
        from_name=sender.name[:200],
        from_address=sender.address if headers.is_address(sender.address) else "",
        subject=headers.text_of(tree.header("subject"))[:500],
    )


def _sender(tree: Tree) -> tuple[Mailbox, str]:
    """The one mailbox of the one From header, and what is wrong with it.

    Without an address there, whom the letter says to answer is the correspondent, but never its proven sender.
    """
    fields = tree.all("from")
    found = headers.mailboxes(fields[0]) if fields else []
    sender = next((each for each in found if each.address), found[0] if found else Mailbox("", ""))
    if len(fields) > 1 or len(found) > 1:
        return sender, "from_ambiguous"
    if headers.is_address(sender.address):
        return sender, ""
    return sender if found else _whom_to_answer(tree), "from_invalid" if found else "from_missing"


def _whom_to_answer(tree: Tree) -> Mailbox:
    values = [tree.header(name) for name in ("reply-to", "return-path", "sender")]
    found = [box for value in values for box in headers.mailboxes(value[:1000])]
    return next((box for box in found if headers.is_address(box.address)), Mailbox("", ""))


def _mailboxes(tree: Tree, name: str) -> tuple[Mailbox, ...]:
    found = headers.mailboxes(b", ".join(tree.all(name)[:10]))
    return tuple(each for each in found if each.address)[: headers.ADDRESSES]


def _delivered_to(tree: Tree) -> tuple[str, ...]:
    """Where the letter was handed in, which To may not show."""
    values = [value for name in ("delivered-to", "x-original-to", "envelope-to") for value in tree.all(name)[:10]]
    return tuple(box.address for value in values for box in headers.mailboxes(value[:1000]) if box.address)


def _trimmed(text: str, reply: str, trimmed: str, *, is_cut: bool) -> str:
    """What is folded: the tail below the reply, or the whole text where the history was cut out of HTML."""
    if is_cut and re.sub(r"\s+", "", reply) != re.sub(r"\s+", "", text):
        return text
    return trimmed


def _fingerprint(sender: str, date: bytes, subject: str, text: str, files: tuple[File, ...]) -> str:
    words = [sender.lower(), date.decode("ascii", "replace"), subject, text, *(file.sha256 for file in files)]
    return hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass")).hexdigest()
