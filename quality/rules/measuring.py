"""From verdicts of a check and of people to the table that precision, miss rate and κ are computed from."""

from collections import Counter
from collections.abc import Iterable

from quality.rules.outcomes import Answer
from quality.rules.proof import Measured
from quality.rules.statistics.agreement import cohen

FAILED = frozenset({Answer.FAIL.value, Answer.PARTIAL.value})
LET_PASS = frozenset({Answer.PASS.value, Answer.NA.value})


def measured(pairs: Iterable[tuple[str, str]]) -> Measured:
    """Pairs of the check's verdict and the right one. «Not sure» claims nothing, so it is neither right nor wrong."""
    counts: Counter[str] = Counter()
    for found, right in pairs:
        if found in FAILED:
            counts["tp" if right in FAILED else "fp"] += 1
        elif found in LET_PASS:
            counts["fn" if right in FAILED else "tn"] += 1
    return Measured(tp=counts["tp"], fp=counts["fp"], fn=counts["fn"], tn=counts["tn"])


def kappa_of(one: Measured) -> float | None:
    """Agreement of check and people beyond chance."""
    units = [(1, 1)] * one.tp + [(1, 0)] * one.fp + [(0, 1)] * one.fn + [(0, 0)] * one.tn
    return cohen(units) if units else None
