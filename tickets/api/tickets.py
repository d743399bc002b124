"""What a staff member does with one ticket."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity.models import User
from tickets import access
from tickets import actions as tickets
from tickets.api import shapes
from tickets.api.actors import said_in, staff_of
from tickets.forms import PriorityForm, SnoozeForm, StepForm, TopicForm, TransferForm, mark_of
from tickets.models import Ticket
from tickets.queries.inbox import LastWords, last_words, leases_of
from tickets.serializers import ticket_json


class OneTicket(APIView):
    """The row of the inbox with topic, scenario and who led it."""

    @extend_schema(responses={200: shapes.TICKET})
    def get(self, request: Request, number: int) -> Response:
        user = staff_of(request)
        return answer(access.ticket_for(user, number), user)


class Resolve(APIView):
    @extend_schema(request=None, responses={200: shapes.TICKET})
    def post(self, request: Request, number: int) -> Response:
        user = staff_of(request)
        return answer(tickets.resolve(ticket=access.led_ticket_for(user, number), by=user), user)


class Reopen(APIView):
    @extend_schema(request=None, responses={200: shapes.TICKET})
    def post(self, request: Request, number: int) -> Response:
        user = staff_of(request)
        return answer(tickets.reopen(ticket=access.led_ticket_for(user, number), by=user), user)


class Take(APIView):
    """Letters only: chats come by themselves."""

    @extend_schema(request=None, responses={200: shapes.TICKET})
    def post(self, request: Request, number: int) -> Response:
        user = staff_of(request)
        ticket = access.letter_to_take(user, number)
        tickets.take(ticket=ticket, by=user)
        ticket.refresh_from_db()
        return answer(ticket, user)


class Snooze(APIView):
    @extend_schema(request=SnoozeForm, responses={200: shapes.TICKET})
    def post(self, request: Request, number: int) -> Response:
        user = staff_of(request)
        ticket = access.led_ticket_for(user, number)
        until = said_in(SnoozeForm, request.data)["until"]
        return answer(tickets.snooze(ticket=ticket, until=until, by=user), user)


class Transfer(APIView):
    """To a colleague with a free place, or to the queue; always with a summary."""

    @extend_schema(request=TransferForm, responses={200: shapes.TICKET})
    def post(self, request: Request, number: int) -> Response:
        user = staff_of(request)
        ticket = access.led_ticket_for(user, number)
        said = said_in(TransferForm, request.data)
        to = access.colleague_for(said["to"])
        return answer(tickets.transfer(ticket=ticket, to=to, by=user, summary=said["summary"]), user)


class UndoTransfer(APIView):
    """Within ten seconds, while the colleague has not answered."""

    @extend_schema(request=None, responses={200: shapes.TICKET})
    def post(self, request: Request, number: int) -> Response:
        user = staff_of(request)
        return answer(tickets.undo_transfer(ticket=access.given_ticket_for(user, number), by=user), user)


class TicketTopic(APIView):
    @extend_schema(request=TopicForm, responses={200: shapes.TICKET})
    def put(self, request: Request, number: int) -> Response:
        user = staff_of(request)
        ticket = access.led_ticket_for(user, number)
        topic = access.topic_to_set(said_in(TopicForm, request.data)["topic"] or "")
        return answer(tickets.set_topic(ticket=ticket, topic=topic, by=user), user)


class TicketPriority(APIView):
    """Another priority brings its own promise; one that is broken already stays broken."""

    @extend_schema(request=PriorityForm, responses={200: shapes.TICKET})
    def put(self, request: Request, number: int) -> Response:
        user = staff_of(request)
        ticket = access.led_ticket_for(user, number)
        priority = said_in(PriorityForm, request.data)["priority"]
        return answer(tickets.set_priority(ticket=ticket, priority=priority, by=user), user)


class Step(APIView):
    @extend_schema(request=StepForm, responses={200: shapes.TICKET})
    def put(self, request: Request, number: int, step: int) -> Response:
        user = staff_of(request)
        ticket = access.led_ticket_for(user, number)
        said = said_in(StepForm, request.data)
        if mark := mark_of(said):
            return answer(tickets.mark_step(ticket=ticket, step=step, mark=mark, by=user), user)
        return answer(tickets.take_step_back(ticket=ticket, step=step, number=said["number"], by=user), user)


def answer(ticket: Ticket, user: User) -> Response:
    """The ticket as it is now."""
    words = last_words([ticket], user).get(ticket.conversation_id, LastWords())
    lease = leases_of([ticket]).get(ticket.pk)
    return Response(ticket_json(ticket, words=words, answer_due_at=lease))
