"""What the buttons of the editor do to a sheet: add, move, remove. ``do`` is the button's value, ``up:KEY``."""

from collections.abc import Callable

from quality.forms.standards import CRITERION, SECTION, Row, Sheet

USUAL = {"weight": "0", "points": "2", "may_be_na": "on", "checks_count": "on"}


def edit(sheet: Sheet, do: str) -> str:
    """Carry it out; answers the key of the row to show, empty when the button changes no row."""
    verb, _sign, key = do.partition(":")
    action = EDITS.get(verb)
    return action(sheet, key) if action else ""


def add_section(sheet: Sheet, key: str) -> str:
    """At the end, with a first criterion, since an empty section cannot be published."""
    made = Row(SECTION, _free(sheet, "s-new"))
    sheet.rows += [made]
    sheet.rows += [_criterion(sheet)]
    return made.key


def add_criterion(sheet: Sheet, key: str) -> str:
    """At the end of the section ``key``; without a section there is one first."""
    at = sheet.place(key)
    if at < 0:
        return add_section(sheet, "")
    made = _criterion(sheet)
    sheet.rows.insert(_end_of(sheet, at), made)
    return made.key


def remove(sheet: Sheet, key: str) -> str:
    """A criterion; or a section together with its criteria."""
    at = sheet.place(key)
    if at < 0:
        return ""
    end = _end_of(sheet, at) if sheet.rows[at].kind == SECTION else at + 1
    del sheet.rows[at:end]
    return sheet.rows[min(at, len(sheet.rows) - 1)].key if sheet.rows else ""


def move_up(sheet: Sheet, key: str) -> str:
    """A criterion one place up, over the heading into the section before; never above the first heading."""
    at = sheet.place(key)
    if at < 0 or sheet.rows[at].kind == SECTION:
        return _section_up(sheet, at)
    if at > 1:
        sheet.rows[at - 1], sheet.rows[at] = sheet.rows[at], sheet.rows[at - 1]
    return key


def move_down(sheet: Sheet, key: str) -> str:
    at = sheet.place(key)
    if at < 0:
        return ""
    if sheet.rows[at].kind == SECTION:
        below = _end_of(sheet, at)
        if below < len(sheet.rows):
            _section_up(sheet, below)
    elif at + 1 < len(sheet.rows):
        sheet.rows[at], sheet.rows[at + 1] = sheet.rows[at + 1], sheet.rows[at]
    return key


EDITS: dict[str, Callable[[Sheet, str], str]] = {
    "add-section": add_section,
    "add": add_criterion,
    "remove": remove,
    "up": move_up,
    "down": move_down,
}


def _section_up(sheet: Sheet, at: int) -> str:
    """A section with its criteria before the one above."""
    if at < 0:
        return ""
    key, end = sheet.rows[at].key, _end_of(sheet, at)
    above = next((place for place in range(at - 1, -1, -1) if sheet.rows[place].kind == SECTION), None)
    if above is not None:
        sheet.rows[above:end] = sheet.rows[at:end] + sheet.rows[above:at]
    return key


def _end_of(sheet: Sheet, at: int) -> int:
    """Where the next section begins."""
    rows = enumerate(sheet.rows[at + 1 :], start=at + 1)
    return next((place for place, row in rows if row.kind == SECTION), len(sheet.rows))


def _criterion(sheet: Sheet) -> Row:
    codes = {row.get("code") for row in sheet.rows if row.kind == CRITERION}
    number = next(n for n in range(1, 10_000) if f"criterion_{n}" not in codes)
    return Row(CRITERION, _free(sheet, "c-new"), USUAL | {"code": f"criterion_{number}"})


def _free(sheet: Sheet, stem: str) -> str:
    return next(key for n in range(1, 10_000) if sheet.place(key := f"{stem}{n}") < 0)
