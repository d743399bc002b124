"""Practices: the board, one with its effect, and how it becomes a standard."""

from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from quality import access
from quality.actions import practices as actions
from quality.errors import QualityError
from quality.forms.practices import CriterionForm, PracticeForm
from quality.models import Practice
from quality.queries.practices import practices
from quality.serializers.practices import effect_rows, practice_rows
from quality.views.reader import reader_of
from tickets.access import supervisor_of


@require_GET
def show_board(request: HttpRequest) -> HttpResponse:
    """Every practice by its state, with the word of its newest measurement."""
    supervisor_of(reader_of(request))
    context = {"section": "quality", "rows": practice_rows(practices())}
    return render(request, "quality/practices/board.html", context)


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """Write one down; a refused form keeps what was typed."""
    by = supervisor_of(reader_of(request))
    form = PracticeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.said()
        day = said.pop("rollout_on")
        said["rollout_at"] = timezone.make_aware(datetime.combine(day, time.min)) if day else None
        made = actions.propose_practice(by=by, treated=form.arm("treated"), control=form.arm("control"), **said)
        return redirect("practice", made.pk)
    context = {"section": "quality", "form": form}
    return render(request, "quality/practices/propose.html", context, status=400 if form.is_bound else 200)


@require_GET
def show_practice(request: HttpRequest, practice: int) -> HttpResponse:
    return _page(request, access.practice_for(reader_of(request), practice), CriterionForm())


def _page(request: HttpRequest, practice: Practice, form: CriterionForm, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "section": "quality",
        "practice": practice,
        "row": practice_rows([practice])[0],
        "effects": effect_rows(practice),
        "following": [Practice.Status(one) for one in sorted(actions.NEXT.get(Practice.Status(practice.status), ()))],
        "form": form,
    }
    return render(request, "quality/practices/practice.html", context, status=status)


@require_POST
def move(request: HttpRequest, practice: int) -> HttpResponse:
    by = reader_of(request)
    found = access.practice_for(by, practice)
    try:
        actions.move_practice(practice=found, to=str(request.POST.get("to", "")), by=by)
    except QualityError as refused:
        messages.error(request, str(refused.message))
    return redirect("practice", found.pk)


@require_POST
def evaluate(request: HttpRequest, practice: int) -> HttpResponse:
    """Measure the effect now."""
    found = access.practice_for(reader_of(request), practice)
    if actions.evaluate(practice=found) is None:
        messages.error(request, _("A week has to pass since the roll-out."))
    else:
        messages.success(request, _("Measured."))
    return redirect("practice", found.pk)


@require_POST
def make_standard(request: HttpRequest, practice: int) -> HttpResponse:
    """The practice becomes a criterion of the draft of the standard."""
    by = reader_of(request)
    found = access.practice_for(by, practice)
    form = CriterionForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=400)
    try:
        actions.make_standard(practice=found, by=by, **form.cleaned_data)
    except QualityError as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("It stands in the draft of the standard with weight 0: weigh it there."))
    return redirect("practice", found.pk)
