"""The first answer comes in time."""

from quality.rules.outcomes import Answer, Outcome, Parameters, Span
from quality.rules.transcript import Side, Transcript

CODE = "first_response"
VERSION = 2
RULE = (
    "From the borrower's first message to the first answer of a person no more passes than the limit of the topic "
    "or of the channel."
)

LIMITS = {"chat": 60, "email": 3600}  # seconds of working time


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    messages = transcript.messages
    if not messages or messages[0].side == Side.STAFF:
        return Outcome(Answer.NA, "we_started")
    of_topic = parameters.get("topics", {}).get(transcript.topic or "", {})
    limit = of_topic.get(transcript.channel, parameters.get("limits", LIMITS).get(transcript.channel))
    if limit is None:
        return Outcome(Answer.NA, "no_limit")
    answer = next((message for message in messages if message.side == Side.STAFF), None)
    if answer is None:
        return Outcome(Answer.NA, "no_answer")
    wait = round(answer.at - messages[0].at)
    facts = {"wait": wait, "limit": limit, "pauses": [{"seq": answer.seq, "wait": wait}] if wait > limit else []}
    place = (Span(seq=answer.seq, start=0, end=0),)
    if wait > limit:
        return Outcome(Answer.FAIL, "answered_late", facts=facts, evidence=place)
    return Outcome(Answer.PASS, "answered_in_time", facts=facts)
