"""A borrower's rating over the API."""

from typing import Any

from identity.serializers import ID, MOMENT, TEXT, WHOLE, one_of, or_null, shape
from quality.models import SurveyAnswer

SOLVED = one_of("", *SurveyAnswer.Solved.values)
RATING = shape(conversation=ID, rating=WHOLE, solved=SOLVED, comment=TEXT, created_at=MOMENT)
RATING_OR_NONE = {"anyOf": [RATING, shape(rating=or_null(WHOLE), solved=SOLVED, comment=TEXT)]}
RATINGS = {"type": "object", "additionalProperties": WHOLE}


def rating_json(answer: SurveyAnswer) -> dict[str, Any]:
    return {
        "conversation": str(answer.conversation_id),
        "rating": answer.rating,
        "solved": answer.solved,
        "comment": answer.comment,
        "created_at": answer.created_at.isoformat(),
    }


def no_rating_json() -> dict[str, Any]:
    """What an unrated conversation answers."""
    return {"rating": None, "solved": "", "comment": ""}
