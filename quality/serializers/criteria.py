"""One criterion of the scorecard: the checks' answer, the reviewer's, and what both rest on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from quality.models import Criterion
from quality.queries.reviews import asked_of
from quality.rules.outcomes import Answer
from quality.rules.ratings import NA_KEY, Given, Option, option_at, options_of, value_of, verdict_of
from quality.words import VERDICTS, option_words

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
class Choice:
    """One button of a scale. ``answer`` is what the form sends."""

    answer: str
    key: str
    words: str
    is_negative: bool
    is_chosen: bool


@dataclass(frozen=True)
class CriterionRow:
    """A criterion on the card. ``checked`` is the machine's answer, ``given`` the reviewer's, ``entry`` their draft."""

    number: int
    criterion: Criterion
    checked: Answer | None
    given: Given | None
    findings: list[FindingRow] = field(default_factory=list)
    entry: Mapping[str, Any] = field(default_factory=dict)
    is_worked_on: bool = False

    @property
    def options(self) -> tuple[Option, ...]:
        return options_of(self.criterion.points, self.criterion.scale)

    @property
    def value(self) -> float | None:
        """The place on the scale that stands: the reviewer's, otherwise the checks' unless it waits for a person."""
        return self.given.value if self.given else None if self.waits else value_of(self.checked)

    @property
    def answer(self) -> Answer | None:
        return verdict_of(self.given.value) if self.given else self.checked

    @property
    def waits(self) -> bool:
        """A critical failure the checks saw and nobody confirmed yet."""
        return bool(self.criterion.critical_class) and not self.given and self.checked == Answer.FAIL

    @property
    def is_machine(self) -> bool:
        """Whether the answer shown is the checks' and no person's yet."""
        return self.given is None and self.checked is not None

    @property
    def needs_proof(self) -> bool:
        return asked_of(self.criterion).needs_proof

    @property
    def tone(self) -> str:
        return TONES.get(self.answer, "") if self.answer else ""

    @property
    def icon(self) -> str:
        return ICONS.get(self.answer, "") if self.answer else ""

    @property
    def verdict_words(self) -> str:
        if self.value is not None and (chosen := option_at(self.options, self.value)):
            return option_words(chosen, of=len(self.options))
        return str(VERDICTS[self.answer]) if self.answer else ""

    @property
    def checked_words(self) -> str:
        return str(VERDICTS[self.checked]) if self.checked else ""

    @property
    def choices(self) -> list[Choice]:
        """The buttons; what the checks say is chosen beforehand."""
        offered = [
            Choice(
                answer=f"{one.value:g}",
                key=one.key,
                words=option_words(one, of=0),
                is_negative=not one.is_pass,
                is_chosen=self.value is not None and abs(one.value - self.value) < 0.001,
            )
            for one in self.options
        ]
        if self.criterion.may_be_na:
            offered.append(Choice("na", NA_KEY, "", is_negative=False, is_chosen=self.answer == Answer.NA))
        return offered

    @property
    def comment(self) -> str:
        return str(self.entry.get("comment", "")) if self.is_worked_on else self.given.comment if self.given else ""

    @property
    def cause(self) -> str:
        return str(self.entry.get("cause", "")) if self.is_worked_on else self.given.root_cause if self.given else ""

    @property
    def cause_words(self) -> str:
        named = {one["code"]: one for one in self.causes}
        return named[self.cause]["words"] if self.cause in named else ""

    @property
    def causes(self) -> list[dict[str, str]]:
        """The root causes to choose from, in the reader's language."""
        return [
            {"code": one["code"], "words": one.get(self.language, one["code"])} for one in self.criterion.root_causes
        ]

    @property
    def language(self) -> str:
        return "en" if self.criterion.text == self.criterion.text_en else "ru"

    @property
    def evidence(self) -> list[Mapping[str, int]]:
        """Every place this criterion rests on, once: the reviewer's own, otherwise the checks'."""
        own = self.entry.get("evidence") if self.is_worked_on else self.given and list(self.given.evidence)
        if own:
            return sorted(own, key=lambda one: (one["seq"], one["start"]))
        unique = {tuple(sorted(one.items())): one for row in self.findings for one in row.evidence}
        return sorted(unique.values(), key=lambda one: (one["seq"], one["start"]))

    @property
    def marks(self) -> list[tuple[str, Mapping[str, int]]]:
        """Tone and span of each mark in the transcript; dashed is what the checks said and no person yet."""
        own = self.entry.get("evidence") if self.is_worked_on else self.given and list(self.given.evidence)
        if own:
            return [(self.tone or "mid", one) for one in own]
        agrees = self.given is not None and self.answer == self.checked
        is_plain = agrees or not self.is_worked_on
        return [
            ((row.tone or "mid") if is_plain else "auto", one)
            for row in self.findings
            if not row.pauses
            for one in row.evidence
        ]
