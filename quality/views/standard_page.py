"""The context of the editor's page, for every view that shows it."""

from typing import Any

from quality.forms.standard_page import limit_rows, page_rows, total_weight
from quality.forms.standards import Sheet, sheet_of
from quality.models import ServiceStandard, StandardVersion
from quality.queries.rescoring import TRIAL, names_of, newest_trial
from quality.queries.standards import draft_of, in_force_of, standards, text_of
from quality.rules.standard_changes import changes_between
from quality.rules.standard_problems import problems_of
from quality.serializers.standard_words import change_words, changes_count, problem_words
from quality.serializers.trials import agents_in, trial_page
from tickets.queries.topics import flat_choices

DRAFT = StandardVersion.Status.DRAFT


def editor_page(standard: ServiceStandard, *, sheet: Sheet | None = None) -> dict[str, Any]:
    """The draft when there is one, else the version in force, which is shown and cannot be written in."""
    draft, in_force = draft_of(standard), in_force_of(standard)
    shown = draft or in_force
    page: dict[str, Any] = {"section": "settings", "standard": standard, "draft": draft, "in_force": in_force}
    page |= {"standards": standards(), "shown": shown, "is_editable": bool(draft and draft.status == DRAFT)}
    if shown is None:
        return page
    text = text_of(shown)
    published = text_of(in_force) if draft and in_force else None
    sheet = sheet or sheet_of(text)
    page |= {
        "sheet": sheet,
        "rows": page_rows(sheet, published, flat_choices(_topics_in(sheet))),
        "limits": limit_rows(sheet, published),
        "total": total_weight(sheet),
        "published": published,
        "seen": text.sha256,
    }
    return page | impact_page(draft) if draft else page


def _topics_in(sheet: Sheet) -> set[str]:
    return {code for row in sheet.rows for code in row.values.get("topics", ())}


def impact_page(draft: StandardVersion) -> dict[str, Any]:
    """What would change: the wording against the version in force, and what the last trial found."""
    text, in_force = text_of(draft), in_force_of(draft.standard)
    changes = changes_between(text_of(in_force), text) if in_force else []
    page: dict[str, Any] = {
        "draft": draft,
        "in_force": in_force,
        "is_editable": draft.status == DRAFT,
        "count": changes_count(changes),
        "changes": [change_words(one, text) for one in changes],
        "problems": [problem_words(one) for one in problems_of(text)],
        "trial_size": TRIAL,
    }
    trial = newest_trial(draft.pk)
    return page | (trial_page(trial, text, names_of(agents_in(trial))) if trial else {})
