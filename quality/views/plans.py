"""Sampling plans: what each draws, its settings, and drawing now."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from quality import access
from quality.actions.sampling import draw_plan, set_plan
from quality.forms.plans import settings_of_form
from quality.queries.people import supervisors
from quality.queries.tasks import plans_with_counts, random_share
from quality.serializers.plans import plan_card
from quality.views.reader import reader_of
from tickets.access import supervisor_of


@require_safe
def show_plans(request: HttpRequest) -> HttpResponse:
    supervisor_of(reader_of(request))
    context = {
        "section": "quality",
        "plans": [plan_card(plan) for plan in plans_with_counts()],
        "random_share": random_share(),
        "supervisors": supervisors(),
    }
    return render(request, "quality/plans/list.html", context)


@require_POST
def set_settings(request: HttpRequest, plan_id: int) -> HttpResponse:
    reader = reader_of(request)
    plan = access.plan_for(reader, plan_id)
    set_plan(plan=plan, to=settings_of_form(request.POST), by=reader)
    messages.success(request, _("The plan is saved."))
    return redirect("quality-plans")


@require_POST
def draw_now(request: HttpRequest, plan_id: int) -> HttpResponse:
    reader = reader_of(request)
    tasks = draw_plan(plan=access.plan_for(reader, plan_id), by=reader)
    words = ngettext("%(n)d conversation drawn today", "%(n)d conversations drawn today", len(tasks))
    messages.success(request, words % {"n": len(tasks)})
    return redirect("quality-plans")
