"""All versions of a standard: the list, the difference of any two, what the standard judges; and new standards."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chat.models import Channel
from quality import access
from quality.actions.standard_scope import add_standard, set_scope
from quality.models import StandardVersion
from quality.queries.standards import standards, text_of, topics_by_code, version_of, versions_of
from quality.rules.standard_changes import changes_between
from quality.serializers.standard_words import change_words, changes_count, value_words
from quality.views.reader import reader_of
from tickets.queries.topics import flat_choices


@require_safe
def show_versions(request: HttpRequest, code: str) -> HttpResponse:
    standard = access.standard_for(reader_of(request), code)
    chosen = {name: version_of(standard, request.GET[name]) for name in ("from", "to") if request.GET.get(name)}
    topics = set(topics_by_code(standard))
    page: dict[str, Any] = {
        "section": "settings",
        "standard": standard,
        "standards": standards(),
        "versions": versions_of(standard),
        "channels": [(one.value, one.label, one in standard.channels) for one in Channel if one != Channel.PROBE],
        "topics": [(value, words, value in topics) for value, words in flat_choices(topics)],
        **chosen,
    }
    if chosen.get("from") and chosen.get("to"):
        page |= _difference(chosen["from"], chosen["to"])
    return render(request, "quality/standards/versions.html", page)


@require_POST
def change_scope(request: HttpRequest, code: str) -> HttpResponse:
    reader = reader_of(request)
    standard = access.standard_for(reader, code)
    set_scope(
        standard=standard,
        channels=request.POST.getlist("channels"),
        topics=request.POST.getlist("topics"),
        is_active=bool(request.POST.get("is_active")),
        by=reader,
    )
    messages.success(request, _("Saved."))
    return redirect("standard-versions", standard.code)


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    reader = reader_of(request)
    like = access.standard_for(reader, request.POST.get("like") or "service")
    fields = {name: request.POST.get(name, "") for name in ("code", "title_ru", "title_en")}
    made = add_standard(like=like, by=reader, **fields)
    return redirect("standard", made.standard.code)


def _difference(old: StandardVersion | None, new: StandardVersion | None) -> dict[str, Any]:
    if old is None or new is None:
        return {}
    before, after = text_of(old), text_of(new)
    changes = changes_between(before, after)
    rows = []
    for one in changes:
        shows = one.kind in {"changed"} and one.field != "weight"
        values = (value_words(one.before), value_words(one.after)) if shows else ("", "")
        rows.append((change_words(one, after if one.kind != "removed" else before), *values))
    return {"changes": rows, "count": changes_count(changes)}
