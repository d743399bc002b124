"""An agent's page: scores over time, weak points, reviews, pins and talks. Supervisors see all, an agent their own."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from identity.models import User
from quality import access
from quality.actions import coaching as actions
from quality.forms.coaching import CoachingForm, PinForm
from quality.queries import agents as queries
from quality.queries.standards import version_in_force
from quality.serializers.agents import coaching_rows, heat_rows, titled
from quality.serializers.estimates import Unit, shown
from quality.serializers.trends import trend_of
from quality.views.reader import reader_of
from tickets.access import supervisor_of


@require_safe
def show_agent(request: HttpRequest, agent: UUID) -> HttpResponse:
    reader = reader_of(request)
    found = access.agent_for(reader, agent)
    form = CoachingForm(found, initial={"held_on": timezone.localdate().isoformat()}) if reader.is_supervisor else None
    return _page(request, found, form)


@require_POST
def coach(request: HttpRequest, agent: UUID) -> HttpResponse:
    """Write down a talk; a refused form keeps what was typed."""
    by = supervisor_of(reader_of(request))
    found = access.agent_for(by, agent)
    form = CoachingForm(found, request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=400)
    actions.hold_coaching(agent=found, by=by, talk=form.talk())
    messages.success(request, _("The talk is written down."))
    return redirect("agent-card", found.pk)


@require_POST
def pin(request: HttpRequest, id: int) -> HttpResponse:  # noqa: A002
    """Keep a conversation for its agent."""
    by = reader_of(request)
    score = access.reviewable_score_for(by, id)
    form = PinForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The comment is too long."))
        return redirect("quality-score", score.pk)
    actions.pin_score(score=score, by=by, **form.cleaned_data)
    messages.success(request, _("Pinned to the agent's page."))
    return redirect("quality-score", score.pk)


@require_POST
def unpin(request: HttpRequest, pin: int) -> HttpResponse:
    by = reader_of(request)
    found = access.pin_for(by, pin)
    agent = found.agent_id
    actions.remove_pin(pin=found, by=by)
    return redirect("agent-card", agent)


def _page(request: HttpRequest, agent: User, form: CoachingForm | None, status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    figures = _figures(agent, today)
    context = {"section": "quality", "agent": agent, "form": form, **figures, **_written(agent, figures["texts"])}
    return render(request, "quality/agents/agent.html", context, status=status)


def _figures(agent: User, today: date) -> dict[str, Any]:
    version = version_in_force()
    mark = version.pass_mark if version else 80
    heat = queries.heat_of(agent, version, today)
    return {
        "checks": shown(queries.overall(agent, "auto_score", today)),
        "people": shown(queries.overall(agent, "review_score", today)),
        "csat": shown(queries.overall(agent, "csat", today), unit=Unit.SHARE),
        "trend": trend_of({_("Checks"): queries.trend(agent, "auto_score", today)}, today, mark=mark),
        "pass_mark": mark,
        "heat": heat_rows(heat),
        "texts": {one.criterion.code: one.criterion.text for one in heat},
    }


def _written(agent: User, texts: dict[str, str]) -> dict[str, Any]:
    return {
        "reviews": titled(list(queries.reviews_of(agent)[: queries.MOST])),
        "self_reviews": titled(list(queries.self_reviews_of(agent)[: queries.MOST])),
        "pins": titled(list(queries.pins_of(agent)[: queries.MOST])),
        "coaching": coaching_rows(list(queries.coaching_of(agent)[: queries.MOST]), texts),
    }
