"""Everything the page of one score shows."""

from typing import Any

from quality.models import Score
from quality.queries.scores import people_of
from quality.serializers.queue import borrower_of, number_of, rating_in, topic_of
from quality.serializers.scorecard import scorecard
from quality.serializers.transcript import ending_of, quotes, transcript_lines


def score_page(score: Score) -> dict[str, Any]:
    conversation = score.conversation
    card = scorecard(score)
    lines = transcript_lines(conversation, card)
    answer = getattr(conversation, "survey_answer", None)
    times = [line.at for line in lines if line.at and line.kind == "message"]
    return {
        "card": card,
        "lines": lines,
        "sections": [(section, [(row, quotes(lines, row)) for row in section.rows]) for section in card.sections],
        "ending": ending_of(conversation),
        "topic": topic_of(score),
        "number": number_of(score),
        "people": ", ".join(person.full_name for person in people_of(score)),
        "borrower": borrower_of(score),
        "rating": rating_in(score),
        "rating_comment": answer.comment if answer else "",
        "lasted": (times[-1] - times[0]).total_seconds() if times else 0,
    }
