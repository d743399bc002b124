"""The staff member says who is answering."""

import re

from quality.rules.acts import INTRODUCTION
from quality.rules.outcomes import Answer, Outcome, Parameters, Span, beginning, first_match, span_of
from quality.rules.transcript import Message, Transcript
from quality.rules.wording import fold, phrases

CODE = "introduced"
VERSION = 1
RULE = "The first answers name the staff member: «меня зовут …», “my name is …”, or the name borrowers see."

_NOT_NAMES = phrases(
    r"(?:i'm|i am) (?:sorry|afraid|happy|glad|checking|looking|sure|here|going|writing|not|able|so|very|"
    r"just|from|with|at)\b.{0,20}",
    r"this is (?:the|a|an|not|your|what|why|how|because|our|done|correct|all|for)\b.{0,20}",
    r"(?:на связи|на линии|с вами) (?:не|все|и|в|можно|свяж\w+|свяжутся|свяжется|работает)",
)


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    looked_at = transcript.staff_messages[: 1 if transcript.is_letter else 3]
    if not looked_at:
        return Outcome(Answer.NA, "no_answer")
    span = _name_said(looked_at) or _stated(looked_at)
    if span:
        return Outcome(Answer.PASS, "introduced", evidence=(span,))
    return Outcome(Answer.FAIL, "not_introduced", evidence=(beginning(looked_at[0]),))


def _stated(messages: tuple[Message, ...]) -> Span | None:
    span = first_match(messages, INTRODUCTION)
    if span is None:
        return None
    said = next(message for message in messages if message.seq == span.seq).own_words[span.start :]
    return None if _NOT_NAMES.match(said) else span


def _name_said(messages: tuple[Message, ...]) -> Span | None:
    """Where a staff member's own name stands in their own message."""
    for message in messages:
        first = fold(message.author_name).split(" ")[0]
        if len(first) < 2:
            continue
        if match := re.search(rf"(?<!\w){re.escape(first)}(?!\w)", message.own_words):
            return span_of(message, match)
    return None
