"""Why a policy applies, in words."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from chat.models import Channel
from tickets.models import Appeal, Priority, SlaTarget, Ticket, TicketEvent
from tickets.queries.appeals import Registered, appeal_of
from tickets.queries.promises import policy_row, promises, told_of


def named_words(policy: SlaTarget) -> str:
    """What a policy names; one that names nothing is for everything."""
    parts = []
    if policy.channel:
        parts.append(_("channel “%(name)s”") % {"name": Channel(policy.channel).label})
    if policy.topic:
        parts.append(_("topic “%(name)s”") % {"name": policy.topic.title})
    if policy.priority:
        parts.append(_("priority “%(name)s”") % {"name": Priority(policy.priority).label})
    return ", ".join(parts) or _("everything")


def why(ticket: Ticket) -> str:
    """Why this ticket is promised what it is promised."""
    found = promises().policy_for(ticket.channel, ticket.topic_id, ticket.priority)
    policy = policy_row(found.id) if found else None
    if policy is None:
        return _("No policy names it: the usual times of its channel hold.")
    return _("The policy that names most of it: %(what)s.") % {"what": named_words(policy)}


@dataclass(frozen=True)
class Beside:
    """What the right panel says of the promises of one ticket."""

    why: str
    priorities: list[tuple[str, Any]]
    channels: list[tuple[str, Any]]
    told: list[TicketEvent]
    row: Registered | None


def beside(ticket: Ticket) -> Beside:
    return Beside(
        why=why(ticket),
        priorities=list(Priority.choices),
        channels=list(Appeal.Channel.choices),
        told=list(told_of(ticket)),
        row=appeal_of(ticket),
    )
