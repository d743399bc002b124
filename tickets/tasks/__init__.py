"""What a worker is woken for; each task calls one action."""

from tickets.tasks.outbox import run_jobs

__all__ = ["run_jobs"]
