"""What a service standard says, as values: the default one, and the fingerprint of any."""

import hashlib
import json
import tomllib
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

DEFAULT = Path(__file__).with_name("default_standard.toml")
POINTS = (2, 3, 4, 5)


@dataclass(frozen=True)
class CriterionText:
    """One question; the fields mean what ``quality.models.Criterion`` says of them."""

    code: str
    text_ru: str
    text_en: str
    weight: int
    points: int = 2
    scale: tuple[dict[str, Any], ...] = ()
    how_to_rate_ru: str = ""
    how_to_rate_en: str = ""
    is_major: bool = False
    critical_class: str = ""
    may_be_na: bool = True
    condition: dict[str, Any] = field(default_factory=dict)
    root_causes: tuple[dict[str, str], ...] = ()
    checks: tuple[dict[str, Any], ...] = ()
    checks_count: bool = True


CRITERION_FIELDS = tuple(one.name for one in fields(CriterionText))
LISTS = ("scale", "root_causes", "checks")  # tuples here, lists in the table


@dataclass(frozen=True)
class SectionText:
    title_ru: str
    title_en: str
    criteria: tuple[CriterionText, ...]

    @property
    def weight(self) -> int:
        return sum(criterion.weight for criterion in self.criteria)


@dataclass(frozen=True)
class StandardText:
    """Everything a version of a standard says."""

    code: str
    title_ru: str
    title_en: str
    pass_mark: int = 80
    critical_policy: str = "zero"
    changelog: str = ""
    sections: tuple[SectionText, ...] = field(default_factory=tuple)

    @property
    def criteria(self) -> list[CriterionText]:
        return [criterion for section in self.sections for criterion in section.criteria]

    @property
    def weight(self) -> int:
        return sum(criterion.weight for criterion in self.criteria)

    @property
    def sha256(self) -> str:
        """The fingerprint: the same words, weights and parameters give the same one."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def default_standard() -> StandardText:
    text = tomllib.loads(DEFAULT.read_text(encoding="utf-8"))
    sections = text.pop("section")
    return StandardText(**text, sections=tuple(_section(section) for section in sections))


def criterion_text(values: dict[str, Any]) -> CriterionText:
    """A criterion from what a file or a row holds."""
    kept = {name: values[name] for name in CRITERION_FIELDS if name in values}
    kept |= {name: tuple(kept[name]) for name in LISTS if name in kept}
    if "checks" in kept:
        kept["checks"] = tuple(_check(check) for check in kept["checks"])
    return CriterionText(**kept)


def _section(section: dict[str, Any]) -> SectionText:
    criteria = tuple(criterion_text(criterion) for criterion in section["criterion"])
    return SectionText(title_ru=section["title_ru"], title_en=section["title_en"], criteria=criteria)


def _check(check: dict[str, Any]) -> dict[str, Any]:
    """``worst`` is said only where a failure of the check is no failure of the criterion."""
    worst = {"worst": check["worst"]} if check.get("worst") else {}
    return {"code": check["code"], "parameters": check.get("parameters", {}), **worst}
