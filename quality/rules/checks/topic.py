"""The conversation has its topic, and the right one."""

from quality.rules.outcomes import Answer, Outcome, Parameters, Span
from quality.rules.transcript import Transcript

CODE = "topic"
VERSION = 1
RULE = (
    "A topic is set. When the trained model is sure (0.8) of another one and does not have the topic set among its "
    "first "
    "three, a person decides."
)

SURE, FIRST = 0.8, 3
LOOKED_AT = 3  # first messages of the borrower that the model reads


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    if transcript.topic is None:
        return Outcome(Answer.NA, "no_ticket")
    if not transcript.topic:
        return Outcome(Answer.FAIL, "topic_not_set")
    model = transcript.aids.topic
    asked = transcript.borrower_messages[:LOOKED_AT]
    if model is None or not asked:
        return Outcome(Answer.PASS, "topic_set", facts={"topic": transcript.topic})
    text = "\n".join(message.text for message in asked)
    ranked = list(model.ranked(text))[:FIRST]
    facts: dict[str, object] = {"topic": transcript.topic}
    if not ranked or ranked[0][1] < SURE or transcript.topic in {topic for topic, _ in ranked}:
        return Outcome(Answer.PASS, "topic_set", facts=facts)
    facts |= {"likely": ranked[0][0], "probability": round(ranked[0][1], 2)}
    facts["weighed"] = [word for word, _ in model.explain(text)][:5]
    return Outcome(Answer.UNSURE, "topic_doubted", facts=facts, evidence=(Span(asked[0].seq, 0, len(asked[0].text)),))
