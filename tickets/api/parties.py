"""Who takes part by letters: what an agent decides about a stranger's letter, and about two tickets of one matter."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tickets import access
from tickets.actions.letters_parties import admit_letter, merge_ticket, split_letter
from tickets.api import shapes
from tickets.api.actors import said_in, staff_of
from tickets.api.letters import came_json
from tickets.api.tickets import answer
from tickets.forms import MergeForm


class AdmitLetter(APIView):
    """A stranger's letter becomes a message of the conversation, and its sender takes part."""

    @extend_schema(request=None, responses={200: shapes.CAME})
    def post(self, request: Request, number: int, seq: int) -> Response:
        user = staff_of(request)
        return Response(came_json(admit_letter(letter=access.strangers_letter_for(user, number, seq), by=user)))


class SplitLetter(APIView):
    """A stranger's letter gets a ticket of its own."""

    @extend_schema(request=None, responses={200: shapes.TICKET})
    def post(self, request: Request, number: int, seq: int) -> Response:
        user = staff_of(request)
        return answer(split_letter(letter=access.strangers_letter_for(user, number, seq), by=user), user)


class MergeTicket(APIView):
    """The letters of this ticket go on in another one."""

    @extend_schema(request=MergeForm, responses={200: shapes.TICKET})
    def post(self, request: Request, number: int) -> Response:
        user = staff_of(request)
        ticket = access.led_ticket_for(user, number)
        into = access.ticket_for(user, said_in(MergeForm, request.data)["into"])
        return answer(merge_ticket(ticket=ticket, into=into, by=user), user)
