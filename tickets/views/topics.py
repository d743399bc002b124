"""Settings of topics: a supervisor reads the tree, an administrator changes it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from identity.models import Role
from tickets import access
from tickets.actions import topics as actions
from tickets.actions.skills import set_skills
from tickets.errors import Invalid
from tickets.forms.skills import SkillForm
from tickets.forms.topics import TopicForm
from tickets.models import Topic
from tickets.queries import topics as queries
from tickets.rules.topics import LEVELS
from tickets.views.topic_words import version_rows


@require_GET
def topics(request: Any) -> HttpResponse:
    access.supervisor_of(request.user)
    unfinished = queries.unfinished_by_topic()
    rows = [(each, unfinished.get(each.topic.pk, 0), each.depth < LEVELS) for each in queries.branches()]
    context = {"section": "staff", "rows": rows, "may_change": request.user.role == Role.ADMIN}
    return render(request, "tickets/topics/list.html", context)


@require_http_methods(["GET", "POST"])
def topic(request: Any, topic_id: int | None = None) -> HttpResponse:
    access.administrator_of(request.user)
    known = access.topic_for(request.user, topic_id) if topic_id else None
    form = TopicForm(request.POST or None, instance=known, initial=_under(request) if known is None else None)
    if request.method == "POST" and form.is_valid():
        refused = _refused(lambda: actions.save_topic(topic=form.made(), by=request.user))
        if not refused:
            messages.success(request, _("Saved."))
            return redirect("topics")
        form.add_error("parent", refused)
    return _page(request, known, form, SkillForm(rule=queries.skill_rule_of(known)) if known else None)


def _page(request: Any, known: Topic | None, form: TopicForm, skills: SkillForm | None) -> HttpResponse:
    context = {
        "section": "staff", "form": form, "topic": known, "versions": version_rows(known) if known else [],
        "unfinished": queries.unfinished_by_topic().get(known.pk, 0) if known else 0, "skills": skills,
    }  # fmt: skip
    is_wrong = form.errors or (skills and skills.errors)
    return render(request, "tickets/topics/topic.html", context, status=400 if is_wrong else 200)


@require_POST
def skills(request: Any, topic_id: int) -> HttpResponse:
    """Who takes its chats first; nobody chosen means that it has no rule of its own."""
    known = access.topic_for(request.user, topic_id)
    form = SkillForm(request.POST, rule=queries.skill_rule_of(known))
    if not form.is_valid():
        return _page(request, known, TopicForm(instance=known), form)
    said = form.cleaned_data
    set_skills(topic=known, agents=list(said["agents"]), fallback_time=said["fallback_time"], by=request.user)
    messages.success(request, _("Saved."))
    return redirect("topic", topic_id)


@require_POST
def move(request: Any, topic_id: int) -> HttpResponse:
    """``do`` is ``earlier`` or ``later``."""
    return _changed(request, topic_id, {"earlier": actions.move_earlier, "later": actions.move_later})


@require_POST
def keep(request: Any, topic_id: int) -> HttpResponse:
    """``do`` is ``archive`` or ``restore``."""
    return _changed(request, topic_id, {"archive": actions.archive_topic, "restore": actions.restore_topic})


def _changed(request: Any, topic_id: int, ways: dict[str, Callable[..., Topic]]) -> HttpResponse:
    known = access.topic_for(request.user, topic_id)
    way, by = ways.get(request.POST.get("do", "")), request.user
    if way is not None and (refused := _refused(lambda: way(topic=known, by=by))):
        messages.error(request, refused)
    return redirect("topics")


def _refused(act: Callable[[], object]) -> str:
    """Why it was not done, in words; nothing where it was."""
    try:
        act()
    except Invalid as refused:
        return str(refused.message)
    return ""


def _under(request: Any) -> dict[str, Any]:
    """What a new topic begins with: under the one whose page asked for it, as strict as that one."""
    parent = queries.topic_named(request.GET.get("under", ""))
    return {"parent": parent.pk, "disclosure": parent.disclosure, "is_offered": False} if parent else {}
