"""Words are spelt right."""

from quality.rules.outcomes import Answer, Outcome, Parameters, Span
from quality.rules.spelling import Misspelt, misspelt_in
from quality.rules.transcript import Message, Transcript
from quality.rules.wording import fold

CODE = "spelling"
VERSION = 1
RULE = (
    "Fewer than two words of staff are surely misspelt: unknown to the dictionary and one slip away from a common "
    "word, "
    "run together, or a well-known mistake. Names, capitals, quotations and the house's own words do not count."
)

ALLOWED = 1  # sure mistakes of a whole conversation that are let pass


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    if not transcript.staff_messages:
        return Outcome(Answer.NA, "no_answer")
    known = _known_here(transcript, parameters)
    found = [(message, word) for message in transcript.staff_messages for word in _sure(message, known)]
    if not found:
        return Outcome(Answer.PASS, "spelt_right")
    facts = {"phrases": [{"words": one.word, "better": one.suggestion} for _, one in found]}
    spans = tuple(Span(message.seq, one.start, one.end) for message, one in found)
    if len(found) <= parameters.get("allowed", ALLOWED):
        return Outcome(Answer.PASS, "few_misspelt", facts=facts, evidence=spans)
    return Outcome(Answer.FAIL, "misspelt", facts=facts, evidence=spans)


def _sure(message: Message, known: frozenset[str]) -> list[Misspelt]:
    return [one for one in misspelt_in(message.text, message.own_words, known) if one.is_sure]


def _known_here(transcript: Transcript, parameters: Parameters) -> frozenset[str]:
    """Names of the people who speak, and words the standard allows."""
    names = {transcript.borrower_name, *(message.author_name for message in transcript.messages), *transcript.names}
    words = {word for name in names for word in fold(name).split()}
    return frozenset(words | {fold(word) for word in parameters.get("known", ())})
