"""Metrics over REST: supervisors every one, an agent their own."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from quality import access
from quality.forms.metrics import MetricForm, metric_asked
from quality.queries.metrics import metric
from quality.serializers.metrics import METRIC, metric_json
from supportdesk.realtime import replica


class Metrics(APIView):
    """A metric of docs/metrics.md with its 95 % interval and n, in all or by day, agent, topic or channel."""

    @extend_schema(parameters=[MetricForm], responses={200: METRIC})
    def get(self, request: Request) -> Response:
        own = access.metrics_visible_to(request.user)
        asked = metric_asked(request.query_params)
        period = {"since": asked.since, "until": asked.until}
        narrowed = {**asked.filters, **own}
        rows, _ = replica.read(metric, name=asked.metric.code, group_by=asked.group, filters=narrowed, **period)
        return Response(metric_json(asked.metric, rows, group_by=asked.group, **period))
