"""Russian borrowers are addressed as «вы»."""

import re

from quality.rules.outcomes import Answer, Outcome, Parameters, span_of
from quality.rules.transcript import Transcript
from quality.rules.wording import phrases

CODE = "formal_address"
VERSION = 1
RULE = "No form of «ты» or «твой» stands in a staff member's own words; quotations do not count."

FAMILIAR = phrases(r"ты|тебя|тебе|тобой|тобою|тво(?:й|я|е|и|ю|его|ему|им|ем|их|ими|ей|ею)")
_RUSSIAN = re.compile(r"[а-я]{2}")


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    if not any(_RUSSIAN.search(message.folded) for message in transcript.staff_messages):
        return Outcome(Answer.NA, "not_russian")
    spans = [
        span_of(message, match)
        for message in transcript.staff_messages
        for match in FAMILIAR.finditer(message.own_words)
    ]
    if spans:
        return Outcome(Answer.FAIL, "familiar", facts={"times": len(spans)}, evidence=tuple(spans))
    return Outcome(Answer.PASS, "formal")
