"""What the borrower sent of personal data in clear: nobody's failure, but somebody should look and remove it."""

from quality.rules.outcomes import Answer, Outcome, Parameters, Span
from quality.rules.personal_data import find_personal_data
from quality.rules.transcript import Transcript

CODE = "borrower_personal_data"
VERSION = 1
RULE = (
    "Card, CVV, passport, SNILS or INN in a borrower's message makes the check unsure: the message is to be redacted."
)


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    found = [
        (kind, Span(seq=message.seq, start=start, end=end))
        for message in transcript.borrower_messages
        for kind, start, end in find_personal_data(message.text)
    ]
    if not found:
        return Outcome(Answer.PASS, "nothing_sent")
    kinds = sorted({kind for kind, _ in found})
    return Outcome(
        Answer.UNSURE, "sent_personal_data", facts={"kinds": kinds}, evidence=tuple(span for _, span in found)
    )
