"""What a promise has to say before it is broken and after: found by the index of ``alarm_at``, each step told once."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from identity.models import Role, User
from supportdesk.realtime import publish_on_commit
from tickets.actions import announcements
from tickets.actions.events import record_event
from tickets.actions.locking import lock_ticket
from tickets.actions.outbox import enqueue
from tickets.jobs import handler
from tickets.models import Job, Ticket
from tickets.queries.promises import due_alarms, promises
from tickets.rules import promises as rules
from tickets.rules.promises import Step

TOLD = "tell_of_promise"


def raise_alarms() -> int:
    """Every step of a promise that is due by now; the next look at each ticket is written down with it."""
    return sum(_raise(number) for number in due_alarms(timezone.now()))


@transaction.atomic
def _raise(number: int) -> int:
    ticket, now = lock_ticket(number), timezone.now()
    if ticket.alarm_at is None or ticket.alarm_at > now:
        return 0
    due, ticket.alarm_at = rules.due_and_next(_steps(ticket), now)
    ticket.save(update_fields=["alarm_at"])
    told = [step for step in due if _tell_once(ticket, step, now)]
    if told:
        announcements.announce_inbox([ticket.assignee_id], ticket)
    return len(told)


def _steps(ticket: Ticket) -> list[Step]:
    policy = promises().policy_for(ticket.channel, ticket.topic_id, ticket.priority)
    chain = policy.chain if policy else ()
    return [
        *rules.steps_of(rules.ANSWER, warn_at=ticket.warn_at, due_at=ticket.due_at, chain=chain),
        *rules.steps_of(
            rules.RESOLUTION, warn_at=ticket.resolution_warn_at, due_at=ticket.resolution_due_at, chain=chain
        ),
    ]


def _tell_once(ticket: Ticket, step: Step, now: datetime) -> bool:
    """The ticket is locked, so that the key of the outbox is taken by one of us only."""
    began = ticket.waiting_since if step.clock == rules.ANSWER else ticket.resolution_since
    key = f"promise:{ticket.number}:{step.clock}:{began and began.isoformat()}:{step.kind}:{step.number}"
    if Job.objects.filter(key=key).exists():
        return False
    said: dict[str, Any] = {"clock": step.clock, "due_at": step.at.isoformat(), "roles": list(step.roles)}
    record_event(ticket=ticket, kind=f"promise_{step.kind}", at=now, **said)
    enqueue(kind=TOLD, key=key, payload={"ticket": ticket.number, "step": step.kind, **said})
    return True


@handler(TOLD)
def tell_of_promise(job: Job) -> None:
    """A word on the screens of whoever has to know; the ticket itself keeps it in its log."""
    said = job.payload
    ticket = Ticket.objects.get(number=said["ticket"])
    frame = {"type": "promise.due", "ticket": ticket.number, "step": said["step"], "clock": said["clock"]}
    for person in _people(ticket, said["roles"]):
        publish_on_commit(f"actor.{person}", frame)


def _people(ticket: Ticket, roles: list[str]) -> set[Any]:
    """Those of these roles who work here; the assignee is whoever leads the ticket now."""
    wanted = [role for role in roles if role in Role.values]
    found = set(User.objects.filter(role__in=wanted, deactivated_at=None).values_list("pk", flat=True))
    return found | ({ticket.assignee_id} if "assignee" in roles and ticket.assignee_id else set())
