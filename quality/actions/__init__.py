"""Every write of quality."""

from quality.actions.disputes import dispute_review, settle_dispute, withdraw_dispute
from quality.actions.incidents import settle_confirmation
from quality.actions.ratings import rate_conversation
from quality.actions.reviews import (
    Filled,
    acknowledge_review,
    open_review,
    rewrite_review,
    submit_review,
)
from quality.actions.sampling import draw_plan
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
from quality.rules.ratings import Given

__all__ = [
    "Filled",
    "Given",
    "acknowledge_review",
    "call_back",
    "clone",
    "create_draft",
    "discard_draft",
    "dispute_review",
    "draw_plan",
    "open_review",
    "publish",
    "rate_conversation",
    "rewrite_review",
    "save_draft",
    "schedule",
    "score_conversation",
    "seed_default_standard",
    "settle_confirmation",
    "settle_dispute",
    "submit_review",
    "withdraw_dispute",
]
