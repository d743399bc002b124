"""Nobody is left waiting in silence; a pause that was announced may be longer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from quality.rules.acts import HOLD
from quality.rules.outcomes import Answer, Outcome, Parameters, Span
from quality.rules.promises import Promise, promises_of
from quality.rules.transcript import Block, Side, Transcript
from quality.rules.wording import phrases

CODE = "gaps"
VERSION = 2
RULE = (
    "After the first answer no message of the borrower waits longer than the channel's limit. "
    "An announced pause or a promised term adds its time, unless the borrower asks meanwhile; "
    "thanks and agreement need no answer."
)

LIMITS = {"chat": 120}  # seconds of working time; letters have no such limit
_MINUTES = re.compile(r"(?<!\d)(\d{1,2})(?:\s?-\s?(\d{1,2}))?\s{0,3}(?:мин|min)")
_NEEDS_NO_ANSWER = phrases(
    r"спасибо\w{0,2}|благодарю|большое|огромное|вам|понятно|понял|поняла|ясно|хорошо|ладно|ок|окей|ага|да|отлично|"
    r"супер|все|"
    r"до свидания|всего доброго|и вам|тоже|взаимно|(?:буду )?(?:жду|ждать|подожду)|договорились|пока",
    r"thanks?|thank you|very|much|ok|okay|great|good|fine|bye|goodbye|got it|i see|sure|you too|will wait|perfect|yes",
)
_LETTERS = re.compile(r"\w")


@dataclass(frozen=True)
class Pause:
    """A wait of the borrower that ended with message ``seq`` (or with the conversation)."""

    seq: int
    wait: int
    allowed: int
    at_end: bool = False

    @property
    def facts(self) -> dict[str, int | bool]:
        return {"seq": self.seq, "wait": self.wait} | ({"at_end": True} if self.at_end else {})

    @property
    def is_long(self) -> bool:
        return self.wait > self.allowed


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    limit = parameters.get("limits", LIMITS).get(transcript.channel)
    if limit is None:
        return Outcome(Answer.NA, "no_limit")
    pauses = list(_pauses(transcript, limit))
    if not pauses:
        return Outcome(Answer.NA, "nothing_to_answer")
    long = [pause for pause in pauses if pause.is_long]
    facts = {
        "limit": limit,
        "wait": max(pause.wait for pause in long or pauses),
        "pauses": [pause.facts for pause in long],
    }
    if not long:
        return Outcome(Answer.PASS, "no_long_pause", facts=facts)
    places = tuple(Span(seq=pause.seq, start=0, end=0) for pause in long)
    once_and_short = len(long) == 1 and long[0].wait <= 2 * long[0].allowed
    return Outcome(Answer.PARTIAL if once_and_short else Answer.FAIL, "long_pause", facts=facts, evidence=places)


def _pauses(transcript: Transcript, limit: int) -> Iterator[Pause]:
    """Every wait after the first answer, those within an answer that only asked to hold included."""
    blocks, promises = transcript.blocks, list(promises_of(transcript))
    answered = False
    for place, block in enumerate(blocks):
        if block.side == Side.STAFF:
            answered = True
            yield from _pauses_within(block, limit, promises)
        elif answered and not _needs_no_answer(block):
            reply = blocks[place + 1].messages[0] if place + 1 < len(blocks) else None
            if reply:
                allowed = limit + _promised_time(block, promises)
                yield Pause(seq=reply.seq, wait=round(reply.at - block.messages[0].at), allowed=allowed)
            elif transcript.ended_at is not None:
                wait = round(transcript.ended_at - block.messages[0].at)
                yield Pause(seq=block.messages[-1].seq, wait=wait, allowed=limit, at_end=True)


def _pauses_within(block: Block, limit: int, promises: list[Promise]) -> Iterator[Pause]:
    """The wait between «одну минуту» and what follows it."""
    for hold, answer in zip(block.messages, block.messages[1:], strict=False):
        if len(hold.text) <= 200 and HOLD.search(hold.own_words):
            promised = (round(one.term) for one in promises if one.message.seq == hold.seq)
            allowed = limit + max(announced_time(hold.own_words), *promised, 0)
            yield Pause(seq=answer.seq, wait=round(answer.at - hold.at), allowed=allowed)


def _promised_time(block: Block, promises: list[Promise]) -> int:
    """How much later than these words, which ask nothing, the last promised term ends."""
    first = block.messages[0]
    if any("?" in message.text for message in block.messages):
        return 0
    made = [one.due for one in promises if one.message.seq < first.seq]
    return max(0, round(made[-1] - first.at)) if made else 0


def announced_time(own_words: str) -> int:
    """How many seconds a message asked to wait; «одну минуту» is one minute, no figure none."""
    if match := _MINUTES.search(own_words):
        return 60 * int(match.group(2) or match.group(1))
    return 60 if "минут" in own_words or "minute" in own_words else 0


def _needs_no_answer(block: Block) -> bool:
    return all(
        len(message.text) <= 200
        and "?" not in message.text
        and not _LETTERS.search(_NEEDS_NO_ANSWER.sub(" ", message.folded))
        for message in block.messages
    )
