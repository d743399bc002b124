"""What the app above knows of borrowers' answers, as facts of the roll-ups."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chat.models import Channel
from tickets.models import Ticket
from tickets.rules.rollups import Fact
from tickets.rules.voices import Voice
from tickets.signals import voices_wanted

PIECE = 2000


def voices_between(since: datetime, until: datetime) -> Iterator[Fact]:
    """Answers of this time. Those of no dialog have neither ticket nor channel; the desk's own probe counts nowhere."""
    answers: Any = voices_wanted.send(sender=None, since=since, until=until)
    told: list[Voice] = [one for _, known in answers for one in known]
    tickets = _tickets([one.conversation for one in told if one.conversation])
    for one in told:
        if one.conversation is None:
            yield _fact(one, (None, None, ""))
        elif one.conversation in tickets:
            yield _fact(one, tickets[one.conversation])


def _fact(one: Voice, place: tuple[int | None, int | None, str]) -> Fact:
    ticket, topic, channel = place
    return Fact(one.measure, one.at, ticket, one.agent, topic, channel, one.value, one.success)


def _tickets(conversations: Sequence[UUID]) -> dict[UUID, tuple[int | None, int | None, str]]:
    found: dict[UUID, tuple[int | None, int | None, str]] = {}
    for first in range(0, len(conversations), PIECE):
        piece = conversations[first : first + PIECE]
        rows: Any = Ticket.objects.filter(conversation__in=piece).exclude(channel=Channel.PROBE)
        for about, number, topic, channel, moved in rows.values_list(
            "conversation", "number", "topic", "channel", "moved_at"
        ):
            found[about] = (number, topic, Channel.EMAIL.value if moved is not None else channel)
    return found
