"""Settings of scenarios: supervisors read them, administrators write the draft and publish it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from identity.models import Role
from tickets import access
from tickets.actions import scenarios as actions
from tickets.errors import ScenarioUnfinished
from tickets.forms.scenarios import PublishForm, ScenarioStepForm, WalkForm
from tickets.models import ScenarioVersion, Topic
from tickets.queries import scenario_pages as queries
from tickets.queries.scenarios import read_wording
from tickets.rules import scenarios as rules
from tickets.views.scenario_words import change_words, problem_words, step_rows


@require_GET
def scenarios(request: Any) -> HttpResponse:
    access.supervisor_of(request.user)
    context = {"section": "staff", "rows": queries.topic_rows()}
    return render(request, "tickets/scenarios/list.html", context)


@require_GET
def scenario(request: Any, scenario_topic: str) -> HttpResponse:
    """The draft if there is one, else what holds, and every version."""
    topic = queries.scenario_topic_for(request.user, scenario_topic)
    versions = list(queries.versions_of(topic))
    held = next((each for each in versions if each.published_at), None)
    draft = next((each for each in versions if each.published_at is None), None)
    return _page(request, topic, versions, held, draft)


def _page(request: Any, topic: Topic, versions: list[Any], held: Any, draft: Any) -> HttpResponse:
    shown = draft or held
    wording = read_wording(shown.pk) if shown else None
    context = {
        "section": "staff", "topic": topic, "versions": versions, "held": held, "draft": draft, "shown": shown,
        "rows": step_rows(wording) if wording else [], "may_change": request.user.role == Role.ADMIN,
        "problems": problem_words(wording) if draft and wording else [],
        "changes": change_words(read_wording(held.pk), wording) if draft and held and wording else [],
    }  # fmt: skip
    return render(request, "tickets/scenarios/scenario.html", context)


@require_POST
def begin(request: Any, scenario_topic: str) -> HttpResponse:
    access.administrator_of(request.user)
    actions.begin_draft(topic=queries.scenario_topic_for(request.user, scenario_topic), by=request.user)
    return redirect("scenario", scenario_topic)


@require_POST
def discard(request: Any, scenario_topic: str) -> HttpResponse:
    actions.discard_draft(draft=_draft(request, scenario_topic), by=request.user)
    messages.success(request, _("The draft was thrown away."))
    return redirect("scenario", scenario_topic)


@require_POST
def publish(request: Any, scenario_topic: str) -> HttpResponse:
    draft, form = _draft(request, scenario_topic), PublishForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    try:
        actions.publish_draft(draft=draft, note=note, by=request.user)
        messages.success(request, _("Published. Tickets that have begun go on by their own version."))
    except ScenarioUnfinished as refused:
        messages.error(request, str(refused.message))
    return redirect("scenario", scenario_topic)


@require_http_methods(["GET", "POST"])
def step(request: Any, scenario_topic: str, step_key: int | None = None) -> HttpResponse:
    draft = _draft(request, scenario_topic)
    known = queries.step_for(draft, step_key) if step_key else None
    form = ScenarioStepForm(request.POST or None, instance=known, version=draft)
    if request.method == "POST" and form.is_valid():
        actions.save_step(draft=draft, step=form.made(), choices=form.made_choices(), by=request.user)
        return redirect("scenario", scenario_topic)
    context = {"section": "staff", "form": form, "step_key": step_key, "draft": draft, "topic": draft.scenario.topic}
    return render(request, "tickets/scenarios/step.html", context, status=400 if form.errors else 200)


@require_POST
def move(request: Any, scenario_topic: str, step_key: int) -> HttpResponse:
    draft = _draft(request, scenario_topic)
    moved = queries.step_for(draft, step_key)
    put = actions.lower_step if request.POST.get("way") == "later" else actions.raise_step
    put(draft=draft, step=moved, by=request.user)
    return redirect("scenario", scenario_topic)


@require_POST
def remove(request: Any, scenario_topic: str, step_key: int) -> HttpResponse:
    draft = _draft(request, scenario_topic)
    actions.remove_step(draft=draft, step=queries.step_for(draft, step_key), by=request.user)
    return redirect("scenario", scenario_topic)


def _draft(request: Any, code: str) -> ScenarioVersion:
    """The draft of this topic, for whoever may write it."""
    access.administrator_of(request.user)
    return queries.draft_for(queries.scenario_topic_for(request.user, code))


@require_GET
def version(request: Any, scenario_topic: str, version_number: int) -> HttpResponse:
    """One version, and what it says otherwise than another: the one before it, or the one asked for."""
    topic = queries.scenario_topic_for(request.user, scenario_topic)
    found = queries.version_for(topic, version_number)
    versions = list(queries.versions_of(topic))
    asked = request.GET.get("from", "")
    other = next((each for each in versions if str(each.number) == asked and each != found), None)
    other = other or next((each for each in versions if each.number < found.number), None)
    wording = read_wording(found.pk)
    context = {
        "section": "staff", "topic": topic, "version": found, "versions": versions, "other": other,
        "rows": step_rows(wording), "changes": change_words(read_wording(other.pk), wording) if other else [],
    }  # fmt: skip
    return render(request, "tickets/scenarios/version.html", context)


@require_GET
def walk(request: Any, scenario_topic: str, version_number: int) -> HttpResponse:
    """A walk through a version as an agent would see it; nothing is written."""
    topic = queries.scenario_topic_for(request.user, scenario_topic)
    found = queries.version_for(topic, version_number)
    wording = read_wording(found.pk)
    form = WalkForm(request.GET)
    level, log = form.read()
    walked = rules.walk(wording.steps, log)
    rows = {each.row.key: each for each in step_rows(wording)}
    context = {
        "section": "staff", "topic": topic, "version": found, "level": level, "form": form, "walk": walked,
        "passed": [(rows[each.key], mark, _chosen(rows[each.key], mark)) for each, mark in walked.passed],
        "current": rows[walked.current.key] if walked.current else None,
        "is_locked": bool(walked.current and walked.current.level > level),
        "ahead": [rows[each.key] for each in walked.ahead], "log": _written(log),
        "back": _written(log[:-1]), "is_empty": not wording.rows,
    }  # fmt: skip
    return render(request, "tickets/scenarios/walk.html", context)


def _chosen(step: Any, mark: rules.Mark) -> str:
    return next((each.text for each in step.row.choices.all() if each.pk == mark.choice), "")


def _written(log: list[rules.Mark]) -> str:
    """The log for the next address; empty, or ending with a comma."""
    parts = [f"{mark.key}.{mark.outcome}" + (f".{mark.choice}" if mark.choice else "") for mark in log]
    return "".join(f"{part}," for part in parts)
