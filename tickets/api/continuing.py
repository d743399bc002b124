"""A borrower who came by a link of our letter goes on in the chat."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity.authentication import address_of
from tickets.actions.continuing import continue_in_chat
from tickets.api import shapes
from tickets.api.actors import borrower_of, said_in
from tickets.forms import ContinueForm


class ContinueConversation(APIView):
    """The token of the link, from whoever has signed in: the conversation to open. Another's link is refused."""

    @extend_schema(request=ContinueForm, responses={200: shapes.CONTINUED})
    def post(self, request: Request) -> Response:
        borrower = borrower_of(request)
        token = said_in(ContinueForm, request.data)["token"]
        found = continue_in_chat(borrower=borrower, token=token, address=address_of(request._request))
        conversation = found.conversation
        answer = {"id": str(conversation.pk), "subject": conversation.subject, "moved": found.has_moved}
        return Response(answer | {"closed_at": conversation.closed_at})
