"""Business words: no slang, no diminutives, no chat speech."""

from quality.rules.checks._lexical import facts_of, said_by_staff
from quality.rules.outcomes import Answer, Outcome, Parameters
from quality.rules.transcript import Transcript

CODE = "business_style"
VERSION = 2
FAILURE_DECIDES = True  # of its criterion, whatever the other checks say
RULE = "No phrase of the lexicon of slang and diminutives stands in a staff member's own words; one is half a failure."


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    said = said_by_staff(transcript, "business_style")
    if not said:
        return Outcome(Answer.PASS, "business_words")
    verdict = Answer.PARTIAL if len(said) == 1 else Answer.FAIL
    return Outcome(verdict, "unbusinesslike", facts=facts_of(said), evidence=tuple(one.span for one in said))
