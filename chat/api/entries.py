"""The log over REST: pages of entries, and posting for a client that has no socket."""

from uuid import UUID

from django.db import OperationalError
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chat import actions as chat
from chat.access import audience_of, conversation_for, take_turn, writer_of
from chat.api import shapes
from chat.api.actors import actor_of, session_id_of
from chat.errors import Refused
from chat.forms import MessageForm, PageForm
from chat.queries import entries_after, head_of, latest_entries
from chat.rules.entries import PUBLIC, Post, Posted, marks_of
from chat.serializers import entry_json, instant
from supportdesk.realtime.database import with_fresh_connection


def _stored(post: Post) -> Posted:
    """Once more when the connection turned out dead; what is under its id already is found, not doubled."""
    try:
        return chat.posted_or_refused(with_fresh_connection(chat.post_messages, [post])[0])
    except OperationalError:
        raise Refused("database", retry_after=1) from None


class Entries(APIView):
    @extend_schema(parameters=[PageForm], responses={200: shapes.ENTRIES})
    def get(self, request: Request, conversation: UUID) -> Response:
        form = PageForm(data=request.query_params.dict())
        form.is_valid(raise_exception=True)
        page = form.validated_data
        audience = audience_of(actor_of(request))
        visible = conversation_for(actor_of(request), conversation)
        if "after" in page:
            entries = entries_after(conversation=visible, audience=audience, after=page["after"], limit=page["limit"])
        else:
            entries = latest_entries(
                conversation=visible, audience=audience, before=page.get("before"), limit=page["limit"]
            )
        head = head_of(visible, audience)
        return Response({"entries": [entry_json(entry, audience) for entry in entries], "head": head})


class Messages(APIView):
    @extend_schema(request=MessageForm, responses={201: shapes.POSTED})
    def post(self, request: Request, conversation: UUID) -> Response:
        form = MessageForm(data=request.data)
        form.is_valid(raise_exception=True)
        actor = actor_of(request)
        visible = conversation_for(actor, conversation)
        wait = take_turn(actor.pk, writer_of(actor).kind)
        if wait:
            raise Refused("too_fast", retry_after=wait)
        message = form.validated_data
        writer = writer_of(actor, session=session_id_of(request))
        post = Post(
            conversation=visible.pk,
            writer=writer,
            body=message["body"],
            client_id=message["id"],
            kind=message["kind"],
            public=message["kind"] != "note",
            attachments=tuple(message["attachments"]),
            data=marks_of(writer, message["answers"]),
        )
        posted = _stored(post)
        entry = posted.entry
        answer = {
            "id": str(entry.client_id),
            "seq": entry.public_seq if audience_of(actor) == PUBLIC else entry.seq,
            "created_at": instant(entry.created_at),
            "duplicate": posted.duplicate,
        }
        return Response(answer, status=201)
