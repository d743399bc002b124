"""Scenarios in words: why one cannot be published, where a step leads, and what changed between two versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tickets.models import CannedAnswer, ScenarioStep
from tickets.queries.scenarios import Wording, answers_of
from tickets.rules.scenarios import END, Difference, Problem, differences, problems_of


def problem_words(wording: Wording) -> list[str]:
    """Everything that keeps it from being published, naming the steps."""
    return [_problem(problem, wording) for problem in problems_of(wording.steps)]


def _problem(problem: Problem, wording: Wording) -> str:
    if problem.code == "empty":
        return _("There is no step yet.")
    names = ", ".join(_named(place, wording.rows[place - 1]) for place in problem.steps)
    if problem.code == "endless":
        words = ngettext(
            "This step comes round to itself and never to an end: %(steps)s. Let a way lead out of it.",
            "These steps go round and never come to an end: %(steps)s. Let a way lead out of them.",
            len(problem.steps),
        )
        return words % {"steps": names}
    if problem.code == "dead_reference" and problem.choice:
        choice = wording.rows[problem.steps[0] - 1].choices.all()[problem.choice - 1]
        words = _("Step %(steps)s: its answer “%(choice)s” leads to a step that is not there any more.")
        return words % {"steps": names, "choice": choice.text}
    return PROBLEMS[problem.code]() % {"steps": names}


PROBLEMS = {
    "few_choices": lambda: _("Step %(steps)s: a question needs two answers at least."),
    "same_choices": lambda: _("Step %(steps)s: two of its answers say the same."),
    "no_answer": lambda: _("Step %(steps)s: choose the prepared answer."),
    "no_control": lambda: _("Step %(steps)s: choose what it opens."),
    "dead_reference": lambda: _("Step %(steps)s leads to a step that is not there any more."),
    "unreachable": lambda: _("Step %(steps)s is never reached: no way leads to it."),
}


def _named(place: int, row: ScenarioStep) -> str:
    return f"{place} («{row.text}»)"


def way_words(goes_to: int | None, wording: Wording) -> str:
    """Where it leads, by the text of that step; empty for the next in order."""
    if goes_to is None:
        return ""
    if goes_to == END:
        return _("the end of the scenario")
    row = next((row for row in wording.rows if row.key == goes_to), None)
    return f"«{row.text}»" if row else _("a step that is not there any more")


@dataclass(frozen=True)
class StepRow:
    """A step as the pages of settings show it."""

    place: int
    row: ScenarioStep
    way: str
    choices: list[tuple[str, str]]
    answer: CannedAnswer | None


def step_rows(wording: Wording) -> list[StepRow]:
    answers = answers_of(wording.rows)
    return [
        StepRow(
            place=place,
            row=row,
            way=way_words(row.goes_to, wording),
            choices=[(each.text, way_words(each.goes_to, wording)) for each in row.choices.all()],
            answer=answers.get(row.answer_id or 0),
        )
        for place, row in enumerate(wording.rows, 1)
    ]


@dataclass(frozen=True)
class Change:
    """One line of the table of differences: which step, what of it, before and after."""

    step: str
    what: str
    before: str
    after: str


def change_words(before: Wording, after: Wording) -> list[Change]:
    """What the later version says otherwise."""
    old, new = _contents(before), _contents(after)
    texts = {row.key: row.text for row in (*before.rows, *after.rows)}
    return [change for each in differences(old, new) for change in _changes(each, texts)]


def _changes(difference: Difference, texts: dict[int, str]) -> Sequence[Change]:
    step = texts[difference.key]
    if difference.code == "added":
        return [Change(step, _("A new step"), "", step)]
    if difference.code == "removed":
        return [Change(step, _("Taken out"), step, "")]
    if difference.code == "moved":
        return [Change(step, _("Stands elsewhere"), "", "")]
    return [Change(step, NAMES[name](), old or "", new or "") for name, old, new in difference.fields]


NAMES = {
    "kind": lambda: _("What the agent does"),
    "text_ru": lambda: _("In Russian"),
    "text_en": lambda: _("In English"),
    "hint_ru": lambda: _("Hint in Russian"),
    "hint_en": lambda: _("Hint in English"),
    "answer": lambda: _("Prepared answer"),
    "control": lambda: _("What it opens"),
    "level": lambda: _("Needed before it"),
    "obligatory": lambda: _("Obligatory"),
    "way": lambda: _("After it"),
    "choices": lambda: _("Answers"),
}


def _contents(wording: Wording) -> dict[int, dict[str, Any]]:
    return {each.row.key: _content(each) for each in step_rows(wording)}


def _content(step: StepRow) -> dict[str, Any]:
    row = step.row
    following = _("the next in order")
    return {
        "kind": row.get_kind_display(), "text_ru": row.text_ru, "text_en": row.text_en,
        "hint_ru": row.hint_ru, "hint_en": row.hint_en, "answer": f"/{step.answer.shortcut}" if step.answer else "",
        "control": row.get_control_display() if row.control else "", "level": row.get_level_display(),
        "obligatory": _("yes") if row.is_obligatory else _("no"), "way": step.way or following,
        "choices": "; ".join(f"{text} → {way or following}" for text, way in step.choices),
    }  # fmt: skip
