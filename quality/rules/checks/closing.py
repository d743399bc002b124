"""A conversation ends with a polite goodbye."""

import re

from quality.rules.acts import CLOSING
from quality.rules.outcomes import Answer, Outcome, Parameters, Span, ending, first_match
from quality.rules.transcript import Message, Side, Transcript
from quality.rules.wording import fold

CODE = "closing"
VERSION = 3
RULE = (
    "Words of goodbye stand in the last three answers, unless the borrower left without a word for half an hour; "
    "in a letter a signature is enough."
)

LAST = 3  # answers looked at
LEFT_AFTER = 1800  # seconds
SURE = 0.9  # from which the model alone is believed


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    looked_at = transcript.staff_messages[-LAST:]
    if not looked_at:
        return Outcome(Answer.NA, "no_answer")
    if span := first_match(reversed(looked_at), CLOSING):
        return Outcome(Answer.PASS, "said_goodbye", evidence=(span,))
    if message := _closing_by_model(looked_at, transcript):
        return Outcome(Answer.PASS, "said_goodbye", evidence=(Span(message.seq, 0, len(message.text)),))
    if transcript.is_letter and (signed := _signed(looked_at)):
        return Outcome(Answer.PASS, "said_goodbye", evidence=(signed,))
    if borrower_left(transcript):
        return Outcome(Answer.NA, "borrower_left")
    return Outcome(Answer.FAIL, "no_goodbye", evidence=(ending(looked_at[-1]),))


def _closing_by_model(messages: tuple[Message, ...], transcript: Transcript) -> Message | None:
    model = transcript.aids.closing
    if model is None:
        return None
    return next((one for one in reversed(messages) if model.probability(one.text) >= SURE), None)


def _signed(letters: tuple[Message, ...]) -> Span | None:
    """The last line of a letter that begins with its author's name and holds little else."""
    for letter in reversed(letters):
        folded = letter.own_words.rstrip()
        start = folded.rfind("\n") + 1
        name, line = fold(letter.author_name).split(" ")[0], folded[start:].strip()
        if start and len(name) > 1 and len(line) <= 60 and re.match(rf"{re.escape(name)}(?!\w)", line):
            return Span(letter.seq, start, len(folded))
    return None


def borrower_left(transcript: Transcript) -> bool:
    """Whether the last word was ours and nothing came for half an hour until the end."""
    last = transcript.messages[-1]
    return (
        last.side == Side.STAFF and transcript.ended_at is not None and transcript.ended_at - last.at >= LEFT_AFTER
    ) and not transcript.is_letter
