"""What a borrower sees of their own conversations, chat and letters together."""

from typing import Any

from chat.models import Channel, Conversation
from chat.queries import history_of, last_staff_names, latest_entries, unread_counts
from chat.rules.entries import PUBLIC
from identity.models import Borrower
from tickets.models import Ticket
from tickets.rules.moments import instant_or_none

SHOWN = 200


def history_rows(borrower: Borrower) -> list[dict[str, Any]]:
    """Newest first; a letter's work ends although its conversation never closes."""
    conversations = list(history_of(borrower).select_related("ticket__topic", "ticket__assignee")[:SHOWN])
    ids = [conversation.pk for conversation in conversations]
    unread = unread_counts(reader=borrower, conversations=ids, audience=PUBLIC)
    names = last_staff_names(ids)
    return [
        _row(conversation, unread=unread[conversation.pk], agent_name=names.get(conversation.pk))
        for conversation in conversations
    ]


def open_chat(borrower: Borrower) -> dict[str, Any] | None:
    """The borrower's open chat as the widget's first screen shows it."""
    conversation = history_of(borrower).filter(channel=Channel.CHAT, closed_at=None).first()
    if conversation is None:
        return None
    ticket = ticket_of(conversation)
    agent = ticket.assignee if ticket else None
    topic = ticket.topic if ticket else None
    unread = unread_counts(reader=borrower, conversations=[conversation.pk], audience=PUBLIC)
    return {
        "id": str(conversation.pk),
        "subject": conversation.subject or (topic.title if topic else ""),
        "topic": topic.code if topic else None,
        "agent": {"name": agent.display_name, "initials": agent.initials} if agent else None,
        "last_message": _last_message(conversation),
        "unread": unread[conversation.pk],
    }


def ticket_of(conversation: Conversation) -> Ticket | None:
    tickets = Ticket.objects.select_related("assignee", "topic", "conversation")
    return tickets.filter(conversation=conversation).first()


def _last_message(conversation: Conversation) -> dict[str, str] | None:
    entries = latest_entries(conversation=conversation, audience=PUBLIC, limit=10)
    messages = [entry for entry in entries if entry.kind == "message"]
    return {"author_name": messages[-1].author_name, "body": messages[-1].body[:200]} if messages else None


def _row(conversation: Conversation, *, unread: int, agent_name: str | None) -> dict[str, Any]:
    ticket: Ticket | None = getattr(conversation, "ticket", None)
    ended_at = conversation.closed_at or (ticket.resolved_at if ticket else None)
    assignee = ticket.assignee if ticket else None
    last_at = max(filter(None, (ticket.borrower_wrote_at, ticket.staff_wrote_at)), default=None) if ticket else None
    return {
        "id": str(conversation.pk),
        "channel": conversation.channel,
        "subject": conversation.subject,
        "topic_title": ticket.topic.title if ticket and ticket.topic else "",
        "status": ticket.status if ticket else "resolved",
        "started_at": instant_or_none(conversation.started_at),
        "closed_at": instant_or_none(ended_at),
        "last_at": instant_or_none(last_at or conversation.started_at),
        "unread": unread,
        "agent_name": agent_name or (assignee.display_name if assignee else None),
        "due_at": instant_or_none(ticket.due_at) if ticket else None,
    }
