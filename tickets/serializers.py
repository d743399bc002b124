"""What the inbox and other clients see of the work."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from chat.models import Channel, Conversation
from identity.models import User
from tickets.models import Call, CannedAnswer, ScenarioStep, Ticket, Topic
from tickets.queries.appeals import registered
from tickets.queries.board import Board, Service
from tickets.queries.inbox import Inbox, LastWords
from tickets.queries.promises import promises
from tickets.queries.scenarios import Progress, progress_of
from tickets.queries.shift import AgentNow
from tickets.queries.staff import Colleague
from tickets.rules import answers as rules
from tickets.rules.moments import instant_or_none
from tickets.rules.names import initials_of, short_name
from tickets.rules.scenarios import CHOSEN, DONE


def inbox_json(inbox: Inbox) -> dict[str, Any]:
    def row(ticket: Ticket) -> dict[str, Any]:
        words = inbox.words.get(ticket.conversation_id, LastWords())
        return row_json(ticket, words=words, answer_due_at=inbox.leases.get(ticket.pk))

    user = inbox.user
    return {
        "me": {
            "id": str(user.pk),
            "display_name": user.display_name,
            "availability": inbox.availability,
            "reason": inbox.reason,
            "capacity": len(inbox.slots),
        },
        "slots": [{"number": number, "ticket": row(ticket) if ticket else None} for number, ticket in inbox.slots],
        "letters": [row(ticket) for ticket in inbox.letters],
        "held": [row(ticket) for ticket in inbox.held],
        "queue": {"waiting": inbox.waiting, "longest_wait": inbox.longest_wait},
        "waiting_count": inbox.owed,
        "now": instant_or_none(inbox.now),
    }


def row_json(ticket: Ticket, *, words: LastWords, answer_due_at: datetime | None = None) -> dict[str, Any]:
    """One ticket as a row of the inbox."""
    conversation = ticket.conversation
    name = name_of(conversation)
    return {
        "number": ticket.number,
        "conversation": str(ticket.conversation_id),
        "channel": ticket.channel,
        "name": name,
        "initials": initials_of(name),
        "topic_title": ticket.topic.title if ticket.topic else "",
        "subject": conversation.subject,
        "page": conversation.page,
        "address": conversation.correspondent_address,
        "status": ticket.status,
        "is_new": ticket.first_response_at is None,
        "is_mine": ticket.assignee_id is not None,
        "waiting_since": instant_or_none(ticket.waits_since),
        "due_at": instant_or_none(ticket.due_at),
        "warn_at": instant_or_none(ticket.warn_at),
        "target": _target(ticket),
        "answered_at": instant_or_none(ticket.staff_wrote_at),
        "first_response_at": instant_or_none(ticket.first_response_at),
        "snoozed_until": instant_or_none(ticket.snoozed_until),
        "held_at": instant_or_none(ticket.held_at),
        "last_message": _last_message(words),
        "unread": words.unread,
        "has_draft": words.has_draft,
        "call": _call(ticket),
        "identity": "verified" if conversation.borrower_id else "unverified",
        "answer_due_at": instant_or_none(answer_due_at),
    }


def ticket_json(ticket: Ticket, *, words: LastWords, answer_due_at: datetime | None = None) -> dict[str, Any]:
    """The row, with the scenario and with who leads and who led it."""
    assignments = ticket.assignments.select_related("agent").order_by("since")
    return row_json(ticket, words=words, answer_due_at=answer_due_at) | {
        "priority": ticket.priority,
        "appeal": _appeal(ticket),
        "topic": topic_json(ticket.topic) if ticket.topic else None,
        "assignee": person_json(ticket.assignee) if ticket.assignee else None,
        "steps": _steps(progress_of(ticket)),
        "history": [
            {
                "agent": person_json(each.agent),
                "reason": each.reason,
                "since": instant_or_none(each.since),
                "until": instant_or_none(each.until),
                "ending": each.ending,
                "summary": each.summary,
            }
            for each in assignments
        ],
    }


def _steps(progress: Progress | None) -> list[dict[str, Any]]:
    """What was passed, with its outcome, then the step to take now and what surely follows, without one."""
    if progress is None:
        return []
    passed = [(step, mark.outcome) for step, mark in progress.walk.passed]
    return [
        _step(progress.wording.row(step.key), outcome)
        for step, outcome in [*passed, *((step, "") for step in progress.walk.left)]
    ]


def _step(row: ScenarioStep, outcome: str) -> dict[str, Any]:
    choices = [{"id": each.pk, "text": each.text} for each in row.choices.all()]
    return {
        "id": row.pk, "text": row.text, "hint": row.hint, "kind": row.kind, "level": row.level,
        "obligatory": row.is_obligatory, "choices": choices, "outcome": outcome,
        "done": outcome in (DONE, CHOSEN),
    }  # fmt: skip


def _appeal(ticket: Ticket) -> dict[str, str] | None:
    found = registered(ticket)
    if found is None:
        return None
    days = {"received_on": found.received_on.isoformat(), "due_on": found.due_on.isoformat()}
    return {"number": found.number, **days}


def board_json(board: Board) -> dict[str, Any]:
    """The board's figures, as the page shows them; ``first_response_p90`` by five minutes, the oldest first."""
    longest, letters = board.longest, board.letters
    return {
        "at": instant_or_none(board.at),
        "longest": {
            "number": longest.number,
            "since": instant_or_none(longest.waits_since),
            "due_at": instant_or_none(longest.due_at),
            "agent": person_json(longest.assignee) if longest.assignee else None,
        }
        if longest
        else None,
        "queue": {"waiting": board.queue, "longest_wait": board.queue_wait, "left": board.left},
        "service": _service_json(board.service),
        "service_yesterday": _service_json(board.yesterday),
        "places": {"total": board.places, "free": board.free},
        "agents": [_agent_now_json(agent) for agent in board.agents],
        "letters": {
            "waiting": letters.waiting,
            "late": letters.late,
            "oldest": instant_or_none(letters.oldest),
            "next_due": instant_or_none(letters.next_due),
        },
        "opened_today": board.opened,
        "first_response_p90": board.curve,
        "standard": board.standard,
    }


def _service_json(service: Service) -> dict[str, Any]:
    return {"n": service.n, "in_time": service.in_time, "share": service.value}


def _agent_now_json(agent: AgentNow) -> dict[str, Any]:
    return person_json(agent.user) | {
        "present": agent.is_present,
        "availability": agent.state,
        "reason": agent.words,
        "load": agent.taken,
        "late": agent.late,
        "capacity": agent.places,
        "since": instant_or_none(agent.since),
    }


def topic_json(topic: Topic) -> dict[str, str]:
    return {"code": topic.code, "title": topic.title, "icon": topic.icon}


def person_json(user: User) -> dict[str, str]:
    return {"id": str(user.pk), "display_name": user.display_name, "initials": user.initials}


def colleague_json(colleague: Colleague) -> dict[str, Any]:
    return person_json(colleague.user) | {
        "full_name": colleague.user.full_name,
        "present": colleague.is_present,
        "availability": colleague.availability,
        "reason": colleague.reason,
        "load": colleague.load,
        "capacity": colleague.places,
        "free": max(colleague.places - colleague.load, 0),
    }


def answer_json(answer: CannedAnswer, values: dict[str, str], language: str) -> dict[str, Any]:
    """In the language of the conversation; what stands under the text in the language of the agent."""
    body = answer.body_in(language)
    return {
        "id": answer.pk,
        "version": answer.version,
        "shortcut": answer.shortcut,
        "title": answer.title_in(language),
        "topic": answer.topic.code if answer.topic else None,
        "body": body,
        "filled": rules.fill(body, values),
        "sealed": answer.is_sealed,
        "expired": answer.is_expired(),
        "note": _note_of(answer),
    }


def _note_of(answer: CannedAnswer) -> str:
    """Since when the text holds, by whom, and until when."""
    if answer.is_expired():
        return gettext("Past its review by %(day)s: tell a supervisor") % {"day": f"{answer.review_by:%d.%m.%Y}"}
    if answer.approved_by is None or answer.approved_at is None:
        return ""
    day = f"{timezone.localtime(answer.approved_at):%d.%m.%Y}"
    return gettext("Approved on %(day)s by %(name)s") % {"day": day, "name": answer.approved_by.display_name}


def name_of(conversation: Conversation) -> str:
    borrower = conversation.borrower
    if borrower is not None:
        return short_name(borrower.full_name, borrower.first_name)
    return conversation.correspondent_name or conversation.correspondent_address


def _call(ticket: Ticket) -> str:
    """How a call stands that somebody has to do something about; empty where there is none."""
    call: Call | None = getattr(ticket, "call", None) if ticket.channel == Channel.PHONE else None
    return call.state if call and (not call.is_over or ticket.waiting_since) else ""


def _target(ticket: Ticket) -> int:
    promise = promises().for_ticket(ticket.channel, ticket.topic_id, ticket.priority)
    return promise.next_response_time if ticket.first_response_at else promise.first_response_time


def _last_message(words: LastWords) -> dict[str, Any] | None:
    if words.at is None:
        return None
    return {
        "author_kind": words.author_kind,
        "author_name": words.author_name,
        "body": words.body,
        "at": instant_or_none(words.at),
    }
