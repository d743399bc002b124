"""A draft's changes and problems, and the checks, in words."""

from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from quality.rules.standard_changes import Change
from quality.rules.standard_problems import Problem
from quality.rules.standards import CriterionText, StandardText

FIELDS = {
    "code": gettext_lazy("code"),
    "text_ru": gettext_lazy("wording in Russian"),
    "text_en": gettext_lazy("wording in English"),
    "weight": gettext_lazy("weight"),
    "points": gettext_lazy("scale"),
    "scale": gettext_lazy("answers of the scale"),
    "how_to_rate_ru": gettext_lazy("how to rate, in Russian"),
    "how_to_rate_en": gettext_lazy("how to rate, in English"),
    "is_major": gettext_lazy("gravity"),
    "critical_class": gettext_lazy("critical"),
    "may_be_na": gettext_lazy("“not applicable” allowed"),
    "condition": gettext_lazy("when it is asked"),
    "root_causes": gettext_lazy("root causes"),
    "checks": gettext_lazy("automatic checks"),
    "checks_count": gettext_lazy("checks lower the score"),
    "pass_mark": gettext_lazy("pass mark"),
    "critical_policy": gettext_lazy("confirmed critical failure"),
}
LIMITS = {
    "first_response": {"chat": gettext_lazy("Chat, first reply"), "email": gettext_lazy("E-mail, first reply")},
    "gaps": {"chat": gettext_lazy("Chat, each next reply")},
}
CHECKS = {
    "greeting": gettext_lazy("Greeting"),
    "introduced": gettext_lazy("Introduced by name"),
    "by_name": gettext_lazy("Borrower addressed by name"),
    "formal_address": gettext_lazy("Formal address"),
    "empathy": gettext_lazy("Apology or understanding"),
    "forbidden_wording": gettext_lazy("Forbidden wording"),
    "threats": gettext_lazy("Threats and pressure"),
    "code_request": gettext_lazy("Request for secret codes"),
    "negative_wording": gettext_lazy("Refusal without a way out"),
    "spelling": gettext_lazy("Spelling"),
    "shouting": gettext_lazy("Capitals and exclamation marks"),
    "business_style": gettext_lazy("Business style"),
    "first_response": gettext_lazy("First reply in time"),
    "gaps": gettext_lazy("Pauses"),
    "questions": gettext_lazy("Every question answered"),
    "closing": gettext_lazy("Goodbye"),
    "further_help": gettext_lazy("Further help offered"),
    "identification": gettext_lazy("Identity before contract data"),
    "personal_data": gettext_lazy("Personal data written by staff"),
    "borrower_personal_data": gettext_lazy("Personal data sent by the borrower"),
    "foreign_links": gettext_lazy("Foreign links"),
    "template_overuse": gettext_lazy("The same answer twice"),
    "topic": gettext_lazy("Topic"),
    "promise": gettext_lazy("Promises kept"),
    "complaint": gettext_lazy("Complaint handled"),
    "condition": gettext_lazy("Condition of the criterion"),
}
PROBLEMS = {
    "pass_mark": gettext_lazy("The pass mark is a number from 0 to 100."),
    "code_twice": gettext_lazy("Two criteria have the code “%(place)s”."),
    "section_title": gettext_lazy("Section %(place)s needs its title in both languages."),
    "section_empty": gettext_lazy("Section %(place)s has no criterion."),
    "code": gettext_lazy("“%(place)s” is no code."),
    "text": gettext_lazy("“%(place)s” needs its wording in both languages."),
    "weight": gettext_lazy("The weight of “%(place)s” is not from 0 to 100."),
    "points": gettext_lazy("“%(place)s” has no scale."),
    "scale": gettext_lazy("The scale of “%(place)s” goes from 1 down to 0, passes at the top and fails at the bottom."),
    "unknown_check": gettext_lazy("“%(place)s” names a check that does not exist."),
    "check_twice": gettext_lazy("“%(place)s” names a check twice."),
    "cause_twice": gettext_lazy("“%(place)s” has two root causes of one code."),
}


def check_title(code: str) -> str:
    return str(CHECKS.get(code, code))


def problem_words(problem: Problem) -> str:
    if problem.code == "weights":
        return _("The weights sum to %(sum)d, not 100.") % problem.facts
    return str(PROBLEMS[problem.code]) % {"place": problem.place}


def change_words(change: Change, text: StandardText) -> str:
    """One line: what, before, after. ``text`` is the wording in which the criterion is looked up."""
    name = _name_of(change, text)
    if change.kind == "limit":
        check, _sign, channel = change.field.partition(".")
        limit = LIMITS.get(check, {}).get(channel, change.field)
        return f"{limit}: {_clock(change.before)} → {_clock(change.after)}"
    if change.kind == "whole":
        return f"{_capital(FIELDS[change.field])}: {_plain(change.before)} → {_plain(change.after)}"
    if change.kind == "changed" and change.field == "weight":
        return _("“%(name)s”: weight %(before)s → %(after)s") % {
            "name": name,
            "before": change.before,
            "after": change.after,
        }
    if change.kind == "changed":
        return _("“%(name)s”: %(field)s") % {"name": name, "field": FIELDS[change.field]}
    return str(_KINDS[change.kind]) % {"name": name, "before": change.before}


def changes_count(changes: list[Change]) -> str:
    n = len(changes)
    return ngettext("%(n)d change", "%(n)d changes", n) % {"n": n}


def value_words(value: Any) -> str:
    """A field's value as the comparison of two versions shows it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return "; ".join(f"{key}: {value_words(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(value_words(one) for one in value)
    return _plain(value)


def title_of(criterion: CriterionText) -> str:
    return criterion.text_en if get_language() == "en" else criterion.text_ru


_KINDS = {
    "section_added": gettext_lazy("New section “%(name)s”"),
    "section_removed": gettext_lazy("Without the section “%(name)s”"),
    "section_renamed": gettext_lazy("Section “%(before)s” is now “%(name)s”"),
    "added": gettext_lazy("New: “%(name)s”"),
    "removed": gettext_lazy("Removed: “%(name)s”"),
    "moved": gettext_lazy("“%(name)s” stands elsewhere"),
}


def _name_of(change: Change, text: StandardText) -> str:
    for source in (change.after, change.before):
        if isinstance(source, CriterionText):
            return title_of(source)
    found = next((one for one in text.criteria if one.code == change.place), None)
    return title_of(found) if found else change.place


def _clock(seconds: Any) -> str:
    return "—" if seconds is None else f"{seconds // 60}:{seconds % 60:02}"


def _plain(value: Any) -> str:
    return "—" if value is None or value == "" else str(value)


def _capital(words: Any) -> str:
    words = str(words)
    return words[:1].upper() + words[1:]
