"""The editor of wordings that checks look for: an entry is tried on its examples before it is kept."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from quality import access
from quality.actions.lexicons import add_entry, end_entry, lexicon_codes
from quality.errors import EntryNotTaken, NotFound
from quality.forms.moments import read_moment
from quality.models import LexiconEntry
from quality.queries.laboratory import entries_of
from quality.rules.lexicon_entries import EntryText
from quality.serializers.check_words import LEXICONS
from quality.views.reader import reader_of

MOST_EXAMPLES, LONGEST = 30, 500


@require_http_methods(["GET", "HEAD", "POST"])
def show_lexicon(request: HttpRequest, lexicon: str) -> HttpResponse:
    reader = access.supervisor_of(reader_of(request))
    if lexicon not in lexicon_codes():
        raise NotFound
    if request.method != "POST":
        return _page(request, lexicon)
    entry = _written(request)
    at = read_moment(request.POST.get("valid_from", ""))
    try:
        add_entry(lexicon=lexicon, entry=entry, by=reader, valid_from=at)
    except EntryNotTaken as refusal:
        about = f" «{refusal.about}»" if refusal.about else ""
        return _page(request, lexicon, refusal=f"{refusal.message}{about}", status=400)
    messages.success(request, _("The entry found all that it must and nothing else. It is in force."))
    return redirect("lexicon", lexicon)


@require_POST
def end(request: HttpRequest, entry: int) -> HttpResponse:
    reader = reader_of(request)
    found = access.lexicon_entry_for(reader, entry)
    end_entry(entry=found, by=reader)
    return redirect("lexicon", found.lexicon)


def _page(request: HttpRequest, lexicon: str, *, refusal: str = "", status: int = 200) -> HttpResponse:
    page: dict[str, Any] = {
        "section": "quality",
        "lexicon": lexicon,
        "title": LEXICONS.get(lexicon, lexicon),
        "entries": entries_of(lexicon),
        "severities": LexiconEntry.Severity.choices,
        "typed": request.POST,
        "refusal": refusal,
    }
    return render(request, "quality/checks/lexicon.html", page, status=status)


def _written(request: HttpRequest) -> EntryText:
    said = request.POST
    severity = said.get("severity", "")
    return EntryText(
        language="en" if said.get("language") == "en" else "ru",
        pattern=said.get("pattern", "").strip()[:LONGEST],
        is_regex=bool(said.get("is_regex")),
        severity=severity if severity in LexiconEntry.Severity.values else "minor",
        better=said.get("better", "").strip()[:300],
        must_match=_examples(said.get("must_match", "")),
        must_not_match=_examples(said.get("must_not_match", "")),
    )


def _examples(text: str) -> tuple[str, ...]:
    return tuple(line.strip()[:LONGEST] for line in text.splitlines() if line.strip())[:MOST_EXAMPLES]
