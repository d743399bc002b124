"""Standards, runs and scores over the API."""

from typing import Any

from identity.serializers import ANYTHING, ID, MOMENT, NUMBER, TEXT, WHOLE, YES_OR_NO, listed, or_null, shape
from quality.models import Finding, Rescoring, Score, ServiceStandard, StandardVersion
from quality.rules.standards import CRITERION_FIELDS, StandardText

VERSION = shape(id=WHOLE, number=WHOLE, status=TEXT, pass_mark=WHOLE, effective_at=or_null(MOMENT), sha256=TEXT)
STANDARD = shape(
    code=TEXT, title_ru=TEXT, title_en=TEXT, channels=listed(TEXT), topics=listed(TEXT), is_active=YES_OR_NO,
    versions=listed(VERSION),
)  # fmt: skip
STANDARDS = listed(STANDARD)
WORDING = shape(**VERSION["properties"], critical_policy=TEXT, changelog=TEXT, sections=listed(ANYTHING))
RUN = shape(
    id=WHOLE, version=WHOLE, is_trial=YES_OR_NO, status=TEXT, total=WHOLE, done=WHOLE, changed=WHOLE, results=ANYTHING
)
DRY_RUN = shape(total=WHOLE)
FINDING = shape(
    id=WHOLE, criterion=TEXT, check=TEXT, check_version=WHOLE, verdict=TEXT, reason=TEXT, facts=ANYTHING,
    evidence=listed(ANYTHING), counts=YES_OR_NO,
)  # fmt: skip
SCORE = shape(
    id=WHOLE, conversation=ID, standard=TEXT, version=WHOLE, engine_version=WHOLE, value=or_null(NUMBER),
    critical_to_confirm=YES_OR_NO, milliseconds=or_null(NUMBER), created_at=MOMENT, findings=listed(FINDING),
)  # fmt: skip


def version_json(version: StandardVersion) -> dict[str, Any]:
    return {
        "id": version.pk,
        "number": version.number,
        "status": version.status,
        "pass_mark": version.pass_mark,
        "effective_at": version.effective_at.isoformat() if version.effective_at else None,
        "sha256": version.sha256,
    }


def standard_json(standard: ServiceStandard) -> dict[str, Any]:
    versions = sorted(standard.versions.all(), key=lambda one: -one.number)
    return {
        **{name: getattr(standard, name) for name in ("code", "title_ru", "title_en", "channels", "is_active")},
        "topics": [topic.code for topic in standard.topics.all()],
        "versions": [version_json(one) for one in versions],
    }


def wording_json(version: StandardVersion, text: StandardText) -> dict[str, Any]:
    sections = [
        {
            "title_ru": section.title_ru,
            "title_en": section.title_en,
            "criteria": [{name: getattr(one, name) for name in CRITERION_FIELDS} for one in section.criteria],
        }
        for section in text.sections
    ]
    said = {"critical_policy": text.critical_policy, "changelog": text.changelog, "sections": sections}
    return version_json(version) | said


def run_json(run: Rescoring) -> dict[str, Any]:
    names = ("is_trial", "status", "total", "done", "changed", "results")
    return {"id": run.pk, "version": run.version_id} | {name: getattr(run, name) for name in names}


def autoscore_json(score: Score, findings: list[Finding]) -> dict[str, Any]:
    return {
        "id": score.pk,
        "conversation": str(score.conversation_id),
        "standard": score.version.standard.code,
        "version": score.version.number,
        "engine_version": score.engine_version,
        "value": None if score.value is None else float(score.value),
        "critical_to_confirm": score.critical_to_confirm,
        "milliseconds": score.milliseconds,
        "created_at": score.created_at.isoformat(),
        "findings": [_finding_json(one) for one in findings],
    }


def _finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.pk,
        "criterion": finding.criterion.code,
        "check": finding.check_code,
        **{name: getattr(finding, name) for name in ("check_version", "verdict", "reason", "facts", "evidence")},
        "counts": finding.counts,
    }
