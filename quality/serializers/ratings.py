"""A borrower's rating over the API."""

from typing import Any

from quality.models import SurveyAnswer


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
