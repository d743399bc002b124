"""Delivery reports as values: which of our letters did not arrive, for whom, and whether for good. Never raises.

Nothing here decides anything: a report counts only where it carries a signature of ours (tickets/actions/bounces.py).
"""

import re
from dataclasses import dataclass

from tickets.rules.email import headers
from tickets.rules.email.tree import Part, Tree

READ = 200_000  # bytes of one part
RECIPIENTS = 50

_ID = re.compile(rb"^[ \t>]*message-id\s*:\s*(?:\r?\n[ \t]+)?<\s*([^<>\s]{1,900})\s*>", re.I | re.M)
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_DEAD_WORDS = re.compile(
    r"user unknown|unknown (?:user|recipient|address|e-?mail address)|no such user|does not exist|mailbox not found"
    r"|(?:recipient|address) (?:not found|rejected)|invalid recipient|account (?:is )?(?:disabled|deleted)"
    r"|не существует|несуществующ|неизвестный получатель",
    re.I,
)
_TEMPORARY = {"5.2.2", "5.3.4", "5.2.3", "5.4.7"}  # a full box, a letter too large, time that ran out


@dataclass(frozen=True, kw_only=True)
class BounceFacts:
    """What a report says. ``kind``: hard (the address is dead), soft (this letter did not arrive, or not yet), unknown.

    ``is_final``: nobody tries any more. ``dead``: those of the recipients whose address is at fault.
    """

    kind: str = "unknown"
    is_final: bool = False
    status: str = ""
    diagnostic: str = ""
    recipients: tuple[str, ...] = ()
    dead: tuple[str, ...] = ()
    returned_id: str = ""


def read_bounce(tree: Tree) -> BounceFacts:
    """The facts of a letter already known to be a report."""
    blocks = [block for part in tree.parts if part.content_type == "message/delivery-status" for block in _blocks(part)]
    failed = [box.address for value in tree.all("x-failed-recipients")[:10] for box in headers.mailboxes(value)]
    told = [_address(block) for block in blocks]
    recipients = tuple(dict.fromkeys(each.lower() for each in (*told, *failed) if each))[:RECIPIENTS]
    kinds = [_kind(block) for block in blocks if "action" in block or "status" in block]
    if not kinds:
        kinds = [_kind_by_words(tree, has_failed=bool(failed))]
    dead = [_address(block) for block in blocks if _kind(block)[0] == "hard"]
    kind, is_final, status = min(kinds, key=lambda each: ("hard", "soft", "unknown").index(each[0]))
    return BounceFacts(
        kind=kind,
        is_final=is_final,
        status=status,
        diagnostic=next((text for block in blocks if (text := block.get("diagnostic-code", ""))), "")[:250],
        recipients=recipients,
        dead=tuple(each.lower() for each in dead if each) or (recipients if kind == "hard" else ()),
        returned_id=_returned_id(tree),
    )


def _blocks(part: Part) -> list[dict[str, str]]:
    """The groups of fields of a delivery status: about the letter, then about each recipient."""
    blocks = []
    for text in re.split(rb"\r?\n[ \t]*\r?\n", part.body[:READ])[: RECIPIENTS + 1]:
        unfolded = re.sub(rb"\r?\n[ \t]+", b" ", text)
        pairs = [line.split(b":", 1) for line in unfolded.splitlines() if b":" in line]
        block = {name.strip().lower().decode("ascii", "replace"): headers.text_of(value) for name, value in pairs[:50]}
        if block:
            blocks.append(block)
    return blocks


def _address(block: dict[str, str]) -> str:
    """Whom the letter was for, as we wrote it if the report knows that."""
    for name in ("original-recipient", "final-recipient"):
        found = headers.mailboxes(block.get(name, "").rpartition(";")[2].encode())
        if found and headers.is_address(found[0].address):
            return found[0].address
    return ""


def _kind(block: dict[str, str]) -> tuple[str, bool, str]:
    action = block.get("action", "").split(" ")[0].lower()
    found = _STATUS.search(block.get("status", "")) or _STATUS.search(block.get("diagnostic-code", ""))
    status = found[0] if found else ""
    if action in {"delivered", "relayed", "expanded"} or status.startswith("2"):
        return "unknown", False, status
    if action == "delayed":
        return "soft", False, status
    if action == "failed" or status.startswith("5"):
        return ("hard" if _is_dead(status, block.get("diagnostic-code", "")) else "soft"), True, status
    return ("soft" if status.startswith("4") else "unknown"), False, status


def _is_dead(status: str, words: str) -> bool:
    """Whether the address itself is at fault, rather than this letter, the way there, or a filter."""
    if status in _TEMPORARY or status.startswith("4"):
        return False
    return status.startswith(("5.1.", "5.2.1")) or bool(_DEAD_WORDS.search(words))


def _kind_by_words(tree: Tree, *, has_failed: bool) -> tuple[str, bool, str]:
    """Reports in prose only: a dead address is said in few ways, anything else stays unknown."""
    text = b"\n".join(part.body[:5000] for part in tree.parts[:3] if part.content_type.startswith("text/"))
    words = text.decode("utf-8", "replace")
    found = _STATUS.search(words)
    status = found[0] if found else ""
    if has_failed and status.startswith("4"):
        return "soft", False, status
    if has_failed and _is_dead(status, words):
        return "hard", True, status
    return ("soft", True, status) if has_failed else ("unknown", False, status)


def _returned_id(tree: Tree) -> str:
    """The Message-ID of our letter, from what the report gives back of it."""
    kinds = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "text/plain")
    for kind in kinds:
        for part in tree.parts:
            if part.content_type == kind and (found := _ID.search(part.body[:READ])):
                return found[1].decode("ascii", "replace")
    return ""
