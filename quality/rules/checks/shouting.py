"""Nobody shouts: no words in capitals, no rows of exclamation marks."""

import re
from collections.abc import Iterator
from functools import cache

from quality.rules.outcomes import Answer, Outcome, Parameters, Span
from quality.rules.transcript import Message, Transcript
from quality.rules.wording import LEXICONS

CODE = "shouting"
VERSION = 2
FAILURE_DECIDES = True  # of its criterion, whatever the other checks say
RULE = "No word of four or more capitals that is not an abbreviation, and no «!!» or «???»; one is half a failure."

_CAPITALS = re.compile(r"(?<![\w/.@-])[A-ZА-ЯЁ]{4,60}(?![\w/@-])")
_SIGNS = re.compile(r"[!?]{2,60}")


@cache
def abbreviations() -> frozenset[str]:
    lines = (LEXICONS / "abbreviations.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    spans = [span for message in transcript.staff_messages for span in _shouts(message)]
    if not spans:
        return Outcome(Answer.PASS, "calm")
    verdict = Answer.PARTIAL if len(spans) == 1 else Answer.FAIL
    return Outcome(verdict, "shouted", facts={"times": len(spans)}, evidence=tuple(spans))


def _shouts(message: Message) -> Iterator[Span]:
    for match in _CAPITALS.finditer(message.text):
        quoted = message.own_words[match.start()] == " "
        if not quoted and match.group() not in abbreviations():
            yield Span(seq=message.seq, start=match.start(), end=match.end())
    for match in _SIGNS.finditer(message.own_words):
        if "!!" in match.group() or "???" in match.group():
            yield Span(seq=message.seq, start=match.start(), end=match.end())
