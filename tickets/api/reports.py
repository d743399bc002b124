"""Service figures for supervisors."""

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
from tickets.queries.reports import period_of, service_report


class ServiceReport(APIView):
    """The published metrics of a period, as defined in docs/metrics.md."""

    @extend_schema(parameters=[PeriodForm], responses={200: shapes.REPORT})
    def get(self, request: Request) -> Response:
        access.supervisor_of(actor_of(request))
        asked = said_in(PeriodForm, request.query_params)
        since, until = period_of(asked.get("since"), asked.get("until"))
        report, _ = replica.read(service_report, since=since, until=until)
        return Response(asdict(report))
