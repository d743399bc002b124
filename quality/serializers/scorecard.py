"""The scorecard: every criterion with its answer, reasons in words and quotations."""

from dataclasses import dataclass, field
from typing import Any

from quality.models import Criterion, Finding, Rating, Review, Score
from quality.queries.scores import answer_of_checks, findings_of, newest_review, sections_with_criteria
from quality.rules.outcomes import Answer
from quality.rules.scoring import Rated
from quality.words import VERDICTS, reason_words

TONES = {Answer.PASS: "ok", Answer.PARTIAL: "mid", Answer.FAIL: "bad"}
ICONS = {Answer.PASS: "check", Answer.PARTIAL: "half", Answer.FAIL: "x"}


@dataclass(frozen=True)
class FindingRow:
    """One check's report: the sentence, what it rests on, and what to say instead."""

    tone: str
    words: str
    evidence: list[dict[str, int]]
    pauses: list[dict[str, Any]]
    limit: int | None
    advice: list[dict[str, str]]


@dataclass(frozen=True)
class CriterionRow:
    """A criterion on the card. ``checked`` is the machine's answer, ``rating`` the reviewer's."""

    number: int
    criterion: Criterion
    checked: Answer | None
    rating: Rating | None
    findings: list[FindingRow] = field(default_factory=list)

    @property
    def answer(self) -> Answer | None:
        return Answer(self.rating.verdict) if self.rating else self.checked

    @property
    def waits(self) -> bool:
        """A critical failure the checks saw and nobody confirmed yet."""
        return self.rated.waits_for_confirmation

    @property
    def rated(self) -> Rated:
        answer = self.answer or Answer.NA
        is_confirmed = self.rating is not None
        return Rated(self.criterion.weight, answer, bool(self.criterion.critical_class), is_confirmed)

    @property
    def tone(self) -> str:
        return TONES.get(self.answer, "") if self.answer else ""

    @property
    def icon(self) -> str:
        return ICONS.get(self.answer, "") if self.answer else ""

    @property
    def verdict_words(self) -> str:
        return str(VERDICTS[self.answer]) if self.answer else ""

    @property
    def checked_words(self) -> str:
        return str(VERDICTS[self.checked]) if self.checked else ""

    @property
    def evidence(self) -> list[dict[str, int]]:
        """Every place this criterion rests on, once."""
        unique = {tuple(sorted(one.items())): one for row in self.findings for one in row.evidence}
        return sorted(unique.values(), key=lambda one: (one["seq"], one["start"]))


@dataclass(frozen=True)
class SectionRows:
    title: str
    rows: list[CriterionRow]

    @property
    def possible(self) -> int:
        return sum(row.criterion.weight for row in self.rows if row.rated.counts)

    @property
    def earned(self) -> float:
        return sum(row.rated.points for row in self.rows if row.rated.counts)


@dataclass(frozen=True)
class Scorecard:
    """``value`` is the reviewer's when there is a review, the machine's otherwise."""

    score: Score
    review: Review | None
    sections: list[SectionRows]

    @property
    def value(self) -> Any:
        return self.review.value if self.review else self.score.value

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


def scorecard(score: Score) -> Scorecard:
    """Everything the right side of the review page shows."""
    review = newest_review(score)
    ratings = {rating.criterion_id: rating for rating in review.ratings.all()} if review else {}
    findings = findings_of(score)
    sections, number = [], 0
    for section in sections_with_criteria(score):
        rows = []
        for criterion in section.criteria.all():
            number += 1
            rows.append(_row(number, criterion, findings.get(criterion.pk, []), ratings.get(criterion.pk)))
        sections.append(SectionRows(title=section.title, rows=rows))
    return Scorecard(score=score, review=review, sections=sections)


def _row(number: int, criterion: Criterion, findings: list[Finding], rating: Rating | None) -> CriterionRow:
    checked = answer_of_checks(criterion, findings)
    return CriterionRow(number, criterion, checked, rating, [_finding(finding) for finding in findings])


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
