"""Drafting and publishing versions of the service standard."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from identity.actions import record_audit
from identity.models import User
from quality.errors import PublishedForGood, UnknownCheck, WeightsNotHundred
from quality.models import Criterion, Section, ServiceStandard, StandardVersion
from quality.queries.standards import text_of
from quality.rules.catalogue import known_checks
from quality.rules.standards import StandardText, default_standard

DRAFT, PUBLISHED, RETIRED = (
    StandardVersion.Status.DRAFT,
    StandardVersion.Status.PUBLISHED,
    StandardVersion.Status.RETIRED,
)


@transaction.atomic
def create_draft(*, text: StandardText) -> StandardVersion:
    """Write the next version of a standard; the standard itself begins with its first version."""
    _require_known_checks(text)
    standard, _ = ServiceStandard.objects.get_or_create(
        code=text.code, defaults={"title_ru": text.title_ru, "title_en": text.title_en}
    )
    standard = ServiceStandard.objects.select_for_update(no_key=True).get(pk=standard.pk)
    last = standard.versions.aggregate(last=Max("number"))["last"] or 0
    version = StandardVersion.objects.create(standard=standard, number=last + 1, pass_mark=text.pass_mark)
    for position, section in enumerate(text.sections, start=1):
        heading = Section.objects.create(
            version=version, position=position, title_ru=section.title_ru, title_en=section.title_en
        )
        Criterion.objects.bulk_create(
            Criterion(
                section=heading,
                position=place,
                code=criterion.code,
                text_ru=criterion.text_ru,
                text_en=criterion.text_en,
                weight=criterion.weight,
                points=criterion.points,
                critical_class=criterion.critical_class,
                checks=list(criterion.checks),
            )
            for place, criterion in enumerate(section.criteria, start=1)
        )
    return version


@transaction.atomic
def publish(*, version: StandardVersion, by: User | None) -> StandardVersion:
    """Put a draft in force; the version before it is retired and keeps its scores."""
    ServiceStandard.objects.select_for_update(no_key=True).get(pk=version.standard_id)
    version = StandardVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
    if version.status != DRAFT:
        raise PublishedForGood
    text = text_of(version)
    if text.weight != 100:
        raise WeightsNotHundred
    version.standard.versions.filter(status=PUBLISHED).update(status=RETIRED)
    version.status, version.sha256 = PUBLISHED, text.sha256
    version.published_at, version.published_by = timezone.now(), by
    version.save(update_fields=["status", "sha256", "published_at", "published_by"])
    if by is not None:
        record_audit(code="standard_published", actor=by, object_kind="standard", object_id=version.pk)
    return version


@transaction.atomic
def seed_default_standard() -> StandardVersion:
    """Give a desk without any standard in force the default one; again it changes nothing."""
    text = default_standard()
    in_force = StandardVersion.objects.filter(standard__code=text.code, status=PUBLISHED).first()
    return in_force or publish(version=create_draft(text=text), by=None)


def _require_known_checks(text: StandardText) -> None:
    if any(check["code"] not in known_checks() for criterion in text.criteria for check in criterion.checks):
        raise UnknownCheck
