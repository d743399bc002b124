"""Figures of days: the clock asks which need to be computed, workers of the class "report" compute them."""

from datetime import timedelta

from celery import shared_task

from tickets.actions import exports, rollups


@shared_task(name="tickets.tasks.promise_roll_ups")
def promise_roll_ups() -> int:
    """Today every five minutes, and days that are over once more."""
    return rollups.promise_roll_ups()


@shared_task(name="tickets.tasks.promise_changed_days")
def promise_changed_days(hours: int) -> int:
    """Days before, of whose tickets something was written in the last hours."""
    return rollups.promise_changed(back=timedelta(hours=hours))


@shared_task(name="tickets.tasks.forget_exports")
def forget_exports() -> int:
    """Files whose time is over go from the disk."""
    return exports.forget_exports()
