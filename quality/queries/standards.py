"""The service standard as it is written."""

from django.db.models import Prefetch

from quality.models import Criterion, Section, StandardVersion
from quality.rules.standards import CriterionText, SectionText, StandardText


def version_in_force(code: str = "service") -> StandardVersion | None:
    return StandardVersion.objects.filter(standard__code=code, status=StandardVersion.Status.PUBLISHED).first()


def sections_of(version: StandardVersion) -> list[Section]:
    """The scorecard in order, its criteria fetched."""
    criteria = Prefetch("criteria", Criterion.objects.order_by("position"))
    return list(version.sections.order_by("position").prefetch_related(criteria))


def text_of(version: StandardVersion) -> StandardText:
    """Everything a version says, as a value."""
    return StandardText(
        code=version.standard.code,
        title_ru=version.standard.title_ru,
        title_en=version.standard.title_en,
        pass_mark=version.pass_mark,
        sections=tuple(_section(section) for section in sections_of(version)),
    )


def _section(section: Section) -> SectionText:
    criteria = tuple(
        CriterionText(
            code=criterion.code,
            text_ru=criterion.text_ru,
            text_en=criterion.text_en,
            weight=criterion.weight,
            points=criterion.points,
            critical_class=criterion.critical_class,
            checks=tuple(criterion.checks),
        )
        for criterion in section.criteria.all()
    )
    return SectionText(title_ru=section.title_ru, title_en=section.title_en, criteria=criteria)
