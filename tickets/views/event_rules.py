"""What the desk does by itself, for administrators: rules, their trials, and silent chats."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tickets import access
from tickets.actions import event_rules as actions
from tickets.actions.rule_trials import A_WEEK, try_rule
from tickets.actions.silence import save_silence_rule
from tickets.errors import RulesRing
from tickets.forms.event_rules import ACTIONS, CONDITIONS, EventRuleForm
from tickets.forms.silence import SilenceForm
from tickets.models import EventRule
from tickets.queries import event_rules as queries
from tickets.queries.silence import silence_rule
from tickets.views.event_rule_words import conditions, deeds


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
    rows = [(rule, conditions(rule), deeds(rule)) for rule in queries.rules_in_order()]
    context = {
        "section": "staff", "rows": rows, "silence": silence_form, "reopen_hours": settings.REOPEN_HOURS,
    }  # fmt: skip
    return render(request, "tickets/rules/list.html", context, status=status)


@require_http_methods(["GET", "POST"])
def rule(request: Any, rule_id: int | None = None) -> HttpResponse:
    access.administrator_of(request.user)
    known = queries.rule_for(request.user, rule_id) if rule_id else None
    form = EventRuleForm(request.POST or None, instance=known)
    if request.method == "POST" and form.is_valid():
        saved = actions.save_rule(rule=form.made(), by=request.user)
        messages.success(request, _("Saved.") if known else _("Saved. The rule is off until you switch it on."))
        return redirect("rule", saved.pk)
    kept = queries.rule_for(request.user, rule_id) if rule_id else None  # the form has written into the other one
    context = {
        "section": "staff", "form": form, "rule": kept, "conditions": CONDITIONS, "actions": ACTIONS,
        "trial": queries.trial_of(kept) if kept else None, "days": A_WEEK.days,
    }  # fmt: skip
    return render(request, "tickets/rules/rule.html", context, status=400 if form.errors else 200)


@require_POST
def turn(request: Any, rule_id: int) -> HttpResponse:
    known: EventRule = queries.rule_for(request.user, rule_id)
    try:
        actions.turn_rule(rule=known, is_on=request.POST.get("on") == "yes", by=request.user)
    except RulesRing as error:
        messages.error(request, str(error.message))
    return redirect("rules")


@require_POST
def earlier(request: Any, rule_id: int) -> HttpResponse:
    actions.raise_rule(rule=queries.rule_for(request.user, rule_id), by=request.user)
    return redirect("rules")


@require_POST
def remove(request: Any, rule_id: int) -> HttpResponse:
    actions.remove_rule(rule=queries.rule_for(request.user, rule_id), by=request.user)
    return redirect("rules")


@require_http_methods(["GET", "POST"])
def trial(request: Any, rule_id: int) -> HttpResponse:
    """Asked for by POST; by GET how far it is, as a part of the rule's page."""
    known = queries.rule_for(request.user, rule_id)
    if request.method == "POST":
        try_rule(rule=known, by=request.user)
        return redirect("rule", known.pk)
    context = {"rule": known, "trial": queries.trial_of(known)}
    return render(request, "tickets/rules/_trial.html", context)
