"""What the automatic checks make of one transcript under one wording of a standard. Pure; the same for a trial.

A check's report counts when the criterion lets checks count and the check is proved (``quality.rules.proof``). A
failure of a critical criterion always counts: it lowers nothing until a person confirmed it, and missing it is worse.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from quality.rules.catalogue import known_checks, settles_alone
from quality.rules.conditions import Facts, missing, needed
from quality.rules.outcomes import Answer, Outcome
from quality.rules.proof import Switch
from quality.rules.scoring import Rated, Result, answer_of, score
from quality.rules.standards import CriterionText, StandardText
from quality.rules.transcript import Transcript

CONDITION = "condition"  # the code under which it is reported that a criterion was not asked
UNPROVED = Switch()

Switches = Mapping[str, Switch]


@dataclass(frozen=True)
class Checked:
    """What one check said of a criterion, by the criterion's place among all of the version."""

    place: int
    code: str
    version: int
    outcome: Outcome
    counts: bool


@dataclass(frozen=True)
class Judgement:
    """Everything the checks said, the answer of each criterion, and the score. ``milliseconds`` of the processor."""

    checked: tuple[Checked, ...]
    answers: tuple[Answer | None, ...]
    result: Result
    milliseconds: float

    @property
    def value(self) -> float | None:
        return None if self.result.value is None else round(self.result.value, 2)


def judge(text: StandardText, transcript: Transcript, switches: Switches) -> Judgement:
    """Run every check that applies, and compute the score. An answer is None where only a person can answer."""
    began = time.thread_time()
    bench = Bench(transcript, switches)
    criteria = text.criteria
    checked = tuple(
        one for place, criterion in enumerate(criteria) for one in _check(bench, place, criterion, switches)
    )
    answers = tuple(_answer(place, criterion, checked) for place, criterion in enumerate(criteria))
    rated = [
        Rated(weight=criterion.weight, verdict=answer, is_critical=bool(criterion.critical_class))
        for criterion, answer in zip(criteria, answers, strict=True)
        if answer is not None
    ]
    result = score(rated, policy=text.critical_policy)
    return Judgement(checked, answers, result, (time.thread_time() - began) * 1000)


class Bench:
    """Runs the checks on one transcript, each with the same parameters once, and knows what conditions rest on."""

    def __init__(self, transcript: Transcript, switches: Switches) -> None:
        self.transcript = transcript
        self.switches = switches
        self._done: dict[tuple[str, str], Outcome] = {}

    def run(self, code: str, parameters: dict[str, Any]) -> Outcome:
        key = (code, json.dumps(parameters, sort_keys=True))
        if key not in self._done:
            self._done[key] = known_checks()[code].run(self.transcript, parameters)
        return self._done[key]

    def facts(self, wanted: frozenset[str]) -> Facts:
        return Facts(
            channel=self.transcript.channel,
            topic=self.transcript.topic,
            complaint=self.is_complaint if "complaint" in wanted else None,
            negative=self.is_negative if "negative" in wanted else None,
            disclosed=self.is_disclosed if "disclosed" in wanted else None,
            scenario=bool(self.transcript.scenario) if "scenario" in wanted else None,
        )

    @cached_property
    def is_negative(self) -> bool | None:
        return self._said("empathy", "borrower_calm")

    @cached_property
    def is_disclosed(self) -> bool | None:
        return self._said("identification", "nothing_told")

    @cached_property
    def is_complaint(self) -> bool | None:
        return self.transcript.is_complaint or self._said("complaint", "no_complaint")

    def _said(self, code: str, otherwise: str) -> bool | None:
        """Whether a check found what it looks at; not known when there is no such check or it is switched off."""
        if code not in known_checks() or not self.switches.get(code, UNPROVED).is_enabled:
            return None
        return self.run(code, {}).reason != otherwise


def _check(bench: Bench, place: int, criterion: CriterionText, switches: Switches) -> Sequence[Checked]:
    condition = criterion.condition
    if condition and (part := missing(condition, bench.facts(needed(condition)))):
        return [Checked(place, CONDITION, 1, Outcome(Answer.NA, "not_asked", facts={"because": part}), counts=True)]
    return [
        _report(bench, place, criterion, check, switches.get(check["code"], UNPROVED))
        for check in criterion.checks
        if check["code"] in known_checks() and switches.get(check["code"], UNPROVED).is_enabled
    ]


def _report(bench: Bench, place: int, criterion: CriterionText, check: dict[str, Any], switch: Switch) -> Checked:
    outcome = bench.run(check["code"], check.get("parameters", {}))
    if check.get("worst") == Answer.PARTIAL and outcome.verdict == Answer.FAIL:
        outcome = replace(outcome, verdict=Answer.PARTIAL)
    is_alarm = bool(criterion.critical_class) and outcome.verdict == Answer.FAIL and not switch.is_shadow
    counts = criterion.checks_count and (switch.may_count or is_alarm)
    return Checked(place, check["code"], known_checks()[check["code"]].VERSION, outcome, counts)


def _answer(place: int, criterion: CriterionText, checked: Sequence[Checked]) -> Answer | None:
    counted = [one for one in checked if one.place == place and one.counts]
    return answer_of(
        [one.outcome.verdict for one in counted],
        points=criterion.points,
        is_critical=bool(criterion.critical_class),
        deciding=[one.outcome.verdict for one in counted if settles_alone(one.code)],
    )
