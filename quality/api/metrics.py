"""Metrics over REST: supervisors every one, an agent their own."""

from datetime import timedelta

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from quality import access
from quality.errors import NotFound
from quality.forms.metrics import MetricForm
from quality.queries.metrics import metric, topic_coded
from quality.rules.metrics import metric_named
from quality.serializers.metrics import METRIC, metric_title, rows_json
from supportdesk.realtime import replica

USUAL_DAYS = 30


class Metrics(APIView):
    """A metric of docs/metrics.md with its 95 % interval and n, in all or by day, agent, topic or channel."""

    @extend_schema(parameters=[MetricForm], responses={200: METRIC})
    def get(self, request: Request) -> Response:
        own = access.metrics_visible_to(request.user)
        form = MetricForm(data=request.query_params)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        of = metric_named(asked["metric"])
        if of is None:
            raise NotFound
        until = asked.get("to") or timezone.localdate()
        since = asked.get("from") or until - timedelta(days=USUAL_DAYS - 1)
        filters = {name: asked[name] for name in ("agent", "channel") if name in asked}
        if "topic" in asked:
            filters["topic"] = topic_coded(asked["topic"])
        rows = replica.read(
            metric, of.code, group_by=asked["group"], since=since, until=until, filters=filters | own
        )
        return Response(
            {
                "metric": of.code,
                "title": metric_title(of),
                "unit": of.unit,
                "is_better_up": of.is_better_up,
                "group": asked["group"],
                "from": since,
                "to": until,
                "rows": rows_json(rows, asked["group"]),
            }
        )
