"""The scorecard: every criterion with its answer, reasons in words and quotations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quality.models import Criterion, Finding, Rating, Review, Score
from quality.queries.reviews import marks_of
from quality.queries.scores import answer_of_checks, answers_of, criteria_of, findings_of, sections_with_criteria
from quality.rules.outcomes import Answer
from quality.rules.ratings import Given, given_of, review_score
from quality.serializers.criteria import TONES, CriterionRow, FindingRow
from quality.words import reason_words

NO_ENTRY: Mapping[str, Any] = {}


@dataclass(frozen=True)
class SectionRows:
    title: str
    rows: list[CriterionRow]

    @property
    def possible(self) -> int:
        return sum(row.criterion.weight for row in self.rows if row.value is not None)

    @property
    def earned(self) -> float:
        return sum(row.criterion.weight * row.value for row in self.rows if row.value is not None)


@dataclass(frozen=True)
class Scorecard:
    """``value`` is the reviewer's when there is a review, the machine's otherwise; with a draft what it would give."""

    score: Score
    review: Review | None
    sections: list[SectionRows]
    value: Any

    @property
    def tone(self) -> str:
        return score_tone(self.value)

    @property
    def rows(self) -> list[CriterionRow]:
        return [row for section in self.sections for row in section.rows]

    @property
    def counted_weight(self) -> int:
        """How much of the standard's hundred stands behind the figure."""
        return sum(section.possible for section in self.sections)

    @property
    def to_confirm(self) -> list[CriterionRow]:
        return [row for row in self.rows if row.waits]


def score_tone(value: Any) -> str:
    """No colour from 80 on, amber below, red below 60."""
    if value is None or value >= 80:
        return ""
    return "warn" if value >= 60 else "bad"


def scorecard(score: Score, review: Review | None, *, is_worked_on: bool = False, is_blind: bool = False) -> Scorecard:
    """The right side of the review page: of a review, or of the checks alone; blind, without what the checks said."""
    entries = entries_of(review) if review and is_worked_on else {}
    given = {pk: one for pk, entry in entries.items() if (one := given_of(entry))}
    if review and not is_worked_on:
        given = {rating.criterion_id: _given(rating) for rating in review.ratings.all()}
    findings = {} if is_blind else findings_of(score)
    sections, number = [], 0
    for section in sections_with_criteria(score):
        rows = []
        for criterion in section.criteria.all():
            number += 1
            rows.append(
                _row(number, criterion, findings.get(criterion.pk, []), given.get(criterion.pk), entries, is_worked_on)
            )
        sections.append(SectionRows(title=section.title, rows=rows))
    value = _value(score, review, given, is_worked_on=is_worked_on, is_blind=is_blind)
    return Scorecard(score=score, review=review, sections=sections, value=value)


def entries_of(review: Review) -> dict[int, dict[str, Any]]:
    """What the card holds while it is worked on: the ratings as submitted, over them what is typed since."""
    stored = {
        rating.criterion_id: {
            "answer": "na" if rating.value is None else f"{rating.value:g}",
            "cause": rating.root_cause,
            "comment": rating.comment,
            "evidence": rating.evidence,
        }
        for rating in review.ratings.all()
    }
    typed = {int(pk): entry for pk, entry in (review.draft or {}).get("ratings", {}).items()}
    return {pk: {**stored.get(pk, {}), **typed.get(pk, {})} for pk in {*stored, *typed}}


def _value(
    score: Score, review: Review | None, given: Mapping[int, Given], *, is_worked_on: bool, is_blind: bool
) -> float | None:
    if review is not None and not is_worked_on:
        return None if review.value is None else float(review.value)
    if not given and not is_blind:
        return None if score.value is None else float(score.value)
    criteria = {criterion.pk: criterion for criterion in criteria_of(score)}
    marks = marks_of(criteria, given, {} if is_blind else answers_of(score))
    return review_score(marks, policy=score.version.critical_policy).value


def _given(rating: Rating) -> Given:
    value = None if rating.value is None else float(rating.value)
    return Given(value, rating.root_cause, rating.comment, tuple(rating.evidence))


def _row(
    number: int,
    criterion: Criterion,
    findings: list[Finding],
    given: Given | None,
    entries: Mapping[int, Mapping[str, Any]],
    is_worked_on: bool,
) -> CriterionRow:
    return CriterionRow(
        number=number,
        criterion=criterion,
        checked=answer_of_checks(criterion, findings),
        given=given,
        findings=[_finding(finding) for finding in findings],
        entry=entries.get(criterion.pk, NO_ENTRY),
        is_worked_on=is_worked_on,
    )


def _finding(finding: Finding) -> FindingRow:
    facts = finding.facts
    return FindingRow(
        tone=TONES.get(Answer(finding.verdict), ""),
        words=reason_words(finding.reason, facts),
        evidence=finding.evidence,
        pauses=facts.get("pauses", []),
        limit=facts.get("limit"),
        advice=[phrase for phrase in facts.get("phrases", []) if phrase.get("better")],
    )
