"""What a service standard says, as values: the default one, and the fingerprint of any."""

import hashlib
import json
import tomllib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

DEFAULT = Path(__file__).with_name("default_standard.toml")


@dataclass(frozen=True)
class CriterionText:
    code: str
    text_ru: str
    text_en: str
    weight: int
    points: int = 2
    critical_class: str = ""
    checks: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class SectionText:
    title_ru: str
    title_en: str
    criteria: tuple[CriterionText, ...]


@dataclass(frozen=True)
class StandardText:
    """Everything a version of a standard says."""

    code: str
    title_ru: str
    title_en: str
    pass_mark: int = 80
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


def _section(section: dict[str, Any]) -> SectionText:
    criteria = tuple(
        CriterionText(**{**criterion, "checks": tuple(map(_check, criterion.get("checks", ())))})
        for criterion in section["criterion"]
    )
    return SectionText(title_ru=section["title_ru"], title_en=section["title_en"], criteria=criteria)


def _check(check: dict[str, Any]) -> dict[str, Any]:
    return {"code": check["code"], "parameters": check.get("parameters", {})}
