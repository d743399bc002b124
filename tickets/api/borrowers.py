"""The borrower's side of the work: the first screen, their History, where their question stands."""

from typing import Any
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chat.queries import history_of
from identity.rules.pii import mask_email
from tickets import access
from tickets import actions as tickets
from tickets.api import shapes
from tickets.api.actors import actor_of, borrower_of
from tickets.queries.history import history_rows, open_chat
from tickets.queries.letters import own_address
from tickets.queries.panel import ratings_of
from tickets.queries.search_page import said_in_history
from tickets.queries.topics import borrowers_topics
from tickets.queries.waiting import desk_state, queue_view
from tickets.rules.moments import instant_or_none
from tickets.serializers import topic_json


class Home(APIView):
    """Everything the widget's first screen shows."""

    @extend_schema(responses={200: shapes.HOME})
    def get(self, request: Request) -> Response:
        borrower, desk = borrower_of(request), desk_state()
        return Response(
            {
                "lender": {"name": settings.LENDER_NAME, "phone": settings.LENDER_PHONE},
                "borrower": {"first_name": borrower.first_name, "email": mask_email(borrower.email)},
                "desk": {
                    "open": desk.is_open,
                    "opens_at": None if desk.is_open else instant_or_none(desk.opens_at),
                    "expected_wait": desk.wait_behind(desk.waiting),
                    "agents_available": desk.agents,
                    "mailbox": own_address(),
                },
                "topics": [topic_json(topic) for topic in borrowers_topics()],
                "open_conversation": open_chat(borrower),
                "history_count": history_of(borrower).count(),
            }
        )


class History(APIView):
    """Chats, letters and calls of the borrower, the newest first; with ``query`` those where it was said."""

    @extend_schema(
        parameters=[OpenApiParameter("query", str, description="words of the borrower's own conversations")],
        responses={200: shapes.HISTORY},
    )
    def get(self, request: Request) -> Response:
        borrower = borrower_of(request)
        rows = history_rows(borrower)
        if query := request.query_params.get("query", "").strip():
            rows = said_in_history(borrower, rows, query)
        ratings = ratings_of([UUID(row["id"]) for row in rows])
        return Response([row | {"rating": ratings.get(UUID(row["id"]))} for row in rows])


class ConversationTicket(APIView):
    """Where the question stands: people ahead and the expected wait, or who answers."""

    @extend_schema(responses={200: shapes.QUEUE})
    def get(self, request: Request, conversation: UUID) -> Response:
        return Response(queue_view(access.ticket_of(actor_of(request), conversation)))


class ReopenConversation(APIView):
    """A reply after the end goes on with the same conversation, for as many hours as the desk allows."""

    @extend_schema(request=None, responses={200: shapes.QUEUE})
    def post(self, request: Request, conversation: UUID) -> Response:
        own = access.reopenable_ticket_of(actor_of(request), conversation)
        ticket: Any = tickets.reopen(ticket=own, by=actor_of(request))
        return Response(queue_view(ticket))
