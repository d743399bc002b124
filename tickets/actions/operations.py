"""What the desk notes about itself: signs of life, samples of figures, rounds of the probe. Kept for two weeks."""

import os
import secrets
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chat import actions as chat
from chat.models import Channel, Conversation
from identity import actions as identity
from identity.models import Borrower, BorrowerSession, Role, StaffSession, User
from tickets.models import ProbeRun, Process, ProcessSample

ME = uuid4()  # this process, until it ends
KEPT = timedelta(days=14)
PROBE_BORROWER = "supportdesk-probe"  # never the customer id of a person
PROBE_AGENT = "probe@supportdesk.invalid"
CONVERSATION_TIME = timedelta(days=1)  # then the probe talks in a new one, so that none grows for ever


@dataclass(frozen=True)
class ProbePass:
    """What the probe needs at the front door: two sessions and the conversation between them."""

    borrower: BorrowerSession
    borrower_secret: str
    staff: StaffSession
    conversation: UUID


def show_life(*, program: str, facts: dict[str, Any] | None = None) -> Process:
    """This process says that it runs, and what it counts just now."""
    known = {"program": program, "host": socket.gethostname()[:100], "pid": os.getpid(), "release": settings.RELEASE}
    seen = {"seen_at": timezone.now(), "facts": facts or {}}
    process, _ = Process.objects.update_or_create(id=ME, defaults=seen, create_defaults=known | seen)
    return process


def record_sample(*, process: Process, facts: dict[str, Any], at: datetime | None = None) -> ProcessSample:
    return ProcessSample.objects.create(process=process, facts=facts, at=at or timezone.now())


def record_probe_runs(*, runs: Iterable[ProbeRun]) -> None:
    """Rounds of the probe, also those that had to wait for the database."""
    ProbeRun.objects.bulk_create(runs)


def forget_old_operations() -> int:
    """Delete what is older than two weeks, and the probe's talk of the days before yesterday."""
    oldest = timezone.now() - KEPT
    rows = ProbeRun.objects.filter(at__lt=oldest).delete()[0]
    rows += ProcessSample.objects.filter(at__lt=oldest).delete()[0]
    rows += Process.objects.filter(seen_at__lt=oldest).delete()[0]
    return rows + chat.forget_probe_conversations(before=timezone.now() - 2 * CONVERSATION_TIME)


@transaction.atomic
def open_probe() -> ProbePass:
    """The probe's borrower and agent with new sessions, in a conversation that is no work for anybody."""
    borrower = identity.refresh_borrower(claims={"sub": PROBE_BORROWER, "name": "Probe", "first_name": "Probe"})
    agent = _probe_agent()
    conversation = _probe_conversation(borrower)
    chat.add_participant(conversation=conversation, user=agent)
    session, secret = identity.open_borrower_session(borrower=borrower)
    return ProbePass(session, secret, identity.open_probe_session(user=agent), conversation.pk)


def _probe_agent() -> User:
    """A staff account of its own role, whose password nobody knows."""
    known = User.objects.filter(email=PROBE_AGENT).first()
    return known or identity.create_staff(
        email=PROBE_AGENT,
        full_name="Probe",
        display_name="Probe",
        role=Role.PROBE,
        password=secrets.token_urlsafe(32),
    )


def _probe_conversation(borrower: Borrower) -> Conversation:
    recent = Conversation.objects.filter(
        borrower=borrower, channel=Channel.PROBE, started_at__gt=timezone.now() - CONVERSATION_TIME
    )
    return recent.order_by("-started_at").first() or chat.start_conversation(channel=Channel.PROBE, borrower=borrower)
