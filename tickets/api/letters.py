"""What came and went by mail for a ticket, and taking an answer back."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tickets import access
from tickets.actions.letters_answer import cancel_answer, retry_answer
from tickets.api import shapes
from tickets.api.actors import staff_of
from tickets.models import InboundLetter, OutboundLetter
from tickets.queries.letters import letters_of
from tickets.rules.moments import instant_or_none


class TicketLetters(APIView):
    """The letters of a ticket, in order: where each stands, and at which entry of the conversation it is shown."""

    @extend_schema(responses={200: shapes.LETTERS})
    def get(self, request: Request, number: int) -> Response:
        came, sent = letters_of(access.ticket_for(staff_of(request), number))
        return Response({"came": [came_json(each) for each in came], "sent": [sent_json(each) for each in sent]})


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
        "is_third_party": bool(letter.entry and letter.entry.data.get("third_party")),
        "reasons": letter.auth_evidence.get("reasons", []),
        "from": {"name": parsed.get("from_name", ""), "address": letter.sender},
        "to": parsed.get("to", []),
        "cc": parsed.get("cc", []),
        "subject": letter.subject,
        "received_at": instant_or_none(letter.received_at),
        "problems": parsed.get("problems", []),
    }


def sent_json(letter: OutboundLetter) -> dict[str, Any]:
    return {
        "seq": letter.entry.seq if letter.entry else None,
        "state": letter.state,
        "state_words": letter.get_state_display(),
        "error": letter.error,
        "to": {"name": letter.to_name, "address": letter.to_address},
        "cc": letter.cc,
        "subject": letter.subject,
        "queued_at": instant_or_none(letter.queued_at),
        "sent_at": instant_or_none(letter.sent_at),
    }
