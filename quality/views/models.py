"""Trained models: what each is worth, and what administrators do with them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from identity.models import Role
from quality import access
from quality.actions.models import put_model_in_force, retire_model
from quality.actions.training import start_training
from quality.errors import TrainingRuns
from quality.queries.models import all_models, last_trainings
from quality.serializers.models import slots
from quality.views.reader import reader_of
from tickets.access import supervisor_of


@require_safe
def show_models(request: HttpRequest) -> HttpResponse:
    reader = supervisor_of(reader_of(request))
    context = {
        "section": "quality",
        "slots": (shown := slots(list(all_models()), last_trainings())),
        "may_train": reader.role == Role.ADMIN,
        "is_running": any(slot.is_running for slot in shown),
    }
    part = request.GET.get("part") == "list"
    return render(request, "quality/models/_list.html" if part else "quality/models/list.html", context)


@require_POST
def train(request: HttpRequest, trainable: str) -> HttpResponse:
    """Promise the training of ``kind`` or ``kind-language``; a worker does it."""
    wanted, _, spoken = trainable.partition("-")
    kind, language = access.trainable_for(reader_of(request), wanted, spoken)
    try:
        start_training(kind=kind, language=language, by=reader_of(request))
    except TrainingRuns as refused:
        messages.error(request, str(refused.message))
    return redirect("quality-models")


@require_POST
def put_in_force(request: HttpRequest, model: int) -> HttpResponse:
    by = reader_of(request)
    found = put_model_in_force(model=access.trained_model_for(by, model), by=by)
    messages.success(request, _("Version %(n)d answers from now on.") % {"n": found.version})
    return redirect("quality-models")


@require_POST
def retire(request: HttpRequest, model: int) -> HttpResponse:
    by = reader_of(request)
    found = retire_model(model=access.trained_model_for(by, model), by=by)
    messages.success(request, _("Version %(n)d answers no more.") % {"n": found.version})
    return redirect("quality-models")
