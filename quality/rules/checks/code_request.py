"""Secret codes are never asked for."""

from quality.rules.checks._lexical import facts_of, said_by_staff
from quality.rules.outcomes import Answer, Outcome, Parameters
from quality.rules.transcript import Transcript

CODE = "code_request"
VERSION = 3
RULE = "No request for a card's CVV, PIN or full number, a code from an SMS or a password; a person confirms."


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    said = said_by_staff(transcript, "code_request")
    if not said:
        return Outcome(Answer.PASS, "no_secret_asked")
    return Outcome(Answer.FAIL, "asked_for_secret", facts=facts_of(said), evidence=tuple(one.span for one in said))
