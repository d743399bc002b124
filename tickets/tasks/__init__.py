"""What the clock wakes a worker for; each task calls one action."""

from tickets.tasks.clock import tick
from tickets.tasks.letters import sweep_letters
from tickets.tasks.operations import forget_old_operations
from tickets.tasks.outbox import forget_done_jobs
from tickets.tasks.rollups import forget_exports, promise_changed_days, promise_roll_ups
from tickets.tasks.search import index_search

__all__ = [
    "forget_done_jobs",
    "forget_exports",
    "forget_old_operations",
    "index_search",
    "promise_changed_days",
    "promise_roll_ups",
    "sweep_letters",
    "tick",
]
