"""Scenarios: whether one comes to an end, where an agent stands in it, and what two wordings differ in. Pure.

A step is known by its key, the same in every version. ``goes_to`` is the key of the step that follows, ``END`` when
none does, and None for the next in order.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

END = 0
ASK, ANSWER, CONTROL = "ask", "answer", "action"
DONE, CHOSEN, SKIPPED, TAKEN_BACK = "done", "chosen", "skipped", "taken_back"
OWN_WORDS = "other"  # the reason that says nothing by itself
REASONS = ("known", "not_about", "in_a_hurry", "not_proved", OWN_WORDS)
SHORTEST = 3  # letters of a reason in one's own words


@dataclass(frozen=True)
class Choice:
    """A named answer to a question, and where it leads."""

    id: int
    words: str = ""
    goes_to: int | None = None


@dataclass(frozen=True)
class Step:
    """One step. For a question ``goes_to`` says where to go on when it is skipped."""

    key: int
    kind: str = "say"
    goes_to: int | None = None
    choices: tuple[Choice, ...] = ()
    level: int = 0
    is_obligatory: bool = True
    has_answer: bool = True  # of the kind ``answer``: a prepared one is chosen
    has_control: bool = True  # of the kind ``action``: the control is named


@dataclass(frozen=True)
class Mark:
    """One line of the log: what became of the step of this key. ``reason`` is why it was skipped, ``words`` in full."""

    outcome: str
    key: int = 0
    choice: int | None = None
    number: int = 0
    reason: str = ""
    words: str = ""


@dataclass(frozen=True)
class Problem:
    """Why a scenario cannot be published; ``steps`` are places in order, from one, as ``choice`` is."""

    code: str
    steps: tuple[int, ...] = ()
    choice: int = 0


@dataclass(frozen=True)
class Walk:
    """How far a log has come: what was passed with its line, where the agent stands, and what surely follows."""

    passed: tuple[tuple[Step, Mark], ...]
    current: Step | None
    ahead: tuple[Step, ...]

    @property
    def is_over(self) -> bool:
        return self.current is None

    @property
    def left(self) -> tuple[Step, ...]:
        return () if self.current is None else (self.current, *self.ahead)


# Whether it can be published


def problems_of(steps: Sequence[Step]) -> list[Problem]:
    """Everything that keeps the scenario from being followed from its first step to an end; empty: it can be."""
    if not steps:
        return [Problem("empty")]
    found = [problem for place, step in enumerate(steps, 1) for problem in _unfinished(place, step)]
    found += _dead_references(steps)
    if any(each.code in ("dead_reference", "few_choices") for each in found):
        return found  # the ways are not known yet
    places = {step.key: place for place, step in enumerate(steps, 1)}
    reached = {steps[0].key, *_reached_from(steps, steps[0])}
    found += [Problem("unreachable", (places[step.key],)) for step in steps if step.key not in reached]
    endless = [step for step in steps if END not in _reached_from(steps, step)]
    if ring := [step for step in endless if step.key in _reached_from(steps, step)]:
        found.append(Problem("endless", tuple(places[step.key] for step in ring)))
    return found


def _unfinished(place: int, step: Step) -> Iterator[Problem]:
    if step.kind == ASK and len(step.choices) < 2:
        yield Problem("few_choices", (place,))
    said = [choice.words.strip().casefold() for choice in step.choices]
    if len(set(said)) < len(said):
        yield Problem("same_choices", (place,))
    if step.kind == ANSWER and not step.has_answer:
        yield Problem("no_answer", (place,))
    if step.kind == CONTROL and not step.has_control:
        yield Problem("no_control", (place,))


def _dead_references(steps: Sequence[Step]) -> list[Problem]:
    known = {END, *(step.key for step in steps)}
    found = []
    for place, step in enumerate(steps, 1):
        if step.goes_to is not None and step.goes_to not in known:
            found.append(Problem("dead_reference", (place,)))
        for at, choice in enumerate(step.choices, 1):
            if choice.goes_to is not None and choice.goes_to not in known:
                found.append(Problem("dead_reference", (place,), at))
    return found


def _ways(steps: Sequence[Step], step: Step) -> list[int]:
    """Where it leads when it is done: by each of its choices, or by itself."""
    if step.kind == ASK:
        return [_resolved(steps, step, each.goes_to) for each in step.choices]
    return [_resolved(steps, step, step.goes_to)]


def _resolved(steps: Sequence[Step], step: Step, goes_to: int | None) -> int:
    if goes_to is not None:
        return goes_to
    keys = [each.key for each in steps]
    place = keys.index(step.key) + 1
    return keys[place] if place < len(keys) else END


def _reached_from(steps: Sequence[Step], start: Step) -> set[int]:
    """Every key after this step, by any way; ``END`` where an end is among them."""
    known = {step.key: step for step in steps}
    reached: set[int] = set()
    waiting = _ways(steps, start)
    while waiting:
        key = waiting.pop()
        if key not in reached:
            reached.add(key)
            waiting += _ways(steps, known[key]) if key in known else []
    return reached


# Where an agent stands


def walk(steps: Sequence[Step], log: Sequence[Mark]) -> Walk:
    """Follow the log from the first step.

    Lines wait until their step is reached, so that steps once ticked out of order count when their turn comes.
    """
    known = {step.key: step for step in steps}
    waiting: dict[int, deque[Mark]] = defaultdict(deque)
    for mark in effective(log):
        waiting[mark.key].append(mark)
    passed: list[tuple[Step, Mark]] = []
    here = steps[0].key if steps else END
    while here in known and waiting[here]:
        mark = waiting[here].popleft()
        passed.append((known[here], mark))
        here = follow(steps, known[here], mark)
    current = known.get(here)
    return Walk(tuple(passed), current, _ahead(steps, current) if current else ())


def effective(log: Iterable[Mark]) -> list[Mark]:
    """The lines that hold: taking back removes the one before."""
    holds: list[Mark] = []
    for mark in log:
        if mark.outcome != TAKEN_BACK:
            holds.append(mark)
        elif holds:
            holds.pop()
    return holds


def follow(steps: Sequence[Step], step: Step, mark: Mark) -> int:
    """The key of the step after this one, by what became of it; ``END`` after the last."""
    if mark.outcome == CHOSEN:
        chosen = next((each for each in step.choices if each.id == mark.choice), None)
        if chosen:
            return _resolved(steps, step, chosen.goes_to)
    return _resolved(steps, step, step.goes_to)


def _ahead(steps: Sequence[Step], current: Step) -> tuple[Step, ...]:
    """What surely follows: up to the next question, whose answer nobody knows yet."""
    known = {step.key: step for step in steps}
    found: list[Step] = []
    step = current
    while step.kind != ASK:
        following = known.get(_resolved(steps, step, step.goes_to))
        if following is None or following is current or following in found:
            break
        found.append(following)
        step = following
    return tuple(found)


def refusal_of(step: Step, mark: Mark, *, level: int) -> str:
    """Why this may not become of the step now, as a code; empty: it may. ``level`` is what the person has proved."""
    if mark.outcome == SKIPPED:
        return _refusal_to_skip(step, mark)
    if step.level > level:
        return "step_locked"
    if step.kind != ASK:
        return "" if mark.outcome == DONE else "unknown_step"
    is_known = mark.outcome == CHOSEN and any(each.id == mark.choice for each in step.choices)
    return "" if is_known else "unknown_choice"


def _refusal_to_skip(step: Step, mark: Mark) -> str:
    """A reason always; in one's own words too where the list does not say it, or the step is obligatory."""
    if mark.reason not in REASONS:
        return "skip_reason"
    wants_words = step.is_obligatory or mark.reason == OWN_WORDS
    return "skip_words" if wants_words and len(mark.words.strip()) < SHORTEST else ""


# What two wordings differ in


@dataclass(frozen=True)
class Difference:
    """One step that was added, removed, moved, or whose ``fields`` say something else: name, before, after."""

    code: str
    key: int
    fields: tuple[tuple[str, Any, Any], ...] = ()


def differences(before: Mapping[int, Mapping[str, Any]], after: Mapping[int, Mapping[str, Any]]) -> list[Difference]:
    """From one version to another, in the order of the later one; steps are told apart by their keys."""
    kept_order = _in_order([key for key in before if key in after], [key for key in after if key in before])
    found = []
    for key, content in after.items():
        if key not in before:
            found.append(Difference("added", key))
            continue
        old = before[key]
        changed = tuple((name, old.get(name), value) for name, value in content.items() if old.get(name) != value)
        if changed:
            found.append(Difference("changed", key, changed))
        if key not in kept_order:
            found.append(Difference("moved", key))
    return [*found, *(Difference("removed", key) for key in before if key not in after)]


def _in_order(before: list[int], after: list[int]) -> set[int]:
    """The keys that stand in the same order in both."""
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return {before[at] for block in blocks for at in range(block.a, block.a + block.size)}
