"""The matcher: the only code that gives waiting chats to agents."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from identity.models import User
from supportdesk.realtime import after_commit, failpoint
from tickets.actions import announcements
from tickets.actions.assignments import Match, begin_assignments
from tickets.actions.locking import lock_tickets
from tickets.models import Assignment, Slot, Ticket
from tickets.queries import routing
from tickets.rules.routing import Pair, plan

TURN = 0x7469636B  # the advisory lock that makes matchers take turns, so that order and least load hold
BATCH = 25  # chats given in one short transaction
CANDIDATES = 100  # of the queue looked at in one turn

TAKE = """
update tickets_slot s set ticket_id = n.ticket, taken_at = %s
  from unnest(%s::bigint[], %s::bigint[]) as n(slot, ticket) where s.id = n.slot
"""


def match() -> int:
    """Give waiting chats to free agents until nothing more fits; returns how many were given.

    Called on every event that can change the answer, never while the caller holds locks of conversations.
    """
    given = 0
    while count := _match_batch():
        given += count
    if given:
        announcements.announce_queue_soon()
    return given


def match_soon() -> None:
    """Match once the present transaction is committed, and tell whoever still waits."""
    after_commit("routing", _match_and_tell)


def _match_and_tell() -> None:
    if not match():
        announcements.announce_queue_soon()


@transaction.atomic
def _match_batch() -> int:
    """One turn: read the queue and the free places, plan, lock, give."""
    if not routing.queued_chats().exists():
        return 0
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [TURN])
    now = timezone.now()
    agents = routing.agents_on_line(now)
    if not any(agent.free > 0 for agent in agents):
        return 0
    pairs = plan(routing.waiting_chats(CANDIDATES, now), agents)[:BATCH]
    failpoint("matching.planned")
    matches = _with_places(_with_tickets(pairs), now)
    failpoint("matching.taken")
    begin_assignments(matches, by=None, reason=Assignment.Reason.MATCHED, at=now) if matches else None
    return len(matches)


def _with_tickets(pairs: Sequence[Pair]) -> list[tuple[Ticket, User]]:
    """The planned chats that still wait, locked, with their agents."""
    numbers = [number for number, _ in pairs]
    conversations = Ticket.objects.filter(number__in=numbers).values_list("conversation_id", flat=True)
    tickets = {ticket.number: ticket for ticket in lock_tickets(conversations) if ticket.queued_at}
    agents = User.objects.in_bulk({agent for _, agent in pairs})
    return [(tickets[number], agents[agent]) for number, agent in pairs if number in tickets]


def _with_places(chosen: Sequence[tuple[Ticket, User]], now: datetime) -> list[Match]:
    """A free place for each, locked and taken; a chat whose agent has none left keeps waiting."""
    agents = {agent.pk for _, agent in chosen}
    free = Slot.objects.filter(agent__in=agents, ticket=None).order_by("agent", "number")
    places: dict[object, list[Slot]] = {}
    for slot in free.select_for_update(skip_locked=True, no_key=True) if agents else ():
        places.setdefault(slot.agent_id, []).append(slot)
    matches = []
    for ticket, agent in chosen:
        if own := places.get(agent.pk):
            matches.append(Match(ticket, agent, own.pop(0)))
    with connection.cursor() as cursor:
        taken = [(match.slot.pk, match.ticket.pk) for match in matches if match.slot]
        cursor.execute(TAKE, [now, [slot for slot, _ in taken], [ticket for _, ticket in taken]])
    return matches
