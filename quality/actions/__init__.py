"""Every write of quality."""

from quality.actions.ratings import rate_conversation
from quality.actions.reviews import Given, submit_review
from quality.actions.scores import score_conversation
from quality.actions.standards import create_draft, publish, seed_default_standard

__all__ = [
    "Given",
    "create_draft",
    "publish",
    "rate_conversation",
    "score_conversation",
    "seed_default_standard",
    "submit_review",
]
