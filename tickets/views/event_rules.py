"""What the desk does by itself, for administrators: silent chats."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tickets import access
from tickets.actions.silence import save_silence_rule
from tickets.forms.silence import SilenceForm
from tickets.queries.silence import silence_rule


@require_GET
def rules(request: Any) -> HttpResponse:
    access.administrator_of(request.user)
    return _page(request, SilenceForm(rule=silence_rule()))


@require_POST
def silence(request: Any) -> HttpResponse:
    access.administrator_of(request.user)
    form = SilenceForm(request.POST, rule=silence_rule())
    if not form.is_valid():
        return _page(request, form, status=400)
    save_silence_rule(rule=form.made(), by=request.user)
    messages.success(request, _("Saved. It holds from now on."))
    return redirect("rules")


def _page(request: Any, silence_form: SilenceForm, status: int = 200) -> HttpResponse:
    context = {"section": "staff", "silence": silence_form, "reopen_hours": settings.REOPEN_HOURS}
    return render(request, "tickets/rules/list.html", context, status=status)
