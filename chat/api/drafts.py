"""Drafts of staff, kept on the server so that they survive the browser."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chat import actions as chat
from chat.access import conversation_for, writable_conversation_for
from chat.api import shapes
from chat.api.actors import staff_of
from chat.forms import DraftForm
from chat.queries import draft_of
from chat.serializers import draft_json


class ConversationDraft(APIView):
    """One's own draft only; nobody reads another's."""

    @extend_schema(responses={200: shapes.DRAFT})
    def get(self, request: Request, conversation: UUID) -> Response:
        user = staff_of(request)
        return Response(draft_json(draft_of(conversation=conversation_for(user, conversation), user=user)))

    @extend_schema(request=DraftForm, responses={200: shapes.DRAFT})
    def put(self, request: Request, conversation: UUID) -> Response:
        user = staff_of(request)
        form = DraftForm(data=request.data)
        form.is_valid(raise_exception=True)
        own = writable_conversation_for(user, conversation)
        return Response(draft_json(chat.save_draft(conversation=own, user=user, **form.validated_data)))
