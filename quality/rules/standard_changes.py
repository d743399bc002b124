"""How two wordings of a standard differ, as values: for the editor's marks and for comparing any two versions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from quality.rules.standards import CRITERION_FIELDS, CriterionText, SectionText, StandardText

WHOLE = ("pass_mark", "critical_policy")
LIMITS = "limits"


@dataclass(frozen=True)
class Change:
    """``kind``: whole, section_added, section_removed, section_renamed, added, removed, changed, moved, limit.

    ``place`` is the criterion's code or the section's title; ``before`` and ``after`` are values of the field.
    """

    kind: str
    place: str = ""
    field: str = ""
    before: Any = None
    after: Any = None


def changes_between(old: StandardText, new: StandardText) -> list[Change]:
    """Everything that is said otherwise, in the order of the new wording."""
    return [*_of_whole(old, new), *_of_sections(old.sections, new.sections), *_of_criteria(old, new)]


def changed_fields(old: CriterionText, new: CriterionText) -> list[str]:
    return [name for name in CRITERION_FIELDS if getattr(old, name) != getattr(new, name)]


def _of_whole(old: StandardText, new: StandardText) -> Iterator[Change]:
    for name in WHOLE:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield Change("whole", field=name, before=before, after=after)


def _of_sections(old: tuple[SectionText, ...], new: tuple[SectionText, ...]) -> Iterator[Change]:
    """By Russian title; a section that stands at the same place under another title was renamed."""
    known, kept = {one.title_ru for one in old}, {one.title_ru for one in new}
    renamed = set()
    for place, section in enumerate(new):
        before = old[place] if place < len(old) else None
        if section.title_ru in known:
            continue
        if before is not None and before.title_ru not in kept:
            renamed.add(before.title_ru)
            yield Change("section_renamed", section.title_ru, before=before.title_ru, after=section.title_ru)
        else:
            yield Change("section_added", section.title_ru)
    yield from (Change("section_removed", one.title_ru) for one in old if one.title_ru not in kept | renamed)


def _of_criteria(old: StandardText, new: StandardText) -> Iterator[Change]:
    before = {criterion.code: criterion for criterion in old.criteria}
    after = {criterion.code: criterion for criterion in new.criteria}
    moved = _moved([code for code in before if code in after], [code for code in after if code in before])
    for code, criterion in after.items():
        if code not in before:
            yield Change("added", code, after=criterion)
            continue
        yield from _of_criterion(before[code], criterion)
        if code in moved:
            yield Change("moved", code)
    yield from (Change("removed", code, before=criterion) for code, criterion in before.items() if code not in after)


def _of_criterion(old: CriterionText, new: CriterionText) -> Iterator[Change]:
    for name in changed_fields(old, new):
        before, after = getattr(old, name), getattr(new, name)
        limits = list(_of_limits(old, new)) if name == "checks" else []
        if limits and _without_limits(before) == _without_limits(after):
            yield from limits
        else:
            yield Change("changed", new.code, name, before, after)


def _of_limits(old: CriterionText, new: CriterionText) -> Iterator[Change]:
    before, after = limits_of(old), limits_of(new)
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            yield Change("limit", new.code, ".".join(key), before.get(key), after.get(key))


def limits_of(criterion: CriterionText) -> dict[tuple[str, str], int]:
    """The time limits its checks go by: by check and channel, in seconds."""
    return {
        (check["code"], channel): seconds
        for check in criterion.checks
        for channel, seconds in check["parameters"].get(LIMITS, {}).items()
    }


def _without_limits(checks: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    return [
        check | {"parameters": {name: value for name, value in check["parameters"].items() if name != LIMITS}}
        for check in checks
    ]


def _moved(old: list[str], new: list[str]) -> frozenset[str]:
    """The fewest criteria whose moving makes the one order of the other."""
    place = {code: at for at, code in enumerate(old)}
    chains: list[list[str]] = []
    for code in new:
        before = [chain for chain in chains if place[chain[-1]] < place[code]]
        chains.append([*_longest(before), code])
    return frozenset(new) - frozenset(_longest(chains))


def _longest(chains: list[list[str]]) -> list[str]:
    return max(chains, key=lambda chain: len(chain), default=[])
