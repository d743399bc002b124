"""From verdicts to a score: the formulas of the service standard, exactly.

A criterion's share is (selected − min) / (max − min); a score is Σ share·weight / Σ weight · 100 over the criteria that
were rated. N/A and «unsure» leave both sums. A critical failure makes the score 0 (or leaves at most 50, as the version
says), but only once a person confirmed it; until then the criterion stays out of the sums and the score waits for
confirmation.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from quality.rules.outcomes import Answer

SHARES = {Answer.PASS: 1.0, Answer.PARTIAL: 0.5, Answer.FAIL: 0.0}
CRITICAL_BELOW = 50.0
CEILINGS = {"zero": 0.0, "cap50": 50.0}  # what a confirmed critical failure leaves, by the version's policy


@dataclass(frozen=True)
class Rated:
    """A criterion with its answer. ``is_confirmed``: a person gave or confirmed the answer."""

    weight: int
    verdict: Answer
    is_critical: bool = False
    is_confirmed: bool = False

    @property
    def waits_for_confirmation(self) -> bool:
        return self.is_critical and not self.is_confirmed and self.verdict == Answer.FAIL

    @property
    def counts(self) -> bool:
        return self.verdict in SHARES and self.weight > 0 and not self.waits_for_confirmation

    @property
    def points(self) -> float:
        """What the criterion brings of its weight."""
        return SHARES[self.verdict] * self.weight


@dataclass(frozen=True)
class Result:
    """``value`` is None when nothing could be rated."""

    value: float | None
    critical_to_confirm: bool


def category_score(*, selected: float, lowest: float, highest: float) -> float:
    """A place on a scale as 0…100."""
    return (selected - lowest) / (highest - lowest) * 100


def weighted_score(rated: Iterable[tuple[float, float]]) -> float | None:
    """Σ c·w / Σ w over pairs of category score and weight."""
    pairs = [(score, weight) for score, weight in rated if weight > 0]
    total = sum(weight for _, weight in pairs)
    return sum(score * weight for score, weight in pairs) / total if total else None


def score(rated: Sequence[Rated], *, policy: str = "zero") -> Result:
    """The score of one conversation."""
    to_confirm = any(one.waits_for_confirmation for one in rated)
    counted = [one for one in rated if one.counts]
    value = weighted_score((SHARES[one.verdict] * 100, one.weight) for one in counted)
    if value is not None and any(one.is_critical and SHARES[one.verdict] * 100 < CRITICAL_BELOW for one in counted):
        value = min(value, CEILINGS[policy])
    return Result(value=value, critical_to_confirm=to_confirm)


def answer_of(
    verdicts: Sequence[str], *, points: int, is_critical: bool, deciding: Sequence[str] = ()
) -> Answer | None:
    """What the checks that count answer to a criterion; of a critical one no pass outweighs a failure.

    ``deciding`` are those of the verdicts whose failure decides in any criterion: a rude word is not «partly» polite.
    """
    if not verdicts:
        return None
    if Answer.FAIL in (verdicts if is_critical else deciding):
        return Answer.FAIL
    return combine(verdicts, points=points)


def combine(verdicts: Sequence[str], *, points: int) -> Answer:
    """One answer of a criterion from the verdicts of its checks.

    On a scale of two every check must pass; on a longer one some passing and some failing is «partly».
    """
    answers = [Answer(verdict) for verdict in verdicts if verdict != Answer.NA]
    if not answers:
        return Answer.NA
    rated = [answer for answer in answers if answer != Answer.UNSURE]
    if all(answer == Answer.PASS for answer in rated):
        return Answer.PASS if len(rated) == len(answers) else Answer.UNSURE
    if points == 2 or all(answer == Answer.FAIL for answer in rated):
        return Answer.FAIL
    return Answer.PARTIAL
