"""The first page of quality: for supervisors how it stands, for agents what is new and their own scores."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from identity.models import User
from quality import access
from quality.forms.spans import span_asked
from quality.queries import overview, voice
from quality.queries.confirmations import to_confirm
from quality.queries.disputes import open_first
from quality.queries.forecasts import foreseen, messages_of
from quality.queries.models import forecast_model
from quality.queries.notices import notices_of
from quality.queries.scores import newest_of_each, queue_of
from quality.queries.standards import version_in_force
from quality.rules.spans import Span
from quality.serializers.estimates import Unit, shown, shown_change
from quality.serializers.models import forecast_row
from quality.serializers.notices import notice_rows
from quality.serializers.overview import (
    AGAINST,
    DEFINITIONS,
    LENGTHS,
    agent_rows,
    calibration_page,
    criterion_rows,
    span_title,
)
from quality.serializers.queue import queue_row
from quality.serializers.trends import trend_of
from quality.serializers.voice import index_rows
from quality.views.reader import reader_of

PAGE = 25
FORECASTS = 5


@require_safe
def show_overview(request: HttpRequest) -> HttpResponse:
    reader = reader_of(request)
    scores = access.opinions_visible_to(reader)
    page = Paginator(newest_of_each(scores), PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "section": "quality",
        "page_of_scores": page,
        "rows": [queue_row(score) for score in page],
        "version": version_in_force(),
    }
    if not reader.is_supervisor:
        told = notice_rows(notices_of(reader))
        return render(request, "quality/own.html", context | {"notices": told})
    span = span_asked(request.GET)
    context |= {"is_fresh": not page.object_list, **_period(span), **_figures(reader, span)}
    return render(request, "quality/overview.html", context | _lists(reader, span))


def _period(span: Span) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "span": span,
        "title": span_title(span, today.year),
        "against": AGAINST[span.length],
        "lengths": list(LENGTHS.items()),
        "is_now": span.holds(today),
        "definitions": DEFINITIONS,
    }


def _figures(reader: User, span: Span) -> dict[str, Any]:
    """What the roll-ups say; nothing of what the reader is to judge blind."""
    narrowed, today = access.metrics_visible_to(reader), timezone.localdate()
    version = version_in_force()
    mark = version.pass_mark if version else overview.MARK
    found = overview.figures(span, narrowed)
    source, criteria = overview.criteria(span, narrowed)
    lines = {
        _("Reviews (IQS)"): overview.weeks_of("iqs", today, narrowed),
        _("Checks"): overview.weeks_of("auto_score", today, narrowed),
    }
    agents = overview.agents(span, today, access.opinions_visible_to(reader), narrowed)
    return {
        "figures": found,
        "iqs": shown(found.iqs, digits=0),
        "change": shown_change(found.change, digits=0) if found.change.is_known else None,
        "checks": shown(found.checks, digits=0),
        "coverage": shown(found.coverage, unit=Unit.SHARE),
        "trend": trend_of(lines, today, mark=mark),
        "agents": agent_rows(agents, mark),
        "least": overview.LEAST,
        "criteria": criterion_rows(source, criteria, overview.criteria_of_version(version)),
        "is_by_people": source == "criterion.",
    }


def _lists(reader: User, span: Span) -> dict[str, Any]:
    """What waits, and what was measured, each with the page it stands on."""
    scores, now = access.opinions_visible_to(reader), timezone.now()
    model = forecast_model()
    likely = foreseen(by_model=model is not None).filter(score__in=scores)
    top = list(likely[:FORECASTS])
    texts = messages_of([one.score.conversation_id for one in top])
    waiting = to_confirm(access.confirmations_visible_to(reader))
    disputes = open_first(access.disputes_visible_to(reader))
    done, drawn = overview.tasks_during(span)
    session = overview.last_calibration()
    return {
        "to_review": queue_of(access.scores_visible_to(reader), reader).count(),
        "tasks_done": done,
        "tasks_drawn": drawn,
        "tasks_share": 100 * done / drawn if drawn else 0,
        "to_confirm": waiting.count(),
        "to_confirm_late": waiting.filter(due_at__lt=now).count(),
        "disputes": disputes.count(),
        "disputes_late": disputes.filter(deadline__lt=now).count(),
        "forecasts": likely.count(),
        "likely": [forecast_row(one, texts.get(one.score.conversation_id, {})) for one in top],
        "calibration": calibration_page(session, overview.calibrated(session), overview.agreed(session)),
        "surveys": index_rows(voice.indices_between(*overview.moments_of(span))),
    }
