"""Everything the page of one score shows."""

import json
from dataclasses import dataclass
from typing import Any

from quality.models import Review, Score
from quality.queries.scores import people_of
from quality.serializers.queue import borrower_of, number_of, rating_in, topic_of
from quality.serializers.scorecard import scorecard
from quality.serializers.transcript import ending_of, quotes, transcript_lines


@dataclass(frozen=True)
class Looked:
    """How a page is looked at: whose review is shown, worked on or read, with the checks' opinion or without."""

    review: Review | None = None
    is_worked_on: bool = False
    is_blind: bool = False


def score_page(score: Score, looked: Looked) -> dict[str, Any]:
    conversation = score.conversation
    card = scorecard(score, looked.review, is_worked_on=looked.is_worked_on, is_blind=looked.is_blind)
    lines = transcript_lines(conversation, card)
    answer = getattr(conversation, "survey_answer", None)
    times = [line.at for line in lines if line.at and line.kind == "message"]
    draft = (looked.review.draft or {}) if looked.review and looked.is_worked_on else {}
    return {
        "card": card,
        "lines": lines,
        "sections": [
            (section, [(row, quotes(lines, row), json.dumps(row.evidence)) for row in section.rows])
            for section in card.sections
        ],
        "overall": draft.get("comment", looked.review.comment if looked.review else ""),
        "seconds": draft.get("seconds", (looked.review.seconds if looked.review else 0) or 0),
        "ending": ending_of(conversation),
        "topic": topic_of(score),
        "number": number_of(score),
        "people": ", ".join(person.full_name for person in people_of(score)),
        "borrower": borrower_of(score),
        "rating": rating_in(score),
        "rating_comment": answer.comment if answer else "",
        "lasted": (times[-1] - times[0]).total_seconds() if times else 0,
    }
