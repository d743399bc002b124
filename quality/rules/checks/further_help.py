"""Before the end the staff member asks whether anything else is needed."""

from quality.rules.acts import FURTHER_HELP
from quality.rules.checks.closing import LAST, borrower_left
from quality.rules.outcomes import Answer, Outcome, Parameters, ending, first_match
from quality.rules.transcript import Transcript

CODE = "further_help"
VERSION = 3
RULE = "An offer of further help stands in the last three answers, unless the borrower left or closed the letters."


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    looked_at = transcript.staff_messages[-LAST:]
    if not looked_at:
        return Outcome(Answer.NA, "no_answer")
    if span := first_match(reversed(looked_at), FURTHER_HELP):
        return Outcome(Answer.PASS, "offered_help", evidence=(span,))
    if borrower_left(transcript):
        return Outcome(Answer.NA, "borrower_left")
    if transcript.is_letter and transcript.closed_by_borrower:
        return Outcome(Answer.NA, "borrower_closed")
    return Outcome(Answer.FAIL, "no_offer_of_help", evidence=(ending(looked_at[-1]),))
