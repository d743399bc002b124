"""The agent's own screen: work, availability, colleagues, and a chat of their own making."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tickets import access
from tickets import actions as tickets
from tickets.api import shapes
from tickets.api.actors import said_in, staff_of
from tickets.forms import AvailabilityForm, StartChatForm
from tickets.queries.inbox import availability_of, inbox_of
from tickets.queries.staff import colleagues_of
from tickets.serializers import colleague_json, inbox_json


class OwnInbox(APIView):
    @extend_schema(responses={200: shapes.INBOX})
    def get(self, request: Request) -> Response:
        return Response(inbox_json(inbox_of(staff_of(request))))


class OwnAvailability(APIView):
    """What the agent says of themselves; a break stops new chats."""

    @extend_schema(responses={200: shapes.AVAILABILITY})
    def get(self, request: Request) -> Response:
        state, reason = availability_of(staff_of(request))
        return Response({"state": state, "reason": reason})

    @extend_schema(request=AvailabilityForm, responses={200: shapes.AVAILABILITY})
    def put(self, request: Request) -> Response:
        said = said_in(AvailabilityForm, request.data)
        period = tickets.set_availability(user=staff_of(request), state=said["state"], reason=said["reason"])
        return Response({"state": period.state, "reason": period.reason})


class Agents(APIView):
    """To whom a ticket can be handed, with their free places."""

    @extend_schema(responses={200: shapes.COLLEAGUES})
    def get(self, request: Request) -> Response:
        return Response([colleague_json(colleague) for colleague in colleagues_of(staff_of(request))])


class StartChat(APIView):
    """An agent begins a chat with a borrower, in one of the agent's own places."""

    @extend_schema(request=StartChatForm, responses={201: shapes.STARTED})
    def post(self, request: Request, borrower: UUID) -> Response:
        user = staff_of(request)
        said = said_in(StartChatForm, request.data)
        person = access.borrower_visible_to(user, borrower)
        ticket = tickets.start_chat(borrower=person, by=user, topic_code=said["topic"])
        return Response({"number": ticket.number, "conversation": str(ticket.conversation_id)}, status=201)
