"""Answers are written for this borrower, not pasted again."""

from itertools import combinations

from rapidfuzz import fuzz

from quality.rules.checks.questions import Question, questions_of
from quality.rules.outcomes import Answer, Outcome, Parameters, Span
from quality.rules.transcript import Message, Transcript
from quality.rules.wording import sentences

CODE = "template_overuse"
VERSION = 1
RULE = (
    "No answer of forty characters or more is nearly the same (93 of 100) as an earlier one; and prepared answers "
    "are not "
    "more than four fifths of what staff wrote when the borrower had to ask the same again."
)

SAME, SHORTEST, LOOKED_AT, COMPARED = 93, 40, 40, 600  # of 100; characters; messages; characters
PREPARED_SHARE = 0.8


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    written = transcript.staff_messages
    if len(written) < 2:
        return Outcome(Answer.NA, "one_answer")
    if pair := _same_twice(written[-LOOKED_AT:], parameters.get("same", SAME)):
        return Outcome(Answer.FAIL, "same_answer_twice", evidence=tuple(_whole(message) for message in pair))
    if transcript.aids.prepared and (again := _asked_again(transcript)):
        share = sum(map(len, _prepared(transcript))) / max(1, sum(len(one.text.strip()) for one in written))
        if share > PREPARED_SHARE:
            return Outcome(Answer.FAIL, "only_prepared", facts={"share": round(100 * share)}, evidence=(again.span,))
    return Outcome(Answer.PASS, "own_words")


def _same_twice(messages: tuple[Message, ...], same: int) -> tuple[Message, Message] | None:
    long = [(message, message.folded.strip()[:COMPARED]) for message in messages]
    long = [(message, text) for message, text in long if len(text) >= SHORTEST]
    for (first, one), (second, other) in combinations(long, 2):
        if fuzz.ratio(one, other, score_cutoff=same):
            return first, second
    return None


def _whole(message: Message) -> Span:
    return Span(message.seq, 0, len(message.text))


def _asked_again(transcript: Transcript) -> Question | None:
    return next((one for one in questions_of(transcript) if one.repeated_by is not None), None)


def _prepared(transcript: Transcript) -> list[str]:
    """The sentences of staff that stand in prepared answers word for word."""
    said = (
        message.folded[start:end].strip()
        for message in transcript.staff_messages
        for start, end in sentences(message.folded)
    )
    return [sentence for sentence in said if sentence in transcript.aids.prepared]
