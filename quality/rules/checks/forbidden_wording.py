"""Nothing rude, blaming or brushing off is said."""

from quality.rules.checks._lexical import facts_of, said_by_staff
from quality.rules.outcomes import Answer, Outcome, Parameters
from quality.rules.transcript import Transcript

CODE = "forbidden_wording"
VERSION = 4
FAILURE_DECIDES = True  # of its criterion, whatever the other checks say
RULE = "No phrase of the lexicon of forbidden wording stands in a staff member's own words."


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    said = said_by_staff(transcript, "forbidden_wording")
    if not said:
        return Outcome(Answer.PASS, "nothing_forbidden")
    grave = any(one.found.phrase.severity != "minor" for one in said)
    verdict = Answer.FAIL if grave or len(said) > 1 else Answer.PARTIAL
    return Outcome(verdict, "forbidden_words", facts=facts_of(said), evidence=tuple(one.span for one in said))
