"""Drafting, scheduling and publishing versions of the service standard."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from identity.actions import record_audit
from identity.models import User
from quality import jobs
from quality.errors import (
    AnotherScheduled,
    ChangedMeanwhile,
    MomentPassed,
    PublishedForGood,
    StandardNotReady,
    UnknownCheck,
    WeightsNotHundred,
)
from quality.models import Criterion, Section, ServiceStandard, StandardVersion
from quality.queries.standards import DRAFT, PUBLISHED, SCHEDULED, text_of
from quality.rules.catalogue import known_checks
from quality.rules.standard_problems import problems_of
from quality.rules.standards import CRITERION_FIELDS, LISTS, CriterionText, StandardText, default_standard
from tickets.actions.outbox import enqueue

RETIRED = StandardVersion.Status.RETIRED


@transaction.atomic
def create_draft(
    *, text: StandardText, by: User | None = None, based_on: StandardVersion | None = None
) -> StandardVersion:
    """Write the next version of a standard; the standard itself begins with its first version."""
    _require_known_checks(text)
    standard, _ = ServiceStandard.objects.get_or_create(
        code=text.code, defaults={"title_ru": text.title_ru, "title_en": text.title_en}
    )
    standard = ServiceStandard.objects.select_for_update(no_key=True).get(pk=standard.pk)
    last = standard.versions.aggregate(last=Max("number"))["last"] or 0
    version = StandardVersion.objects.create(standard=standard, number=last + 1, created_by=by, based_on=based_on)
    _write(version, text)
    return version


@transaction.atomic
def clone(*, version: StandardVersion, by: User) -> StandardVersion:
    """A draft that says what this version says, for changing."""
    draft = create_draft(text=replace(text_of(version), changelog=""), by=by, based_on=version)
    _record("standard_drafted", draft, by)
    return draft


@transaction.atomic
def save_draft(*, version: StandardVersion, text: StandardText, seen: str, by: User) -> StandardVersion:
    """Replace what a draft says. ``seen`` is the fingerprint of what the writer started from.

    Who saves over words that somebody else has written meanwhile is refused, and may save again having seen them.
    """
    version = _locked(version)
    if version.status != DRAFT:
        raise PublishedForGood
    if text_of(version).sha256 != seen:
        raise ChangedMeanwhile
    _require_known_checks(text)
    version.sections.all().delete()
    _write(version, text)
    return version


@transaction.atomic
def discard_draft(*, version: StandardVersion, by: User) -> None:
    version = _locked(version)
    if version.status != DRAFT:
        raise PublishedForGood
    _record("standard_discarded", version, by)
    version.delete()


@transaction.atomic
def publish(*, version: StandardVersion, by: User | None) -> StandardVersion:
    """Put a draft in force at once; the version before it is retired and keeps its scores."""
    version = _settled(version, by, at=timezone.now())
    return _put_in_force(version, by)


@transaction.atomic
def schedule(*, version: StandardVersion, at: datetime, by: User) -> StandardVersion:
    """From here on it does not change; at its moment a worker puts it in force."""
    if at <= timezone.now():
        raise MomentPassed
    version = _settled(version, by, at=at)
    version.status = SCHEDULED
    version.save(update_fields=["status"])
    key = f"standard:{version.pk}:{at.isoformat()}"
    payload = {"version": version.pk, "at": at.isoformat()}
    delay = (at - timezone.now()).total_seconds()
    enqueue(kind=jobs.PUT_IN_FORCE, key=key, payload=payload, delay=max(delay, 0.001))
    _record("standard_scheduled", version, by, at=at.isoformat())
    return version


@transaction.atomic
def call_back(*, version: StandardVersion, by: User) -> StandardVersion:
    """Make a scheduled version a draft again, before its moment."""
    version = _locked(version)
    if version.status != SCHEDULED:
        raise PublishedForGood
    version.status, version.sha256 = DRAFT, ""
    version.effective_at = version.published_at = version.published_by = None
    version.save(update_fields=["status", "sha256", "effective_at", "published_at", "published_by"])
    _record("standard_called_back", version, by)
    return version


@transaction.atomic
def put_in_force(*, version: StandardVersion, at: datetime) -> bool:
    """Of the worker: what was scheduled for this moment; false when it was called back or moved since."""
    version = _locked(version)
    if version.status != SCHEDULED or version.effective_at != at:
        return False
    _put_in_force(version, version.published_by)
    return True


@transaction.atomic
def seed_default_standard() -> StandardVersion:
    """Give a desk without any standard in force the default one; again it changes nothing."""
    text = default_standard()
    in_force = StandardVersion.objects.filter(standard__code=text.code, status=PUBLISHED).first()
    return in_force or publish(version=create_draft(text=text), by=None)


def _settled(version: StandardVersion, by: User | None, *, at: datetime) -> StandardVersion:
    """The draft, locked, complete and signed: what it says is final."""
    version = _locked(version)
    if version.status != DRAFT:
        raise PublishedForGood
    if version.standard.versions.filter(status=SCHEDULED).exists():
        raise AnotherScheduled
    text = text_of(version)
    if text.weight != 100:
        raise WeightsNotHundred
    if problems := problems_of(text):
        raise StandardNotReady(problems)
    version.sha256, version.effective_at = text.sha256, at
    version.published_at, version.published_by = timezone.now(), by
    version.save(update_fields=["sha256", "effective_at", "published_at", "published_by"])
    return version


def _put_in_force(version: StandardVersion, by: User | None) -> StandardVersion:
    version.standard.versions.filter(status=PUBLISHED).update(status=RETIRED)
    version.status = PUBLISHED
    version.save(update_fields=["status"])
    if by is not None:
        _record("standard_published", version, by)
    return version


def _locked(version: StandardVersion) -> StandardVersion:
    """The standard's row stands for all its versions, so that two people never settle two at once."""
    ServiceStandard.objects.select_for_update(no_key=True).get(pk=version.standard_id)
    locked = StandardVersion.objects.select_for_update(no_key=True, of=("self",)).select_related("standard")
    return locked.get(pk=version.pk)


def _write(version: StandardVersion, text: StandardText) -> None:
    version.pass_mark, version.critical_policy = text.pass_mark, text.critical_policy
    version.changelog = text.changelog
    version.save(update_fields=["pass_mark", "critical_policy", "changelog"])
    for position, section in enumerate(text.sections, start=1):
        heading = Section.objects.create(
            version=version, position=position, title_ru=section.title_ru, title_en=section.title_en
        )
        Criterion.objects.bulk_create(
            Criterion(section=heading, position=place, **_columns(criterion))
            for place, criterion in enumerate(section.criteria, start=1)
        )


def _columns(criterion: CriterionText) -> dict[str, Any]:
    values = {name: getattr(criterion, name) for name in CRITERION_FIELDS}
    return values | {name: list(values[name]) for name in LISTS}


def _require_known_checks(text: StandardText) -> None:
    if any(check["code"] not in known_checks() for criterion in text.criteria for check in criterion.checks):
        raise UnknownCheck


def _record(code: str, version: StandardVersion, by: User, **detail: Any) -> None:
    record_audit(code=code, actor=by, object_kind="standard", object_id=version.pk, number=version.number, **detail)
