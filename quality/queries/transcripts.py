"""A conversation's transcript, on the desk's clock, for the checks."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from chat.models import AuthorKind, Channel, Conversation, Entry, EntryKind
from quality.queries.aids import aids
from quality.rules.acts import GREETING
from quality.rules.transcript import Fact, Message, Side, Step, Transcript
from quality.rules.wording import fold
from tickets.models import Ticket
from tickets.queries.promises import promises
from tickets.queries.scenarios import Progress, progress_of
from tickets.rules.scenarios import SKIPPED
from tickets.rules.sla import Week, working_between

SIDES = {
    AuthorKind.BORROWER.value: Side.BORROWER,
    AuthorKind.CORRESPONDENT.value: Side.BORROWER,
    AuthorKind.STAFF.value: Side.STAFF,
}
ENDINGS = (EntryKind.CLOSED, EntryKind.RESOLVED)
PROVED = 2  # from this level of an identity decision on, the desk knows who writes
UNJUDGED = frozenset({"started", "assigned", "unassigned", "closed", "resolved"})  # change no verdict by themselves
GOES_ON = timedelta(hours=24)  # so soon after the last talk nobody needs to be greeted again


def transcript_of(conversation: Conversation) -> Transcript:
    """Public messages of both sides; bots and notes are not judged, facts only tell what happened."""
    entries = list(conversation.entries.order_by("seq"))
    said = [entry for entry in entries if _is_said(entry)]
    week = promises().week
    started_at = said[0].created_at if said else conversation.started_at
    ticket = _ticket_of(conversation)
    return Transcript(
        channel=conversation.channel,
        messages=tuple(_message(entry, started_at, week) for entry in said),
        borrower_name=_name_of(conversation),
        ended_at=_ended_at(conversation, entries, started_at, week),
        own_hosts=own_hosts(),
        language=conversation.language,
        facts=tuple(_fact(entry, started_at, week) for entry in entries if _is_fact(entry)),
        topic=_topic_of(ticket),
        is_complaint=bool(ticket and ticket.topic and ticket.topic.is_complaint),
        scenario=_scenario_of(ticket),
        identified_from=_identified_from(conversation, entries),
        goes_on=_goes_on(conversation, ticket, said),
        week=week,
        names=frozenset(conversation.borrower.full_name.split()) if conversation.borrower else frozenset(),
        aids=aids(),
    )


def content_hash(transcript: Transcript) -> str:
    """Changes exactly when what is judged does: what was said, what happened beside it, the topic and its steps."""
    said = [(message.seq, message.side, message.author_id, message.text) for message in transcript.messages]
    happened = [(fact.seq, fact.kind) for fact in transcript.facts if fact.kind not in UNJUDGED]
    work = [transcript.topic, [step.is_done for step in transcript.scenario], transcript.identified_from]
    work += ["complaint"] if transcript.is_complaint else []
    content = json.dumps([transcript.channel, transcript.borrower_name, said, happened, work], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def own_hosts() -> frozenset[str]:
    """The desk's and the lender's own sites."""
    addresses: Iterable[str] = (settings.PUBLIC_URL, *settings.LENDER_ORIGINS)
    return frozenset(host for address in addresses if (host := urlsplit(address).hostname))


def closed_since(since: datetime | None) -> Iterable[UUID]:
    """Conversations that ended, oldest first: what can be scored again."""
    ended = Conversation.objects.filter(closed_at__isnull=False)
    if since is not None:
        ended = ended.filter(closed_at__gte=since)
    return ended.order_by("closed_at").values_list("pk", flat=True)


def _is_fact(entry: Entry) -> bool:
    return entry.kind not in {EntryKind.MESSAGE, EntryKind.NOTE}


def _fact(entry: Entry, started_at: datetime, week: Week) -> Fact:
    at = working_between(week, started_at, entry.created_at)
    return Fact(seq=entry.seq, kind=entry.kind, at=at, by=SIDES.get(entry.author_kind))


def _ticket_of(conversation: Conversation) -> Ticket | None:
    """The one that was fetched with the conversation, or is fetched now."""
    return getattr(conversation, "ticket", None)


def _topic_of(ticket: Ticket | None) -> str | None:
    """None without a ticket, empty while nobody set a topic."""
    if ticket is None:
        return None
    return ticket.topic.code if ticket.topic else ""


def _scenario_of(ticket: Ticket | None) -> tuple[Step, ...]:
    if ticket is None or ticket.topic is None:
        return ()
    progress = progress_of(ticket)
    return tuple(_steps_of(progress)) if progress else ()


def _steps_of(progress: Progress) -> Iterator[Step]:
    """The way the agent went and what surely followed; what may be left out is there only when it was done."""
    outcomes = [(step, mark.outcome != SKIPPED) for step, mark in progress.walk.passed]
    for step, is_done in [*outcomes, *((step, False) for step in progress.walk.left)]:
        if is_done or step.is_obligatory:
            row = progress.wording.row(step.key)
            yield Step(row.text_ru, row.text_en, is_done)


def _identified_from(conversation: Conversation, entries: list[Entry]) -> int | None:
    """Whoever writes in the chat has signed in; of a letter's writer the desk decides, and may take it back."""
    if conversation.channel == Channel.CHAT:
        return 0 if conversation.borrower_id else None
    since: int | None = None
    for entry in entries:
        if entry.kind == EntryKind.VERIFIED and entry.data.get("level", PROVED) >= PROVED:
            since = entry.seq if since is None else since
        elif entry.kind == EntryKind.UNVERIFIED:
            since = None
    return since


def _goes_on(conversation: Conversation, ticket: Ticket | None, said: list[Entry]) -> bool:
    """Whether the same borrower's last talk on this channel ended less than a day before.

    Asked only of a talk that begins without a greeting: it matters to no other.
    """
    first = [entry for entry in said if entry.author_kind == AuthorKind.STAFF][:2]
    if any(GREETING.search(fold(entry.body)) for entry in first):
        return False
    if ticket and ticket.previous and (ended_at := ticket.previous.resolved_at):
        return conversation.started_at - ended_at < GOES_ON
    if conversation.borrower_id is None:
        return False
    same = Conversation.objects.filter(borrower=conversation.borrower_id, channel=conversation.channel)
    recent = same.filter(closed_at__gt=conversation.started_at - GOES_ON, closed_at__lte=conversation.started_at)
    return recent.exists()


def _is_said(entry: Entry) -> bool:
    return entry.kind == EntryKind.MESSAGE and entry.is_public and entry.author_kind in SIDES


def _message(entry: Entry, started_at: datetime, week: Week) -> Message:
    return Message(
        seq=entry.seq,
        side=SIDES[entry.author_kind],
        author_id=str(entry.author_id or ""),
        author_name=entry.author_name,
        text=entry.body,
        at=working_between(week, started_at, entry.created_at),
        moment=entry.created_at,
    )


def _name_of(conversation: Conversation) -> str:
    return conversation.borrower.first_name if conversation.borrower else ""


def _ended_at(conversation: Conversation, entries: list[Entry], started_at: datetime, week: Week) -> float | None:
    moments = [entry.created_at for entry in entries if entry.kind in ENDINGS]
    if conversation.closed_at:
        moments.append(conversation.closed_at)
    return working_between(week, started_at, max(moments)) if moments else None
