"""What the checks by lexicon share: every phrase a staff member said, where, and what to say instead."""

from dataclasses import dataclass
from typing import Any

from quality.rules.outcomes import Span
from quality.rules.transcript import Message, Transcript
from quality.rules.wording import Found


@dataclass(frozen=True)
class Said:
    """A phrase of a lexicon in a staff member's own words."""

    message: Message
    found: Found

    @property
    def span(self) -> Span:
        return Span(seq=self.message.seq, start=self.found.start, end=self.found.end)

    @property
    def facts(self) -> dict[str, Any]:
        words = self.message.text[self.found.start : self.found.end]
        phrase = self.found.phrase
        return {"words": words, "better": phrase.better, "severity": phrase.severity, "kind": phrase.kind}


def said_by_staff(transcript: Transcript, name: str) -> list[Said]:
    words = transcript.aids.lexicon(name)
    return [
        Said(message=message, found=found)
        for message in transcript.staff_messages
        for found in words.search(message.own_words)
    ]


def facts_of(said: list[Said]) -> dict[str, Any]:
    return {"phrases": [one.facts for one in said]}
