"""The API of identity: a lender's token becomes a session, a session becomes a pass to the socket."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity import actions as identity
from identity.access import borrower_session_of, session_of
from identity.authentication import address_of
from identity.errors import TokenRefused
from identity.serializers import BorrowerSessionSerializer, SocketTicketSerializer, TokenSerializer


class BorrowerSessions(APIView):
    """Open: the token itself is the proof."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(request=TokenSerializer, responses={201: BorrowerSessionSerializer})
    def post(self, request: Request) -> Response:
        form = TokenSerializer(data=request.data)
        if not form.is_valid():
            raise TokenRefused("malformed")
        session, secret = identity.exchange_token(
            token=form.validated_data["token"], address=address_of(request._request)
        )
        answer = {"session_token": secret, "expires_at": session.expires_at, "borrower": session.borrower}
        return Response(BorrowerSessionSerializer(answer).data, status=201)


class CurrentBorrowerSession(APIView):
    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        identity.end_borrower_session(session=borrower_session_of(request.auth))
        return Response(status=204)


class SocketTickets(APIView):
    @extend_schema(request=None, responses={201: SocketTicketSerializer})
    def post(self, request: Request) -> Response:
        ticket = identity.issue_socket_ticket(session=session_of(request.auth))
        return Response({"ticket": ticket}, status=201)
