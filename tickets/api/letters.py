"""What came and went by mail for a ticket, and taking an answer back."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity.models import User
from tickets import access
from tickets.actions.bounces import lift_suppression
from tickets.actions.deliveries import first_mailbox
from tickets.actions.letters_answer import Recipients, cancel_answer, post_answer, retry_answer, signature_of
from tickets.api import shapes
from tickets.api.actors import said_in, staff_of
from tickets.forms import AnswerForm
from tickets.models import InboundLetter, OutboundLetter, Ticket, reason_words
from tickets.queries.letters import last_letter_of, letters_of
from tickets.queries.threads import Participant, participants_in
from tickets.rules.moments import instant_or_none

EVIDENCE = ("by", "dkim", "spf", "dmarc", "results", "name_says", "reply_to")


class TicketLetters(APIView):
    """The letters of a ticket, in order: where each stands, and at which entry of the conversation it is shown."""

    @extend_schema(responses={200: shapes.LETTERS})
    def get(self, request: Request, number: int) -> Response:
        ticket = access.ticket_for(staff_of(request), number)
        came, sent = letters_of(ticket)
        people = [participant_json(each) for each in participants_in(ticket)]
        return Response(
            {
                "came": [came_json(each) for each in came],
                "sent": [sent_json(each) for each in sent],
                "participants": people,
                "signature": signature_for(ticket, staff_of(request)),
                "merged_into": ticket.merged_into_id,
                "previous": ticket.previous_id,
                "may_open_previous": access.may_open(staff_of(request), ticket.previous_id),
            }
        )

    @extend_schema(request=AnswerForm, responses={201: shapes.SENT})
    def post(self, request: Request, number: int) -> Response:
        """An answer to chosen participants; copies to others need their addresses in ``confirmed``."""
        user = staff_of(request)
        ticket = access.ticket_for(user, number)
        said = said_in(AnswerForm, request.data)
        whom = Recipients(to=said["to"], cc=tuple(said["cc"]), confirmed=tuple(said["confirmed"]))
        entry = post_answer(
            ticket=ticket,
            by=user,
            body=said["body"],
            recipients=whom,
            client_id=said["id"],
            files=said["attachments"],
            answers=said["answers"],
        )
        return Response(sent_json(access.answer_for(user, number, entry.seq)), status=201)


class LiftSuppression(APIView):
    """A supervisor lets an address be written to again that was given up after a bounce."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, suppression: int) -> Response:
        user = access.supervisor_of(staff_of(request))
        lift_suppression(suppression=access.suppression_for(user, suppression), by=user)
        return Response(status=204)


class CancelAnswer(APIView):
    """While it is queued; afterwards it is too late."""

    @extend_schema(request=None, responses={200: shapes.SENT})
    def post(self, request: Request, number: int, seq: int) -> Response:
        letter = access.answer_for(staff_of(request), number, seq)
        return Response(sent_json(cancel_answer(letter=letter)))


class RetryAnswer(APIView):
    """An answer that was not sent is tried again, as the same letter."""

    @extend_schema(request=None, responses={200: shapes.SENT})
    def post(self, request: Request, number: int, seq: int) -> Response:
        letter = access.answer_for(staff_of(request), number, seq)
        return Response(sent_json(retry_answer(letter=letter)))


def came_json(letter: InboundLetter) -> dict[str, Any]:
    parsed = letter.parsed
    return {
        "id": letter.pk,
        "seq": letter.entry.seq if letter.entry else None,
        "state": letter.state,
        "class": letter.letter_class,
        "level": letter.auth_level,
        "candidates": len(letter.auth_evidence.get("candidates", [])),
        "is_stranger": bool(parsed.get("is_stranger")),
        "is_collected": bool(letter.entry and letter.entry.data.get("collected")),
        "is_third_party": bool(letter.entry and letter.entry.data.get("third_party")),
        "reasons": letter.auth_evidence.get("reasons", []),
        "why": [reason_words(each) for each in letter.auth_evidence.get("reasons", [])],
        "evidence": {name: letter.auth_evidence.get(name, "") for name in EVIDENCE},
        "from": {"name": parsed.get("from_name", ""), "address": letter.sender},
        "to": parsed.get("to", []),
        "cc": parsed.get("cc", []),
        "subject": letter.subject,
        "received_at": instant_or_none(letter.received_at),
        "problems": parsed.get("problems", []),
    }


def signature_for(ticket: Ticket, user: User) -> str:
    """What an answer of this person would end with."""
    last = last_letter_of(ticket)
    return signature_of(ticket=ticket, name=user.display_name, mailbox=last.mailbox if last else first_mailbox())


def participant_json(person: Participant) -> dict[str, Any]:
    given_up = person.suppression
    return {
        "address": person.address,
        "name": person.name,
        "suppression": {"id": given_up.pk, "reason": given_up.reason, "at": instant_or_none(given_up.at)}
        if given_up
        else None,
    }


def sent_json(letter: OutboundLetter) -> dict[str, Any]:
    return {
        "seq": letter.entry.seq if letter.entry else None,
        "purpose": letter.purpose,
        "state": letter.state,
        "state_words": letter.get_state_display(),
        "error": letter.error,
        "to": {"name": letter.to_name, "address": letter.to_address},
        "cc": letter.cc,
        "subject": letter.subject,
        "queued_at": instant_or_none(letter.queued_at),
        "sent_at": instant_or_none(letter.sent_at),
    }
