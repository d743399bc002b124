"""Versions of the service standard: drafted, published once, never changed, retired by the next."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from identity.models import AuditEntry
from quality import actions as quality
from quality.errors import PublishedForGood, UnknownCheck, WeightsNotHundred
from quality.models import Criterion, Section, StandardVersion
from quality.queries.standards import text_of, version_in_force
from quality.rules.checks import CHECKS
from quality.rules.standards import CriterionText, SectionText, default_standard

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_force() -> StandardVersion:
    return quality.seed_default_standard()


def test_a_fresh_desk_has_the_default_standard_in_force() -> None:
    version = version_in_force()
    assert version is not None
    assert version.number == 1
    assert text_of(version) == default_standard()


def test_seeding_again_changes_nothing(in_force: StandardVersion) -> None:
    assert quality.seed_default_standard() == in_force
    assert StandardVersion.objects.count() == 1


def test_the_default_standard_is_that_of_the_specification() -> None:
    text = default_standard()
    assert (text.weight, text.pass_mark, len(text.criteria)) == (100, 80, 17)
    assert [section.title_ru for section in text.sections] == [
        *("Контакт", "Скорость", "Решение", "Общение", "Безопасность и закон", "Учёт"),
    ]
    assert sum(criterion.weight for criterion in text.criteria if criterion.checks) == 44
    assert {check["code"] for criterion in text.criteria for check in criterion.checks} == set(CHECKS)
    assert all(criterion.text_ru and criterion.text_en for criterion in text.criteria)


def test_publishing_a_new_version_retires_the_old_one(in_force: StandardVersion, olga: Any) -> None:
    draft = quality.create_draft(text=replace(default_standard(), pass_mark=85))
    assert (draft.number, draft.status) == (2, "draft")
    published = quality.publish(version=draft, by=olga)
    in_force.refresh_from_db()
    assert in_force.status == "retired"
    assert (published.status, published.published_by, len(published.sha256)) == ("published", olga, 64)
    assert published.sha256 != in_force.sha256
    assert version_in_force() == published
    assert AuditEntry.objects.get(code="standard_published").user_id == olga.pk


def test_a_version_is_published_once(in_force: StandardVersion, olga: Any) -> None:
    with pytest.raises(PublishedForGood):
        quality.publish(version=in_force, by=olga)


def test_weights_must_sum_to_a_hundred(olga: Any) -> None:
    section = SectionText("Контакт", "Contact", (CriterionText("greeting", "Поздоровался", "Greeted", 40),))
    draft = quality.create_draft(text=replace(default_standard(), sections=(section,)))
    with pytest.raises(WeightsNotHundred):
        quality.publish(version=draft, by=olga)


def test_a_criterion_cannot_name_a_check_that_does_not_exist() -> None:
    unknown = CriterionText("magic", "Чудо", "Magic", 100, checks=({"code": "magic", "parameters": {}},))
    text = replace(default_standard(), sections=(SectionText("Контакт", "Contact", (unknown,)),))
    with pytest.raises(UnknownCheck):
        quality.create_draft(text=text)


def test_a_draft_may_be_changed_and_thrown_away() -> None:
    draft = quality.create_draft(text=default_standard())
    criterion = Criterion.objects.filter(section__version=draft).first()
    assert criterion is not None
    criterion.weight = 5
    criterion.save()
    draft.delete()
    assert not Section.objects.filter(version_id=draft.pk).exists()


CHANGES = [
    "update quality_standardversion set pass_mark = 1 where id = %(version)s",
    "update quality_standardversion set status = 'draft' where id = %(version)s",
    "update quality_standardversion set status = 'retired', sha256 = '' where id = %(version)s",
    "delete from quality_standardversion where id = %(version)s",
    "update quality_section set title_ru = 'x' where version_id = %(version)s",
    "update quality_section set version_id = %(draft)s where version_id = %(version)s",
    "delete from quality_section where version_id = %(version)s",
    "insert into quality_section (version_id, position, title_ru, title_en) values (%(version)s, 9, 'x', 'x')",
    "update quality_criterion set weight = 1 where section_id in "
    "(select id from quality_section where version_id = %(version)s)",
    "update quality_criterion set checks = '[]' where section_id in "
    "(select id from quality_section where version_id = %(version)s)",
    "delete from quality_criterion where section_id in (select id from quality_section where version_id = %(version)s)",
    "insert into quality_criterion (section_id, position, code, text_ru, text_en, weight, points, "
    "critical_class, checks) select id, 9, 'x', 'x', 'x', 1, 2, '', '[]' from quality_section "
    "where version_id = %(version)s",
    "update quality_criterion set section_id = (select min(id) from quality_section where version_id = %(version)s) "
    "where section_id in (select id from quality_section where version_id = %(draft)s)",
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_published_standard_withstands_direct_sql(in_force: StandardVersion, change: str) -> None:
    draft = quality.create_draft(text=default_standard())
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change, {"version": in_force.pk, "draft": draft.pk})
    in_force.refresh_from_db()
    assert text_of(in_force) == default_standard()


def test_a_retired_standard_is_as_firm(in_force: StandardVersion, olga: Any) -> None:
    quality.publish(version=quality.create_draft(text=default_standard()), by=olga)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        StandardVersion.objects.filter(pk=in_force.pk).update(status="published")


def test_only_one_version_of_a_standard_can_be_in_force(in_force: StandardVersion) -> None:
    draft = quality.create_draft(text=default_standard())
    with pytest.raises(IntegrityError), transaction.atomic():
        StandardVersion.objects.filter(pk=draft.pk).update(status="published")


def test_no_migration_of_quality_is_missing() -> None:
    call_command("makemigrations", "quality", check=True, dry_run=True, verbosity=0)
