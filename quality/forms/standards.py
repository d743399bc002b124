"""A draft of a standard as it is written in the editor: every field a string, errors beside what they are about.

Rows come in the order of the page, ``row=section:KEY`` and ``row=criterion:KEY``; the fields of a row begin with its
key. What cannot be read stays as it was typed.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from quality.forms import standard_lines as lines
from quality.models import CriticalClass, StandardVersion
from quality.rules import conditions
from quality.rules.check_parameters import PARAMETERS, value_of, with_value
from quality.rules.standard_problems import CODE
from quality.rules.standards import CriterionText, SectionText, StandardText

SECTION, CRITERION = "section", "criterion"
OWN = "own"  # a scale of the criterion's own
LONGEST = {"text_ru": 300, "text_en": 300, "title_ru": 120, "title_en": 120, "code": 50}
MANY = 20_000  # characters of one field
MAJOR = "major"


@dataclass
class Row:
    """A section or a criterion. ``values`` are strings, or lists of them where several may be chosen."""

    kind: str
    key: str
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        return str(self.values.get(name, "")).strip()


@dataclass
class Sheet:
    """The whole draft."""

    rows: list[Row]
    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_readable(self) -> bool:
        return not self.errors and not any(row.errors for row in self.rows)

    def place(self, key: str) -> int:
        """Where a row stands; -1 when there is none."""
        return next((at for at, row in enumerate(self.rows) if row.key == key), -1)


def sheet_of(text: StandardText) -> Sheet:
    """What is stored, as it is shown for writing."""
    rows = []
    for number, section in enumerate(text.sections, start=1):
        titles = {"title_ru": section.title_ru, "title_en": section.title_en}
        rows.append(Row(SECTION, f"s{number}", dict(titles)))
        rows += [Row(CRITERION, f"c-{criterion.code}", criterion_values(criterion)) for criterion in section.criteria]
    values = {
        "pass_mark": str(text.pass_mark),
        "critical_policy": text.critical_policy,
        "changelog": text.changelog,
    }
    return Sheet(rows, values)


def criterion_values(criterion: CriterionText) -> dict[str, Any]:
    condition = criterion.condition
    values: dict[str, Any] = {
        **{name: getattr(criterion, name) for name in ("code", "text_ru", "text_en")},
        **{name: getattr(criterion, name) for name in ("how_to_rate_ru", "how_to_rate_en")},
        "weight": str(criterion.weight),
        "points": OWN if criterion.scale else str(criterion.points),
        "scale": lines.scale_lines(criterion.scale),
        "root_causes": lines.cause_lines(criterion.root_causes),
        "gravity": criterion.critical_class or (MAJOR if criterion.is_major else ""),
        "may_be_na": "on" if criterion.may_be_na else "",
        "checks_count": "on" if criterion.checks_count else "",
        "check": [check["code"] for check in criterion.checks],
        "worst": [check["code"] for check in criterion.checks if check.get("worst")],
        **{name: list(condition.get(name, ())) for name in conditions.LISTS},
        "asked": [name for name in conditions.ASSERTIONS if condition.get(name)],
    }
    for check in criterion.checks:
        values[f"raw-{check['code']}"] = json.dumps(check["parameters"], ensure_ascii=False)
        for one in PARAMETERS.get(check["code"], ()):
            value = value_of(check["parameters"], one.name)
            values[f"set-{check['code']}-{one.name}"] = lines.parameter_words(one, value)
    return values


def posted_sheet(data: QueryDict) -> Sheet:
    """What was sent, whether it can be read or not."""
    rows: list[Row] = []
    for name in data.getlist("row"):
        kind, _sign, key = name.partition(":")
        if kind in {SECTION, CRITERION} and key and not any(row.key == key for row in rows):
            rows.append(Row(kind, key[:60], _fields(data, key)))
    names = ("pass_mark", "critical_policy", "changelog")
    return Sheet(rows, {name: data.get(name, "")[:MANY] for name in names})


def _fields(data: QueryDict, key: str) -> dict[str, Any]:
    several = {"check", "worst", "asked", *conditions.LISTS}
    values: dict[str, Any] = {name: data.getlist(f"{key}-{name}") for name in several}
    for full, value in data.items():
        if full.startswith(f"{key}-") and (name := full[len(key) + 1 :]) not in several:
            values[name] = str(value)[:MANY]
    return values


def read(sheet: Sheet, *, base: StandardText) -> StandardText | None:
    """The wording, or None with every error put beside its field."""
    sections: list[tuple[Row, list[CriterionText]]] = []
    for row in sheet.rows:
        _check_lengths(row)
        if row.kind == SECTION:
            sections.append((row, []))
        elif not sections:
            row.errors["code"] = _("A criterion stands under a section.")
        else:
            sections[-1][1].append(_criterion(row))
    _check_codes(sheet)
    mark = _number(sheet.values["pass_mark"], sheet.errors, "pass_mark")
    policy = sheet.values["critical_policy"]
    if policy not in StandardVersion.CriticalPolicy.values:
        policy = base.critical_policy
    if not sheet.is_readable:
        return None
    return StandardText(
        code=base.code,
        title_ru=base.title_ru,
        title_en=base.title_en,
        pass_mark=mark,
        critical_policy=policy,
        changelog=sheet.values["changelog"].strip(),
        sections=tuple(
            SectionText(row.get("title_ru"), row.get("title_en"), tuple(criteria)) for row, criteria in sections
        ),
    )


def _criterion(row: Row) -> CriterionText:
    gravity = row.get("gravity")
    points = row.get("points")
    scale = lines.read_scale(row) if points == OWN else ()
    return CriterionText(
        code=row.get("code"),
        text_ru=row.get("text_ru"),
        text_en=row.get("text_en"),
        weight=_number(row.get("weight"), row.errors, "weight"),
        points=min(max(len(scale), 2), 5) if points == OWN else int(points) if points in {"2", "3", "4", "5"} else 2,
        scale=scale,
        how_to_rate_ru=row.get("how_to_rate_ru"),
        how_to_rate_en=row.get("how_to_rate_en"),
        is_major=gravity == MAJOR,
        critical_class=gravity if gravity in CriticalClass.values else "",
        may_be_na=bool(row.get("may_be_na")),
        condition=conditions.tidy(_condition(row.values)),
        root_causes=lines.read_causes(row),
        checks=tuple(_check(row, code) for code in row.values.get("check", ())),
        checks_count=bool(row.get("checks_count")),
    )


def _condition(values: Mapping[str, Any]) -> dict[str, Any]:
    asked = values.get("asked", ())
    return {name: values.get(name, ()) for name in conditions.LISTS} | dict.fromkeys(asked, True)


def _check(row: Row, code: str) -> dict[str, Any]:
    try:
        parameters = json.loads(row.values.get(f"raw-{code}") or "{}")
    except ValueError:
        parameters = {}
    parameters = parameters if isinstance(parameters, dict) else {}
    for one in PARAMETERS.get(code, ()):
        name = f"set-{code}-{one.name}"
        if name in row.values:
            parameters = with_value(parameters, one.name, lines.read_parameter(row, name, one))
    worst = {"worst": "partial"} if code in row.values.get("worst", ()) else {}
    return {"code": code, "parameters": parameters, **worst}


def _check_lengths(row: Row) -> None:
    for name, longest in LONGEST.items():
        if len(row.get(name)) > longest:
            row.errors[name] = _("At most %(n)d characters.") % {"n": longest}


def _check_codes(sheet: Sheet) -> None:
    seen: set[str] = set()
    for row in _criteria(sheet.rows):
        code = row.get("code")
        if not CODE.fullmatch(code):
            row.errors["code"] = _("Small Latin letters, digits and “_”, beginning with a letter.")
        elif code in seen:
            row.errors["code"] = _("Another criterion has this code.")
        seen.add(code)


def _criteria(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row.kind == CRITERION]


def _number(text: str, errors: dict[str, str], name: str) -> int:
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= 100:
        return int(text)
    errors[name] = _("A whole number from 0 to 100.")
    return 0
