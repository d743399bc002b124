"""How many agents are needed: the goal, the coming week, and last week's forecast beside what happened."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods

from tickets import access
from tickets.actions.staffing import ask_plan
from tickets.forms.staffing import StaffingForm
from tickets.models import StaffingPlan
from tickets.queries.staffing import newest_plan, shown_plan
from tickets.rules.bands import drawn
from tickets.rules.staffing import LEAST_CHATS, LEAST_DAYS, MOST_AGENTS

USUAL = {"share": 80, "seconds": 120, "places": 5}
SEEN = 0.1  # chats an hour below which an hour of the table is left out, where no day has more


@require_http_methods(["GET", "POST"])
def staffing(request: Any) -> HttpResponse:
    user = access.supervisor_of(request.user)
    if request.method == "GET":
        return _page(request, StaffingForm(initial=_last_goal()))
    form = StaffingForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=400)
    ask_plan(by=user, **form.cleaned_data)
    return redirect("staffing")


def _page(request: Any, form: StaffingForm, status: int = 200) -> HttpResponse:
    newest, shown = newest_plan(), shown_plan()
    going = newest if newest and not newest.is_over else None
    context = {"section": "reports", "form": form, "going": going, "plan": shown}
    context |= {"least_days": LEAST_DAYS, "least_chats": LEAST_CHATS, "most_agents": MOST_AGENTS}
    if shown and shown.state == StaffingPlan.State.READY:
        context |= {"coming": _coming(shown.hours), "days": _days(shown.hours), "past": _past(shown.past)}
    return render(request, "tickets/staffing.html", context, status=status)


def _last_goal() -> dict[str, int]:
    plan = newest_plan()
    return {name: getattr(plan, name) for name in USUAL} if plan else USUAL


def _coming(hours: list[dict[str, Any]]) -> dict[str, Any]:
    """The picture of agents, and a table with a row for each hour of the day."""
    busy = {one["hour"] for one in hours if one["chats"] >= SEEN}
    rows = [(hour, [one for one in hours if one["hour"] == hour]) for hour in range(24) if hour in busy]
    known = [one["agents"] for one in hours if one["agents"]]
    return {
        "chart": drawn(_all(hours, "agents_low"), _all(hours, "agents"), _all(hours, "agents_high")),
        "rows": rows,
        "most": max(known, default=0),
        "out_of_reach": sum(one["agents"] is None for one in hours),
    }


def _past(hours: list[dict[str, Any]]) -> dict[str, Any] | None:
    if not hours:
        return None
    rows = [one for one in hours if one["came"] or one["chats"] >= SEEN]
    known = [one for one in rows if one["came"] is not None]
    lows, highs = _all(hours, "chats_low"), _all(hours, "chats_high")
    needs = (_all(hours, "agents_low"), _all(hours, "agents"), _all(hours, "agents_high"))
    return {
        "chats": drawn(lows, _all(hours, "chats"), highs, _all(hours, "came")),
        "agents": drawn(*needs, _all(hours, "on_line")),
        "days": _days(hours),
        "rows": [{**one, "day": _day(one["on"])} for one in rows],
        "n": len(known),
        "within": sum(one["chats_low"] <= one["came"] <= one["chats_high"] for one in known),
    }


def _all(hours: list[dict[str, Any]], name: str) -> list[float | None]:
    return [one[name] for one in hours]


def _days(hours: list[dict[str, Any]]) -> list[str]:
    return [_day(on) for on in dict.fromkeys(one["on"] for one in hours)]


def _day(on: str) -> str:
    return date_format(date.fromisoformat(on), "D j")
