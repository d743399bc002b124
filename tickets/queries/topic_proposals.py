"""What a ticket may be about, by the first words of whoever wrote: proposed to the agent, who decides."""

from dataclasses import dataclass

from chat.models import AuthorKind, EntryKind
from tickets.models import Ticket, Topic
from tickets.queries.topics import branches, why_not_finished_with
from tickets.rules.topics import Proposed
from tickets.signals import topics_wanted

LEAST = 0.2  # a chance below it is no help
MOST = 2  # proposals shown
LONGEST = 1000  # characters that are looked at, as many as models learn from


@dataclass(frozen=True)
class Proposal:
    topic: Topic
    chance: float

    @property
    def percent(self) -> int:
        return round(self.chance * 100)


@dataclass(frozen=True)
class Proposals:
    """``lacking`` is how many resolved tickets with a topic there are and how many are needed before there are any."""

    proposals: list[Proposal]
    lacking: tuple[int, int] | None = None


def proposals_for(ticket: Ticket) -> Proposals | None:
    """The likeliest topics of a ticket that has none to be finished with; None where there is nothing to propose."""
    if ticket.status == Ticket.Status.RESOLVED or not why_not_finished_with(ticket.topic):
        return None
    text = _first_words(ticket)
    proposed = _proposed_for(text) if text else None
    if proposed is None:
        return None
    known = {each.topic.code: each.topic for each in branches() if each.is_choosable}
    likely = [Proposal(known[code], chance) for code, chance in proposed.ranked if code in known and chance >= LEAST][
        :MOST
    ]
    lacking = (proposed.have, proposed.need) if proposed.need else None
    return Proposals(likely, lacking) if likely or lacking else None


def _proposed_for(text: str) -> Proposed | None:
    """What the app above makes of it; None without such an app."""
    answers: list[object] = [answer for _, answer in topics_wanted.send(sender=None, text=text)]
    return next((answer for answer in answers if isinstance(answer, Proposed)), None)


def _first_words(ticket: Ticket) -> str:
    """The first message of whoever asked, as in what models learn from."""
    theirs = ticket.conversation.entries.filter(
        kind=EntryKind.MESSAGE, author_kind__in=[AuthorKind.BORROWER, AuthorKind.CORRESPONDENT]
    )
    return (theirs.order_by("seq").values_list("body", flat=True).first() or "").strip()[:LONGEST]
