"""The overview: figures of the last days, and the list."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from quality import access
from quality.queries import overview
from quality.queries.scores import newest_of_each, queue_of
from quality.queries.standards import version_in_force
from quality.serializers.queue import queue_row
from quality.views.reader import reader_of

PERIOD = 30  # days the figures cover
PAGE = 25


@require_safe
def show_overview(request: HttpRequest) -> HttpResponse:
    """Figures of the last days and every scored conversation the reader may see."""
    visible = access.scores_visible_to(reader_of(request))
    ids = overview.newest_ids(visible, timezone.now() - timedelta(days=PERIOD))
    page = Paginator(newest_of_each(visible), PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "quality",
        "days": PERIOD,
        "figures": overview.figures(ids),
        "agents": overview.agents(ids) if reader_of(request).is_supervisor else [],
        "least": overview.LEAST,
        "page_of_scores": page,
        "rows": [queue_row(score) for score in page],
        "version": version_in_force(),
        "next": queue_of(visible, reader_of(request)).first() if reader_of(request).is_supervisor else None,
    }
    return render(request, "quality/overview.html", context)
