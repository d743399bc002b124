"""Small lists that are written a line each: answers of a scale, root causes; and the parameters of checks."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from quality.rules.check_parameters import Parameter

if TYPE_CHECKING:
    from quality.forms.standards import Row

_TIME = re.compile(r"(?:(\d{1,3}):)?(\d{1,4}):([0-5]\d)")
CAUSE = re.compile(r"[a-z][a-z0-9_]{0,39}")


def scale_lines(scale: Sequence[dict[str, Any]]) -> str:
    return "\n".join(
        f"{one['value']:g} | {one['ru']} | {one['en']} | {'+' if one['is_pass'] else '-'}" for one in scale
    )


def cause_lines(causes: Sequence[dict[str, str]]) -> str:
    return "\n".join(f"{one['code']} | {one['ru']} | {one['en']}" for one in causes)


def read_scale(row: "Row") -> tuple[dict[str, Any], ...]:
    """``1 | Да | Yes | +``: value from 1 to 0, both wordings, whether it passes."""
    answers = []
    for line in _lines(row, "scale"):
        parts = [part.strip() for part in line.split("|")]
        value = _share(parts[0])
        if len(parts) != 4 or value is None or not parts[1] or not parts[2] or parts[3] not in {"+", "-"}:
            row.errors["scale"] = _("This line cannot be read: “%(line)s”") % {"line": line[:80]}
            return ()
        answers.append({"value": value, "ru": parts[1], "en": parts[2], "is_pass": parts[3] == "+"})
    if not answers:
        row.errors["scale"] = _("A scale of its own needs its answers, a line each.")
    return tuple(answers)


def read_causes(row: "Row") -> tuple[dict[str, str], ...]:
    """``rush | Спешил | Hurried``: a code that reports are counted by, and both wordings."""
    causes = []
    for line in _lines(row, "root_causes"):
        parts = [part.strip() for part in line.split("|")]
        if len(parts) != 3 or not CAUSE.fullmatch(parts[0]) or not parts[1] or not parts[2]:
            row.errors["root_causes"] = _("This line cannot be read: “%(line)s”") % {"line": line[:80]}
            return ()
        causes.append({"code": parts[0], "ru": parts[1], "en": parts[2]})
    return tuple(causes)


def parameter_words(parameter: Parameter, value: Any) -> str:
    """As it is shown in its field; empty where nothing is set."""
    if value is None:
        return ""
    if parameter.kind == "words":
        return ", ".join(value)
    return clock(value) if parameter.kind == "time" else f"{value:g}"


def clock(seconds: int) -> str:
    """``2:00`` is two minutes; ``60:00`` an hour."""
    return f"{seconds // 60}:{seconds % 60:02}"


def read_parameter(row: "Row", name: str, parameter: Parameter) -> Any:
    """None where the field is empty: the check's usual value holds."""
    text = row.get(name)
    if not text:
        return None
    if parameter.kind == "words":
        return [word for word in re.split(r"[,\s]+", text) if word]
    value = _value(text, parameter.kind)
    if value is None:
        row.errors[name] = _WRONG[parameter.kind]()
    return value


def _value(text: str, kind: str) -> int | float | None:
    if kind == "time":
        match = _TIME.fullmatch(text)
        parts = [int(part or 0) for part in match.groups()] if match else []
        return parts[0] * 3600 + parts[1] * 60 + parts[2] if parts else None
    if kind == "count":
        return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
    return _share(text)


def _share(text: str) -> float | None:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None


def _lines(row: "Row", name: str) -> list[str]:
    return [line for line in row.get(name).splitlines() if line.strip()]


_WRONG = {
    "time": lambda: _("Minutes and seconds: 2:00."),
    "count": lambda: _("A whole number."),
    "share": lambda: _("A number from 0 to 1."),
}
