"""The editor's page made of a sheet: every row with its marks, what was before, and the choices of its fields."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from chat.models import Channel
from quality.forms.standard_lines import clock, parameter_words
from quality.forms.standards import CRITERION, MAJOR, OWN, SECTION, Row, Sheet, criterion_values
from quality.models import CriticalClass
from quality.rules.catalogue import known_checks
from quality.rules.check_parameters import PARAMETERS
from quality.rules.standard_changes import limits_of
from quality.rules.standards import CriterionText, StandardText
from quality.serializers.standard_words import LIMITS, check_title


@dataclass(frozen=True)
class Field:
    """One field of a row: its name in the form, what stands in it, and what is wrong."""

    name: str
    value: str
    error: str = ""


@dataclass(frozen=True)
class Choice:
    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True)
class CheckChoice:
    """A check that may answer the criterion, with the settings that do not stand in the table of times."""

    code: str
    title: str
    is_chosen: bool
    is_partial: bool
    raw: str
    settings: list[tuple[str, Field, str]]


@dataclass(frozen=True)
class LimitRow:
    """A line of the table of times."""

    words: str
    field: Field
    was: str


@dataclass(frozen=True)
class PageRow:
    """A section's heading or a criterion. ``was`` holds the published values of changed fields."""

    kind: str
    key: str
    title: str
    fields: dict[str, Field]
    weight: int
    is_changed: bool = False
    is_new: bool = False
    was: dict[str, Any] = field(default_factory=dict)
    choices: dict[str, list[Choice]] = field(default_factory=dict)
    checks: list[CheckChoice] = field(default_factory=list)
    flags: dict[str, bool] = field(default_factory=dict)
    is_wrong: bool = False

    @property
    def is_section(self) -> bool:
        return self.kind == SECTION

    @property
    def is_checked(self) -> bool:
        return any(check.is_chosen for check in self.checks)

    @property
    def is_critical(self) -> bool:
        return any(one.is_chosen and one.value in CriticalClass.values for one in self.choices.get("gravity", ()))


def page_rows(sheet: Sheet, published: StandardText | None, topics: list[tuple[str, str]]) -> list[PageRow]:
    before = {criterion.code: criterion for criterion in published.criteria} if published else {}
    titles = {section.title_ru for section in published.sections} if published else set()
    rows = []
    for at, row in enumerate(sheet.rows):
        if row.kind == SECTION:
            rows.append(_section(row, _weight_below(sheet, at), titles if published else None))
        else:
            rows.append(_criterion(row, before.get(row.get("code")), topics, is_compared=published is not None))
    return rows


def limit_rows(sheet: Sheet, published: StandardText | None) -> list[LimitRow]:
    """The times that checks go by, of all criteria, as one table."""
    before: dict[tuple[str, str], int] = {}
    for criterion in published.criteria if published else ():
        before |= limits_of(criterion)
    found = []
    for row in sheet.rows:
        for code in row.values.get("check", ()) if row.kind == CRITERION else ():
            for channel, words in LIMITS.get(code, {}).items():
                one = _field(row, f"set-{code}-limits.{channel}")
                was = clock(before[code, channel]) if (code, channel) in before else ""
                found.append(LimitRow(str(words), one, was if was != one.value else ""))
    return found


def total_weight(sheet: Sheet) -> int:
    return sum(_weight(row) for row in sheet.rows if row.kind == CRITERION)


def _section(row: Row, weight: int, known: set[str] | None) -> PageRow:
    fields = {name: _field(row, name) for name in ("title_ru", "title_en")}
    is_new = known is not None and row.get("title_ru") not in known
    return PageRow(SECTION, row.key, row.get("title_ru"), fields, weight, is_changed=is_new, is_wrong=bool(row.errors))


def _criterion(row: Row, before: CriterionText | None, topics: list[tuple[str, str]], *, is_compared: bool) -> PageRow:
    names = ("code", "text_ru", "text_en", "weight", "how_to_rate_ru", "how_to_rate_en", "scale", "root_causes")
    was = _was(row, before) if before else {}
    is_new = is_compared and before is None
    return PageRow(
        CRITERION,
        row.key,
        row.get("text_ru"),
        {name: _field(row, name) for name in names},
        _weight(row),
        is_changed=bool(was) or is_new,
        is_new=is_new,
        was=was,
        choices=_choices(row, topics),
        checks=[_check(row, code) for code in _in_order(row)],
        flags={name: bool(row.get(name)) for name in ("may_be_na", "checks_count")},
        is_wrong=bool(row.errors),
    )


def _choices(row: Row, topics: list[tuple[str, str]]) -> dict[str, list[Choice]]:
    gravity = [("", _("Usual")), (MAJOR, _("Major")), *((one.value, str(one.label)) for one in CriticalClass)]
    scales = [("2", _("Yes, no")), ("3", _("Yes, partly, no")), ("4", _("Four steps")), ("5", _("Five steps"))]
    channels = [(one.value, str(one.label)) for one in Channel if one != Channel.PROBE]
    asked = [
        ("negative", _("the borrower is upset")),
        ("disclosed", _("something of a loan was told")),
        ("complaint", _("it is a complaint")),
        ("scenario", _("the topic has a scenario")),
    ]
    single = {"gravity": gravity, "points": [*scales, (OWN, _("Own answers"))]}
    several = {"channels": channels, "topics": topics, "asked": asked}
    found = {
        name: [Choice(value, words, row.get(name) == value) for value, words in every] for name, every in single.items()
    }
    return found | {
        name: [Choice(value, words, value in row.values.get(name, ())) for value, words in every]
        for name, every in several.items()
    }


def _in_order(row: Row) -> list[str]:
    """The chosen checks as they stand, then the others."""
    chosen = [code for code in row.values.get("check", ()) if code in known_checks()]
    return [*chosen, *(code for code in known_checks() if code not in chosen)]


def _check(row: Row, code: str) -> CheckChoice:
    settings = [
        (one.name, _field(row, f"set-{code}-{one.name}"), parameter_words(one, one.usual))
        for one in PARAMETERS.get(code, ())
        if one.name.removeprefix("limits.") not in LIMITS.get(code, {})
    ]
    chosen = code in row.values.get("check", ())
    partial = code in row.values.get("worst", ())
    return CheckChoice(code, check_title(code), chosen, partial, row.get(f"raw-{code}"), settings)


def _was(row: Row, before: CriterionText) -> dict[str, Any]:
    """The published values of what is written otherwise now."""
    published = criterion_values(before)
    differs = {
        name: value
        for name, value in published.items()
        if not name.startswith("raw-") and _plain(row.values.get(name, "")) != _plain(value)
    }
    unset = [name for name in row.values.get("check", ()) if name not in published["check"]]
    return differs | ({"check": published["check"]} if unset else {})


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return sorted(value)
    return "\n".join(str(value).replace("\r\n", "\n").strip().split("\n"))


def _field(row: Row, name: str) -> Field:
    value = row.values.get(name, "")
    return Field(f"{row.key}-{name}", value if isinstance(value, str) else "", row.errors.get(name, ""))


def _weight(row: Row) -> int:
    text = row.get("weight")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _weight_below(sheet: Sheet, at: int) -> int:
    weight = 0
    for row in sheet.rows[at + 1 :]:
        if row.kind == SECTION:
            break
        weight += _weight(row)
    return weight
