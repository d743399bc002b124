"""Moments at which a process can be made to die, so that a campaign reaches what a random kill rarely hits.

``SD_FAILPOINT=posting.before_commit:kill`` kills this process with -9 when it passes there; ``stop`` freezes it,
``raise`` makes the step fail, ``sleep=2`` makes it slow, ``@3`` waits for the third passage. Without the variable a
passage costs one comparison.
"""

import os
import signal
import time
from dataclasses import dataclass

NAMES = {
    "posting.before_statement": "a batch is about to be stored",
    "posting.after_insert": "entries and sequences are written, not committed",
    "posting.before_commit": "the app above has had its say too, not committed",
    "posting.after_commit": "committed, nobody was told, nobody was answered",
    "commits.before_answers": "the batch is stored, before the first acknowledgement",
    "commits.after_answer": "acknowledged, the rest of the batch not yet",
    "hub.before_publish": "hints are taken out of the queue, not published",
    "hub.after_publish": "hints are published",
    "greeting.redeemed": "the ticket is spent, before the welcome",
    "greeting.welcomed": "welcomed, subscriptions have not begun",
    "subscription.joined": "the group is joined, the log not read",
    "subscription.read": "a page is read, not sent",
    "seen.before_store": "seen marks are taken, not stored",
    "conversations.started": "a conversation and its first fact exist, before its ticket",
    "conversations.closed": "a conversation is closed, before its score is promised",
    "outbox.enqueued": "a job is promised, not committed",
    "outbox.claimed": "a job is claimed, the claim committed, not begun",
    "outbox.after_effect": "the effect is made, in the transaction of its mark",
    "outbox.before_done": "an effect beyond Postgres is made, its mark not committed",
    "scores.kept": "a score is kept, its findings are not",
    "rollups.erased": "a day's figures are gone, the new ones not written, not committed",
    "rollups.written": "a day's new figures are written, not committed",
    "exports.written": "an export's file is written, its row does not say so",
    "staffing.computed": "how many agents are needed is computed, not kept",
    "calls.heard": "an event of a call is kept, the exchange has no answer",
    "matching.planned": "chats and agents are paired, nothing is locked",
    "matching.taken": "places are taken, not committed",
    "attachments.written": "a file stands on the disk, without a row",
    "imap.fetched": "letters are fetched, none is stored",
    "imap.stored": "a letter is stored, the cursor has not moved",
    "hook.received": "a webhook's letters are taken out, none is stored",
    "hook.stored": "a webhook's letters are stored, it has no answer",
    "door.received": "a letter came in at the SMTP door, it is not stored",
    "door.stored": "a letter of the SMTP door is stored, the door has said nothing",
    "letters.raw_kept": "a letter's bytes stand on the disk, without a row",
    "letters.row_written": "a letter has its row, not committed",
    "letters.read": "a letter is read, what it says not recorded",
    "letters.recorded": "what a letter says is recorded, it stands in no ticket",
    "letters.applied": "a letter stands in its ticket, its job is not done",
    "vault.written": "a borrower's document stands on the disk, without a row",
    "vault.erased": "a document's bytes are gone, its row does not say so",
    "smtp.before_send": "a letter is about to be handed to its server",
    "smtp.accepted": "the server has taken the letter, not committed",
}


class FailpointReached(Exception):
    """What ``raise`` raises."""


@dataclass
class _Armed:
    name: str
    action: str
    passages: int  # until it acts


def _armed_by(words: str) -> _Armed | None:
    if not words:
        return None
    name, _, rest = words.partition(":")
    action, _, passage = rest.partition("@")
    if name not in NAMES or action.partition("=")[0] not in {"kill", "stop", "raise", "sleep"}:
        raise ValueError(f"SD_FAILPOINT={words} names no failpoint or no action")
    return _Armed(name, action, int(passage or 1))


_armed = _armed_by(os.environ.get("SD_FAILPOINT", ""))


def failpoint(name: str) -> None:
    """This process passes a named moment."""
    if _armed is not None and _armed.name == name:
        _pass(_armed)


def _pass(armed: _Armed) -> None:
    armed.passages -= 1
    if armed.passages > 0 or (armed.passages < 0 and armed.action in {"kill", "stop", "raise"}):
        return
    if armed.action == "raise":
        raise FailpointReached(armed.name)
    if armed.action.startswith("sleep"):
        time.sleep(float(armed.action.partition("=")[2]))
    else:
        os.kill(os.getpid(), signal.SIGKILL if armed.action == "kill" else signal.SIGSTOP)
