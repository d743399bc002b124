"""The board on the wall of a shift: a page of its own that renews itself."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from supportdesk.words import plural_forms
from tickets import access
from tickets.queries.board import CURVE, Board, board_now
from tickets.rules.charts import chart_of, height_of

TICKS = 4


@require_GET
def board(request: Any) -> HttpResponse:
    access.supervisor_of(request.user)
    now = board_now()
    template = "tickets/_board.html" if request.htmx else "tickets/board.html"
    renewed = plural_forms("renewed {n} second ago", "renewed {n} seconds ago")
    return render(
        request, template, {"board": now, "renewed": renewed, "zone": settings.TIME_ZONE, **_judged(now), **_drawn(now)}
    )


def _judged(board: Board) -> dict[str, Any]:
    """Which figures are past their standard, and which are near it."""
    waiting, value = board.longest, board.service.value
    due_at, warn_at = (waiting.due_at, waiting.warn_at) if waiting else (None, None)
    goal = settings.SERVICE_LEVEL_GOAL / 100
    is_late = due_at is not None and due_at < board.at
    return {
        "goal": goal,
        "wait_css": "kpi--bad" if is_late else "kpi--warn" if warn_at is not None and warn_at < board.at else "",
        "service_css": "kpi--warn" if value is not None and value < goal else "",
        "queue_css": "kpi--warn" if board.queue_wait is not None and board.queue_wait > board.standard else "",
        "places_css": "kpi--warn" if board.on_line and board.free == 0 else "",
    }


def _drawn(board: Board) -> dict[str, Any]:
    chart = chart_of(board.curve, least=float(board.standard))
    moments = [board.at - CURVE + CURVE / TICKS * place for place in range(TICKS + 1)]
    return {
        "chart": chart,
        "standard_y": height_of(float(board.standard), chart.top),
        "moments": moments,
        "rows": [(board.at - CURVE + timedelta(minutes=5) * place, value) for place, value in enumerate(board.curve)],
    }
