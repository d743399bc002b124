"""The clockwork of routing: what no event announces."""

from celery import shared_task

from tickets.actions import sweeps


@shared_task(name="tickets.tasks.sweep_routing")
def sweep_routing() -> None:
    """Leases, silence, snoozes, and one match for what events may have missed."""
    sweeps.sweep()
