"""What borrowers said of the desk, as the app above tells it to the roll-ups."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

MEASURES = ("rating", "nps")


@dataclass(frozen=True, slots=True)
class Voice:
    """One answer. ``rating``: 1 to 5, a success is a satisfied one; ``nps``: 1, 0 or -1, a success is a promoter.

    Asked in a wave it is of no conversation.
    """

    measure: str
    at: datetime
    conversation: UUID | None
    agent: UUID | None
    value: float
    success: bool
