"""Files: upload, a short-lived address, and the file itself."""

from urllib.parse import quote
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chat import actions as chat
from chat.access import attachment_for, writable_conversation_for
from chat.access.files import ADDRESS_TIME, attachment_at, content_of, signed_address
from chat.api import shapes
from chat.api.actors import actor_of, session_id_of
from chat.errors import NotVisible
from chat.forms import FileForm
from chat.models import Attachment
from chat.serializers import attachment_json

SANDBOX = "default-src 'none'; style-src 'none'; sandbox"


class ConversationAttachments(APIView):
    """An upload for a message to come; the right is checked before the body is read."""

    parser_classes = (MultiPartParser,)

    @extend_schema(request=FileForm, responses={201: shapes.ATTACHMENT})
    def post(self, request: Request, conversation: UUID) -> Response:
        own = writable_conversation_for(actor_of(request), conversation)
        form = FileForm(data=request.data)
        form.is_valid(raise_exception=True)
        attachment = chat.attach_file(conversation=own, author=actor_of(request), upload=form.validated_data["file"])
        return Response(attachment_json(attachment.stored), status=201)


class AttachmentAddress(APIView):
    """A file's address for a minute, for this person's session only."""

    @extend_schema(responses={200: shapes.ADDRESS})
    def get(self, request: Request, attachment: UUID) -> Response:
        visible = attachment_for(actor_of(request), attachment)
        signed = signed_address(visible, actor_of(request), session_id_of(request))
        return Response({"address": reverse("chat-file", args=[signed]), "expires_in": ADDRESS_TIME})


@login_not_required  # the address itself names the session, which is asked again
@require_safe
def serve_file(request: HttpRequest, signed: str) -> HttpResponse:
    """The file at a signed address: only pictures that were written anew here are shown in place."""
    try:
        attachment = attachment_at(signed)
        response = HttpResponse(content_of(attachment), content_type=attachment.content_type)
    except NotVisible as error:
        return HttpResponse(str(error.message), status=404, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = _disposition(attachment)
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = f"private, max-age={ADDRESS_TIME}"
    return response


def _disposition(attachment: Attachment) -> str:
    way = "inline" if attachment.is_image and attachment.width else "attachment"
    return f"{way}; filename*=UTF-8''{quote(attachment.name, safe='')}"
