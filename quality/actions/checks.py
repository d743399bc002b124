"""People's words on findings, what checks are measured to be worth by them, and the checks' switches."""

from django.db import transaction
from django.utils import timezone

from identity.actions import record_audit
from identity.models import User
from quality.errors import UnknownCheck
from quality.models import CheckQuality, CheckSetting, Finding, FindingLabel
from quality.queries.checks import DESK
from quality.queries.laboratory import counts_by_labels
from quality.rules.catalogue import known_checks
from quality.rules.measuring import kappa_of


@transaction.atomic
def label_finding(*, finding: Finding, by: User, verdict: str, comment: str = "") -> FindingLabel:
    """«I agree» names the finding's own verdict, «I disagree» the right one. A supervisor's label measures the check;
    an agent's is an objection that supervisors see beside the check."""
    label, _ = FindingLabel.objects.update_or_create(
        finding=finding, by=by, defaults={"verdict": verdict, "comment": comment[:2_000], "created_at": timezone.now()}
    )
    record_audit(
        code="finding_labelled",
        actor=by,
        object_kind="finding",
        object_id=finding.pk,
        check=finding.check_code,
        found=finding.verdict,
        said=verdict,
    )
    if by.is_supervisor and finding.check_code in known_checks():
        measure_check(code=finding.check_code)
    return label


@transaction.atomic
def measure_check(*, code: str) -> CheckQuality:
    """Count the labels on findings of the check as it is now; labels of its older rules count no more."""
    version = known_checks()[code].VERSION
    counts = counts_by_labels(code, version)
    quality, _ = CheckQuality.objects.update_or_create(
        check_code=code,
        check_version=version,
        dataset=DESK,
        defaults={
            "tp": counts.tp,
            "fp": counts.fp,
            "fn": counts.fn,
            "tn": counts.tn,
            "kappa": kappa_of(counts),
            "measured_at": timezone.now(),
        },
    )
    return quality


@transaction.atomic
def set_check(*, code: str, is_enabled: bool, is_shadow: bool, by: User) -> CheckSetting:
    """Switch a check on or off, or into shadow; scores that stand stay as they are."""
    if code not in known_checks():
        raise UnknownCheck
    setting, _ = CheckSetting.objects.update_or_create(
        check_code=code,
        defaults={
            "is_enabled": is_enabled,
            "is_shadow": is_shadow,
            "changed_by": by,
            "changed_at": timezone.now(),
        },
    )
    record_audit(
        code="check_switched",
        actor=by,
        object_kind="check",
        object_id=code,
        is_enabled=is_enabled,
        is_shadow=is_shadow,
    )
    return setting
