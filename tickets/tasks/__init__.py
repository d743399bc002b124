"""What a worker is woken for; each task calls one action."""

from tickets.tasks.letters import sweep_letters
from tickets.tasks.outbox import run_jobs, wake_a_worker
from tickets.tasks.routing import sweep_routing

__all__ = ["run_jobs", "sweep_letters", "sweep_routing", "wake_a_worker"]
