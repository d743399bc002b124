"""Ratings over REST: a borrower's own only."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chat.access import conversation_for
from chat.models import Conversation
from identity.models import Borrower
from quality.actions import rate_conversation
from quality.forms.ratings import RatingForm
from quality.queries.ratings import rating_of, ratings_by
from quality.serializers.ratings import RATING, RATING_OR_NONE, RATINGS, no_rating_json, rating_json


class ConversationRating(APIView):
    """The borrower's judgement of one conversation that is over; it may be changed for an hour."""

    @extend_schema(responses={200: RATING_OR_NONE})
    def get(self, request: Request, conversation: UUID) -> Response:
        answer = rating_of(_own(request, conversation))
        return Response(rating_json(answer) if answer else no_rating_json())

    @extend_schema(request=RatingForm, responses={201: RATING})
    def post(self, request: Request, conversation: UUID) -> Response:
        own = _own(request, conversation)
        form = RatingForm(data=request.data)
        form.is_valid(raise_exception=True)
        answer = rate_conversation(conversation=own, borrower=_borrower(request), **form.validated_data)
        return Response(rating_json(answer), status=201)


class OwnRatings(APIView):
    """Every rating the borrower gave, by conversation."""

    @extend_schema(responses={200: RATINGS})
    def get(self, request: Request) -> Response:
        ratings = ratings_by(_borrower(request))
        return Response({str(conversation): rating for conversation, rating in ratings.items()})


def _borrower(request: Request) -> Borrower:
    if not isinstance(request.user, Borrower):
        raise PermissionDenied
    return request.user


def _own(request: Request, conversation: UUID) -> Conversation:
    return conversation_for(_borrower(request), conversation)
