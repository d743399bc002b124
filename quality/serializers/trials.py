"""What a trial of a draft found, for the editor: figures before and after, the distribution, who and what moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quality.models import Rescoring
from quality.rules import trials
from quality.rules.standards import StandardText
from quality.rules.trials import Moved
from quality.serializers.standard_words import title_of

MOST = 5
BIN_WIDTH, CHART_HEIGHT = 33, 110


@dataclass(frozen=True)
class Bar:
    """One tenth of the scale: two bars side by side, as rectangles of the picture."""

    x: int
    before: int
    after: int
    words: str

    @property
    def before_y(self) -> int:
        return CHART_HEIGHT - self.before

    @property
    def after_y(self) -> int:
        return CHART_HEIGHT - self.after

    @property
    def x_after(self) -> int:
        return self.x + 14


def trial_page(trial: Rescoring, text: StandardText, names: Mapping[str, str]) -> dict[str, Any]:
    results = trial.results
    before, after = results["before"], results["after"]
    return {
        "trial": trial,
        "is_running": trial.status == Rescoring.Status.RUNNING,
        "n": results["n"],
        "means": (trials.mean(before), trials.mean(after)),
        "pass_rates": (trials.pass_rate(before), trials.pass_rate(after)),
        "critical": (before["critical"], after["critical"]),
        "rated": (before["n"], after["n"]),
        "bars": _bars(before["bins"], after["bins"]),
        "agents": [(names.get(one.key, one.key), one) for one in trials.moved_agents(results)[:MOST]],
        "criteria": [(_title(one, text), one) for one in trials.moved_criteria(results)[:MOST]],
    }


def agents_in(trial: Rescoring) -> list[str]:
    return [one.key for one in trials.moved_agents(trial.results)[:MOST]]


def _title(moved: Moved, text: StandardText) -> str:
    found = next((one for one in text.criteria if one.code == moved.key), None)
    return title_of(found) if found else moved.key


def _bars(before: list[int], after: list[int]) -> list[Bar]:
    highest = max([*before, *after, 1])
    return [
        Bar(
            x=place * BIN_WIDTH,
            before=round(CHART_HEIGHT * first / highest),
            after=round(CHART_HEIGHT * second / highest),
            words=f"{place * 10}–{place * 10 + 10}: {first} → {second}",
        )
        for place, (first, second) in enumerate(zip(before, after, strict=True))
    ]
