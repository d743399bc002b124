"""The findings of one score, each with «I agree» and «I disagree»: for supervisors, and for the agent it is about."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from quality import access
from quality.actions.checks import label_finding
from quality.errors import WordsMissing
from quality.models import Finding, FindingLabel, Verdict
from quality.queries.laboratory import bodies_of, labels_by
from quality.rules.engine import CONDITION
from quality.serializers.standard_words import check_title
from quality.views.reader import reader_of
from quality.words import VERDICTS, reason_words

SAID = (Verdict.PASS, Verdict.PARTIAL, Verdict.FAIL, Verdict.NA)
LONGEST = 300


@require_safe
def show_findings(request: HttpRequest, id: int) -> HttpResponse:  # noqa: A002
    reader = reader_of(request)
    score = access.opinion_for(reader, id)
    findings = [one for one in access.findings_visible_to(reader, score) if one.check_code != CONDITION]
    bodies, labels = bodies_of(findings), labels_by(reader.pk, score.pk)
    page = {"section": "quality", "score": score, "is_measuring": reader.is_supervisor}
    page["findings"] = [_row(one, bodies, labels.get(one.pk)) for one in findings]
    return render(request, "quality/checks/findings.html", page)


@require_POST
def label(request: HttpRequest, finding: int) -> HttpResponse:
    """«I agree» names the finding's verdict, «I disagree» the right one."""
    reader = reader_of(request)
    found = access.finding_for(reader, finding)
    verdict = request.POST.get("verdict", "")
    if verdict not in SAID:
        raise WordsMissing
    label_finding(finding=found, by=reader, verdict=verdict, comment=request.POST.get("comment", ""))
    messages.success(request, _("Thank you, this is written down."))
    response = redirect("score-findings", found.score_id)
    response["Location"] += f"#finding-{found.pk}"
    return response


def _row(finding: Finding, bodies: dict[int, str], said: FindingLabel | None) -> dict[str, Any]:
    quotes = [bodies.get(span["seq"], "")[span["start"] : span["end"]][:LONGEST] for span in finding.evidence]
    return {
        "finding": finding,
        "title": check_title(finding.check_code),
        "verdict": VERDICTS[finding.verdict],
        "words": reason_words(finding.reason, finding.facts),
        "quotes": [quote for quote in quotes if quote.strip()],
        "is_sure": finding.verdict != Verdict.UNSURE,
        "others": [(one.value, VERDICTS[one]) for one in SAID if one != finding.verdict],
        "said": said,
        "said_words": VERDICTS[said.verdict] if said else "",
    }
