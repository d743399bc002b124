"""Transcripts written down in lines, for tests of checks: no database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from quality.rules.checks import CHECKS
from quality.rules.outcomes import Outcome
from quality.rules.transcript import Message, Side, Transcript

BEGAN = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # a Monday


def talk(
    *lines: str, channel: str = "chat", name: str = "Анна", step: float = 20, ended: float = 60, **more: Any
) -> Transcript:
    """A transcript of lines «A: …» (staff) and «B: …» (borrower); «@90 A: …» says when, in seconds."""
    messages, at = [], 0.0
    for seq, line in enumerate(lines, start=1):
        if line.startswith("@"):
            moment, line = line[1:].split(" ", 1)
            at = float(moment)
        side = Side.STAFF if line[0] == "A" else Side.BORROWER
        messages.append(
            Message(
                seq=seq,
                side=side,
                author_id=side,
                author_name="Елена" if side == Side.STAFF else "",
                text=line[3:],
                at=at,
                moment=BEGAN + timedelta(seconds=at),
            )
        )
        at += step
    ended_at = messages[-1].at + ended if messages else None
    made = Transcript(channel=channel, messages=tuple(messages), borrower_name=name, ended_at=ended_at)
    return replace(made, **more)


def run(code: str, transcript: Transcript, **parameters: object) -> Outcome:
    return CHECKS[code].run(transcript, parameters)


def verdict(code: str, transcript: Transcript, **parameters: object) -> str:
    return run(code, transcript, **parameters).verdict.value


def said(code: str, text: str, channel: str = "chat") -> str:
    return verdict(code, talk("B: Вопрос", f"A: {text}", channel=channel))


def evidence(code: str, transcript: Transcript, **parameters: object) -> list[str]:
    """The words each span of evidence covers."""
    texts = {message.seq: message.text for message in transcript.messages}
    return [texts[span.seq][span.start : span.end] for span in run(code, transcript, **parameters).evidence]
