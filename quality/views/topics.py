"""Topics against quality. For supervisors."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from quality import access
from quality.forms.spans import span_asked
from quality.queries import overview, topics
from quality.queries.standards import version_in_force
from quality.serializers.overview import LENGTHS, span_title
from quality.serializers.topics import head_of, heat_rows, speed_rows
from quality.views.reader import reader_of
from supportdesk.templatetags.desk import figure
from tickets.access import supervisor_of


@require_safe
def show_topics(request: HttpRequest) -> HttpResponse:
    """Every topic by what checks and people say of it, and how chats compare with letters."""
    reader = supervisor_of(reader_of(request))
    today, span = timezone.localdate(), span_asked(request.GET)
    narrowed = access.metrics_visible_to(reader)
    found = topics.by_topic(span, narrowed)
    at_once = topics.parallel(overview.period_of(span))
    texts = {one.code: one.text for one in overview.criteria_of_version(version_in_force())}
    context = {
        "section": "quality",
        "span": span,
        "title": span_title(span, today.year),
        "lengths": list(LENGTHS.items()),
        "is_now": span.holds(today),
        "head": head_of(found, texts),
        "rows": heat_rows(found),
        "speeds": speed_rows(topics.speeds(span, narrowed)),
        "parallel": None if at_once.mean is None else figure(at_once.mean, 1),
        "parallel_most": at_once.p95,
    }
    return render(request, "quality/topics/topics.html", context)
