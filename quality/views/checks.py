"""The laboratory of checks: what each is worth, its switches, where people disagree."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from quality import access
from quality.actions.checks import set_check
from quality.actions.lexicons import lexicon_codes
from quality.errors import NotFound, WordsMissing
from quality.queries.laboratory import Known, disagreements, laboratory
from quality.rules.proof import FLOOR, LEAST_FLAGS, Measured
from quality.serializers.check_words import BASES, LEXICONS, RULES
from quality.serializers.estimates import Unit, shown
from quality.serializers.standard_words import check_title
from quality.views.reader import reader_of
from quality.words import VERDICTS, reason_words


@require_safe
def show_laboratory(request: HttpRequest) -> HttpResponse:
    access.supervisor_of(reader_of(request))
    page = {
        "section": "quality",
        "checks": [_row(one) for one in laboratory()],
        "lexicons": [(code, LEXICONS.get(code, code)) for code in lexicon_codes()],
        "floor": round(FLOOR * 100),
        "least": LEAST_FLAGS,
    }
    return render(request, "quality/checks/laboratory.html", page)


@require_safe
def show_check(request: HttpRequest, check: str) -> HttpResponse:
    access.supervisor_of(reader_of(request))
    known = next((one for one in laboratory() if one.code == check), None)
    if known is None:
        raise NotFound
    page = {"section": "quality", "check": _row(known), "known": known, "disagreements": _said_otherwise(check)}
    page["measured"] = [(_set_words(one), _measures(one)) for one in _all_measured(known)]
    page["lexicon"] = check if check in lexicon_codes() else ""
    return render(request, "quality/checks/check.html", page)


@require_POST
def switch_check(request: HttpRequest, check: str) -> HttpResponse:
    reader = access.supervisor_of(reader_of(request))
    way = request.POST.get("way", "")
    if way not in {"on", "shadow", "off"}:
        raise WordsMissing
    set_check(code=check, is_enabled=way != "off", is_shadow=way == "shadow", by=reader)
    messages.success(request, _("Saved. Scores that stand stay as they are."))
    return redirect("check", check)


def _row(known: Known) -> dict[str, Any]:
    way = "off" if not known.switch.is_enabled else "shadow" if known.switch.is_shadow else "on"
    best = known.desk or next((one for one in known.others), None)
    return {
        "code": known.code,
        "title": check_title(known.code),
        "rule": RULES.get(known.code, ""),
        "version": known.version,
        "way": way,
        "is_counted": known.switch.may_count,
        "basis": BASES[known.switch.basis],
        "measures": _measures(best) if best else None,
        "failed": known.said.get("fail", 0) + known.said.get("partial", 0),
        "said": sum(known.said.values()),
        "unsure": known.said.get("unsure", 0),
        "used_by": known.used_by,
    }


def _measures(one: Measured) -> dict[str, Any]:
    return {
        "is_exact": one.is_exact,
        "precision": shown(one.precision, unit=Unit.SHARE, digits=1),
        "missed": shown(one.miss_rate, unit=Unit.SHARE, digits=1),
        "table": (one.tp, one.fp, one.fn, one.tn),
        "n": one.n,
    }


def _all_measured(known: Known) -> list[Measured]:
    return [*([known.desk] if known.desk else []), *known.others]


def _set_words(one: Measured) -> str:
    return _("labels of this desk") if one.dataset == "desk" else one.dataset


def _said_otherwise(code: str) -> list[dict[str, Any]]:
    return [
        {
            "label": one,
            "finding": one.finding,
            "is_objection": not one.by.is_supervisor,
            "found": VERDICTS[one.finding.verdict],
            "right": VERDICTS[one.verdict],
            "words": reason_words(one.finding.reason, one.finding.facts),
        }
        for one in disagreements(code)
    ]
