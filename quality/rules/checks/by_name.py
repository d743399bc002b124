"""The borrower is addressed by name, in any case of the Russian name."""

import re

from quality.rules.acts import GREETING
from quality.rules.outcomes import Answer, Outcome, Parameters, Span, span_of
from quality.rules.russian import lemmas
from quality.rules.transcript import Message, Transcript
from quality.rules.wording import fold

CODE = "by_name"
VERSION = 2
RULE = (
    "A capitalised word of a staff member's message is a form of the borrower's first name; "
    "so is the name itself in small letters where a message or its greeting addresses somebody."
)

_WORD = re.compile(r"(?<!\w)[A-ZА-ЯЁ][\w-]{1,40}")


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    if not transcript.staff_messages:
        return Outcome(Answer.NA, "no_answer")
    names = fold(transcript.borrower_name).split()
    if not names:
        return Outcome(Answer.NA, "name_unknown")
    looked_at = transcript.staff_messages[:1] if transcript.is_letter else transcript.staff_messages
    spans = [span for message in looked_at if (span := _said(message, names[0]))]
    if spans:
        return Outcome(Answer.PASS, "named", facts={"times": len(spans)}, evidence=tuple(spans[:3]))
    return Outcome(Answer.FAIL, "not_named")


def _said(message: Message, name: str) -> Span | None:
    beginning = name[: 3 if len(name) > 3 else 1]
    for match in _WORD.finditer(message.text):
        word = message.folded[match.start() : match.end()]
        if message.own_words[match.start()] == " " or not word.startswith(beginning):
            continue
        if word == name or name in lemmas(word):
            return span_of(message, match)
    return _addressed(message, name)


def _addressed(message: Message, name: str) -> Span | None:
    """The name in small letters, right after the greeting or first and set off: «роман» elsewhere is a book."""
    words = message.own_words
    here = rf"\s{{0,3}}(?P<name>{re.escape(name)})\s{{0,3}}(?=[,!.\n]|$)"
    greeted = GREETING.search(words)
    starts = [0] if greeted is None else [0, greeted.end()]
    for start in starts:
        if match := re.compile(rf"[\s,!.]{{0,3}}{here}").match(words, start):
            return Span(message.seq, match.start("name"), match.end("name"))
    return None
