"""A conversation begins with a greeting."""

from quality.rules.acts import GREETING
from quality.rules.outcomes import Answer, Outcome, Parameters, beginning, first_match
from quality.rules.transcript import Transcript

CODE = "greeting"
VERSION = 3
RULE = (
    "Words of greeting stand in the first two answers of a chat or in the first letter; "
    "a talk that goes on within a day needs none."
)


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    looked_at = transcript.staff_messages[: 1 if transcript.is_letter else 2]
    if not looked_at:
        return Outcome(Answer.NA, "no_answer")
    if span := first_match(looked_at, GREETING):
        return Outcome(Answer.PASS, "greeted", evidence=(span,))
    if transcript.goes_on:
        return Outcome(Answer.NA, "goes_on")
    return Outcome(Answer.FAIL, "not_greeted", evidence=(beginning(looked_at[0]),))
