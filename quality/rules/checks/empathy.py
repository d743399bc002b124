"""Who is upset hears an apology or understanding."""

from dataclasses import dataclass

from quality.rules.acts import APOLOGY, EMPATHY
from quality.rules.outcomes import Answer, Outcome, Parameters, Span, ending, first_match
from quality.rules.transcript import Message, Transcript
from quality.rules.wording import Found

CODE = "empathy"
VERSION = 3
RULE = (
    "After the first message in which the borrower is upset (words of the lexicon, or the model of negativity from "
    "0.7) "
    "an answer holds words of apology or understanding. When only the model sees discontent, a person decides."
)

NEGATIVE = 0.7


@dataclass(frozen=True)
class Trigger:
    """The first message that shows discontent. ``is_said``: in words of the lexicon, not only by the model."""

    message: Message
    span: Span
    kind: str
    is_said: bool
    probability: float | None = None


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    trigger = first_discontent(transcript, parameters.get("negative", NEGATIVE))
    if trigger is None:
        return Outcome(Answer.NA, "borrower_calm")
    later = [message for message in transcript.staff_messages if message.seq > trigger.message.seq]
    if not later:
        return Outcome(Answer.NA, "no_answer", evidence=(trigger.span,))
    facts = facts_of(trigger, transcript)
    if span := first_match(later, APOLOGY) or first_match(later, EMPATHY):
        return Outcome(Answer.PASS, "felt_with", facts=facts, evidence=(trigger.span, span))
    verdict = Answer.FAIL if trigger.is_said else Answer.UNSURE
    return Outcome(verdict, "not_felt_with", facts=facts, evidence=(trigger.span, ending(later[0])))


def first_discontent(transcript: Transcript, negative: float = NEGATIVE) -> Trigger | None:
    """Where the borrower is first seen to be upset; words go before the model."""
    words = transcript.aids.lexicon("discontent")
    by_model: Trigger | None = None
    for message, probability in zip(transcript.borrower_messages, transcript.discontent, strict=True):
        if found := words.search(message.own_words):
            one = next((each for each in found if each.phrase.kind == "complaint"), found[0])
            return _said(message, one, probability)
        if by_model is None and probability is not None and probability >= negative:
            by_model = Trigger(message, Span(message.seq, 0, len(message.text)), "anger", False, probability)
    return by_model


def first_said(transcript: Transcript, kind: str) -> Trigger | None:
    """Where the borrower first says words of one kind."""
    words = transcript.aids.lexicon("discontent")
    for message, probability in zip(transcript.borrower_messages, transcript.discontent, strict=True):
        if found := next((one for one in words.search(message.own_words) if one.phrase.kind == kind), None):
            return _said(message, found, probability)
    return None


def _said(message: Message, found: Found, probability: float | None) -> Trigger:
    return Trigger(message, Span(message.seq, found.start, found.end), found.phrase.kind, True, probability)


def facts_of(trigger: Trigger, transcript: Transcript) -> dict[str, object]:
    """What was taken for discontent, and the words that weighed most when the model said so."""
    facts: dict[str, object] = {"words": trigger.message.text[trigger.span.start : trigger.span.end][:80]}
    if trigger.is_said or trigger.probability is None or transcript.aids.negativity is None:
        return facts
    weighed = [word for word, _ in transcript.aids.negativity.explain(trigger.message.text)][:5]
    return facts | {"probability": round(trigger.probability, 2), "weighed": weighed}
