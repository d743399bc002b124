"""Conversations: start, list, look at, close; and how far one has seen."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chat import actions as chat
from chat.access import audience_of, conversation_for, may_write, writable_conversation_for
from chat.api import shapes
from chat.api.actors import actor_of, borrower_of, staff_of
from chat.forms import SeenForm, StartForm
from chat.models import Channel
from chat.queries import history_of, last_staff_names, mentionable, seen_by, unread_counts
from chat.rules.entries import PUBLIC
from chat.serializers import colleagues_json, conversation_json


class OwnConversations(APIView):
    """The borrower's own: a list, and a door to a new one."""

    @extend_schema(operation_id="conversations_list", responses={200: shapes.CONVERSATIONS})
    def get(self, request: Request) -> Response:
        borrower = borrower_of(request)
        conversations = list(history_of(borrower)[:200])
        ids = [conversation.pk for conversation in conversations]
        unread = unread_counts(reader=borrower, conversations=ids, audience=PUBLIC)
        names = last_staff_names(ids)
        rows = [
            conversation_json(conversation, PUBLIC)
            | {"unread": unread[conversation.pk], "agent_name": names.get(conversation.pk)}
            for conversation in conversations
        ]
        return Response(rows)

    @extend_schema(request=StartForm, responses={201: shapes.CONVERSATION})
    def post(self, request: Request) -> Response:
        borrower = borrower_of(request)
        form = StartForm(data=request.data)
        form.is_valid(raise_exception=True)
        wished = form.validated_data
        conversation = chat.start_conversation(
            channel=Channel.CHAT,
            borrower=borrower,
            page=wished["page"],
            language=borrower.language,
            context={name: wished[name] for name in ("topic", "follows") if wished.get(name)},
            id=wished.get("id"),
        )
        return Response(_whole(request, conversation), status=201)


class OneConversation(APIView):
    @extend_schema(responses={200: shapes.CONVERSATION})
    def get(self, request: Request, conversation: UUID) -> Response:
        return Response(_whole(request, conversation_for(actor_of(request), conversation)))


class CloseConversation(APIView):
    """The borrower ends their own; staff resolve the ticket, which asks for more."""

    @extend_schema(request=None, responses={200: shapes.CONVERSATION})
    def post(self, request: Request, conversation: UUID) -> Response:
        borrower = borrower_of(request)
        own = writable_conversation_for(borrower, conversation)
        return Response(_whole(request, chat.close_conversation(conversation=own, by=borrower)))


class Seen(APIView):
    @extend_schema(request=SeenForm, responses={204: None})
    def post(self, request: Request, conversation: UUID) -> Response:
        form = SeenForm(data=request.data)
        form.is_valid(raise_exception=True)
        own = conversation_for(actor_of(request), conversation)
        chat.mark_seen(conversation=own, reader=actor_of(request), seq=form.validated_data["seq"])
        return Response(status=204)


class Mentionable(APIView):
    """Whom the asker may mention in a note: colleagues who may read it."""

    @extend_schema(responses={200: shapes.COLLEAGUES})
    def get(self, request: Request, conversation: UUID) -> Response:
        user = staff_of(request)
        colleagues = mentionable(conversation_for(user, conversation))
        return Response([one for one in colleagues_json(colleagues) if one["id"] != str(user.pk)])


def _whole(request: Request, conversation: Any) -> dict[str, Any]:
    """The conversation as its own page shows it."""
    actor = actor_of(request)
    audience = audience_of(actor)
    return conversation_json(conversation, audience) | {
        "seen": seen_by(conversation=conversation, audience=audience),
        "may_write": may_write(actor, conversation),
    }
