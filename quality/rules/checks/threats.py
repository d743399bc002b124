"""Nobody is threatened or pressed, third parties hear nothing, and approval is never promised (law 230-FZ)."""

from quality.rules.checks._lexical import facts_of, said_by_staff
from quality.rules.outcomes import Answer, Outcome, Parameters
from quality.rules.transcript import Transcript

CODE = "threats"
VERSION = 1
RULE = "No threat, pressure, word about telling others, or guarantee of approval; a person confirms each finding."


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    said = said_by_staff(transcript, "threats")
    if not said:
        return Outcome(Answer.PASS, "no_threats")
    return Outcome(Answer.FAIL, "threatened", facts=facts_of(said), evidence=tuple(one.span for one in said))
