"""Every write of quality."""

from quality.actions.ratings import rate_conversation
from quality.actions.reviews import Given, submit_review
from quality.actions.scores import score_conversation
from quality.actions.standards import (
    call_back,
    clone,
    create_draft,
    discard_draft,
    publish,
    save_draft,
    schedule,
    seed_default_standard,
)

__all__ = [
    "Given",
    "call_back",
    "clone",
    "create_draft",
    "discard_draft",
    "publish",
    "rate_conversation",
    "save_draft",
    "schedule",
    "score_conversation",
    "seed_default_standard",
    "submit_review",
]
