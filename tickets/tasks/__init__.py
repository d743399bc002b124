"""What the clock wakes a worker for; each task calls one action."""

from tickets.tasks.clock import tick
from tickets.tasks.letters import sweep_letters
from tickets.tasks.outbox import forget_done_jobs

__all__ = ["forget_done_jobs", "sweep_letters", "tick"]
