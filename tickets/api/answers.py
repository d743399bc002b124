"""Prepared answers, filled for the conversation at hand."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tickets import access
from tickets.api import shapes
from tickets.api.actors import said_in, staff_of
from tickets.forms import AnswersForm
from tickets.queries.answers import codes_of, found_answers, values_for
from tickets.serializers import answer_json


class Answers(APIView):
    @extend_schema(parameters=[AnswersForm], responses={200: shapes.ANSWERS})
    def get(self, request: Request) -> Response:
        user = staff_of(request)
        asked = said_in(AnswersForm, request.query_params)
        ticket = access.ticket_of(user, asked["conversation"]) if asked["conversation"] else None
        topic = access.topic_by_code(asked["topic"]) or (ticket.topic if ticket else None)
        language = ticket.conversation.language if ticket else user.language
        found = found_answers(query=asked["query"], topic=topic, language=language, only_topic=asked["fitting"])
        values = values_for(ticket.conversation if ticket else None, user)
        code = topic.code if topic else ""
        return Response([answer_json(one, values, language) | {"fitting": code in codes_of(one)} for one in found])
