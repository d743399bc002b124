"""Service figures for supervisors: of a period, and of this moment."""

from dataclasses import asdict

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from supportdesk.realtime import replica
from tickets import access
from tickets.api import shapes
from tickets.api.actors import actor_of, said_in
from tickets.forms import PeriodForm
from tickets.queries.board import board_now
from tickets.queries.reports import period_of, service_report
from tickets.serializers import board_json


class ServiceReport(APIView):
    """The published metrics of a period, as defined in docs/metrics.md."""

    @extend_schema(parameters=[PeriodForm], responses={200: shapes.REPORT})
    def get(self, request: Request) -> Response:
        access.supervisor_of(actor_of(request))
        asked = said_in(PeriodForm, request.query_params)
        since, until = period_of(asked.get("since"), asked.get("until"))
        report, _ = replica.read(service_report, since=since, until=until)
        return Response(asdict(report))


class BoardNow(APIView):
    """What the board on the wall shows at this moment; times are seconds, shares between 0 and 1."""

    @extend_schema(responses={200: shapes.BOARD})
    def get(self, request: Request) -> Response:
        access.supervisor_of(actor_of(request))
        return Response(board_json(board_now()))
