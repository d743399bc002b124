"""Mystery shopping for those who plan it: programmes, scenarios, visits, planted borrowers, and who takes part."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quality import access
from quality.actions import mystery as actions
from quality.actions.mystery import VisitRefused
from quality.forms.mystery import PlantedForm, ProgrammeForm, ScenarioForm, VisitForm
from quality.models import MysteryProgramme
from quality.queries import mystery as queries
from quality.rules.mystery import quarter_named, quarter_of
from quality.serializers.estimates import shown
from quality.views.reader import reader_of
from tickets.access import supervisor_of

MOST = 200


@require_http_methods(["GET", "HEAD", "POST"])
def show_programmes(request: HttpRequest) -> HttpResponse:
    """Every programme, and the planted borrowers of whoever looks."""
    by = supervisor_of(reader_of(request))
    form = ProgrammeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return redirect("mystery-programme", actions.plan_programme(by=by, **form.cleaned_data).pk)
    context = {
        "section": "quality",
        "programmes": queries.programmes(by),
        "planted": queries.planted_known_to(by),
        "form": form,
        "planted_form": PlantedForm(),
    }
    return render(request, "quality/mystery/programmes.html", context, status=400 if form.is_bound else 200)


@require_POST
def plant(request: HttpRequest) -> HttpResponse:
    """Mark a borrower of the lender's test segment."""
    by = supervisor_of(reader_of(request))
    form = PlantedForm(request.POST)
    borrower = access.borrower_by_number(by, form.cleaned_data["customer_id"]) if form.is_valid() else None
    if borrower is None:
        messages.error(request, _("No borrower has this number. They have to open the chat once first."))
    else:
        actions.plant_borrower(borrower=borrower, by=by)
        messages.success(request, _("Marked. No figure counts this borrower from now on."))
    return redirect("mystery")


@require_safe
def show_programme(request: HttpRequest, programme: int) -> HttpResponse:
    by = reader_of(request)
    found = queries.programme_for(by, programme)
    return _page(request, found, ScenarioForm(), VisitForm(programme=found, by=by))


@require_POST
def write_scenario(request: HttpRequest, programme: int) -> HttpResponse:
    by = reader_of(request)
    found = queries.programme_for(by, programme)
    form = ScenarioForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, VisitForm(programme=found, by=by), status=400)
    actions.write_scenario(programme=found, by=by, **form.said())
    return redirect("mystery-programme", found.pk)


@require_POST
def retire_scenario(request: HttpRequest, mystery_scenario: int) -> HttpResponse:
    by = reader_of(request)
    scenario = actions.retire_scenario(scenario=queries.scenario_for(by, mystery_scenario), by=by)
    return redirect("mystery-programme", scenario.programme_id)


@require_POST
def plan_visit(request: HttpRequest, programme: int) -> HttpResponse:
    """Plan a visit; a refused form keeps what was typed."""
    by = reader_of(request)
    found = queries.programme_for(by, programme)
    form = VisitForm(request.POST, programme=found, by=by)
    if not form.is_valid():
        return _page(request, found, ScenarioForm(), form, status=400)
    actions.plan_visit(by=by, **form.said())
    messages.success(request, _("Planned. The shopper finds it among their visits; nobody else does."))
    return redirect("mystery-programme", found.pk)


@require_safe
def show_visit(request: HttpRequest, visit: int) -> HttpResponse:
    """One visit, for whoever planned it; once it is done, for every supervisor."""
    reader = reader_of(request)
    found = queries.visit_for(reader, visit)
    context = {
        "section": "quality",
        "visit": found,
        "card": queries.card_of(found),
        "score": queries.score_of(found),
        "may_cancel": found.planned_by_id == reader.pk and found.status in {"planned", "started"},
    }
    return render(request, "quality/mystery/visit.html", context)


@require_POST
def cancel_visit(request: HttpRequest, visit: int) -> HttpResponse:
    by = reader_of(request)
    found = queries.planned_visit_for(by, visit)
    try:
        actions.cancel_visit(visit=found, by=by)
    except VisitRefused as refused:
        messages.error(request, str(refused.message))
    return redirect("mystery-visit", found.pk)


@require_safe
def show_participation(request: HttpRequest) -> HttpResponse:
    """Everybody's part in a quarter; managers and line staff both have to take part."""
    reader = supervisor_of(reader_of(request))
    quarter = quarter_named(request.GET.get("quarter", "")) or quarter_of(timezone.localdate())
    found = queries.participation(quarter, reader)
    context = {
        "section": "quality",
        "quarter": quarter,
        "part": found,
        "groups": [
            (_("Managers"), found.managers),
            (pgettext("shoppers", "Line staff"), found.line),
            (pgettext("shoppers", "From outside"), found.outside),
        ],
        "means": {name: shown(each) for name, each in found.means.items()},
    }
    return render(request, "quality/mystery/participation.html", context)


def _page(
    request: HttpRequest, programme: MysteryProgramme, scenario: ScenarioForm, visit: VisitForm, status: int = 200
) -> HttpResponse:
    visits = queries.visits_visible_to(reader_of(request)).filter(scenario__programme=programme)
    context: dict[str, Any] = {
        "section": "quality",
        "programme": programme,
        "scenarios": queries.scenarios_of(programme),
        "visits": visits[:MOST],
        "scenario_form": scenario,
        "visit_form": visit,
    }
    return render(request, "quality/mystery/programme.html", context, status=status)
