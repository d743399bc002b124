"""A linear model of named figures: logistic regression, then the nearest non-decreasing steps (isotonic)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from quality.rules.statistics.calibration import calibrated


@dataclass(frozen=True)
class Weighed:
    """One figure, what it was and what it adds to the log-odds compared with an average conversation."""

    name: str
    value: float
    weight: float


@dataclass(frozen=True)
class FigureModel:
    """``steps`` are (raw chance, chance that came) pairs in order; without them the raw chance is the answer."""

    names: Sequence[str]
    means: Sequence[float]
    spreads: Sequence[float]
    weights: Sequence[float]
    intercept: float
    steps: Sequence[tuple[float, float]] = ()

    def probability(self, values: Mapping[str, float]) -> float:
        raw = self.raw(values)
        return calibrated(self.steps, raw) if self.steps else raw

    def raw(self, values: Mapping[str, float]) -> float:
        """The chance before calibration."""
        score = self.intercept + math.fsum(one.weight for one in self.contributions(values))
        return 1 / (1 + math.exp(-score)) if score > -700 else 0.0

    def contributions(self, values: Mapping[str, float]) -> list[Weighed]:
        """What every figure adds; a figure that is missing counts as average and adds nothing."""
        rows = zip(self.names, self.means, self.spreads, self.weights, strict=True)
        return [
            Weighed(name, value := values.get(name, mean), weight * (value - mean) / spread)
            for name, mean, spread, weight in rows
        ]

    def factors(self, values: Mapping[str, float]) -> list[Weighed]:
        """What raised the chance, the weightiest first."""
        return sorted((one for one in self.contributions(values) if one.weight > 0), key=lambda one: -one.weight)

    def to_json(self) -> dict[str, object]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> "FigureModel":
        return cls(**{**stored, "steps": [tuple(step) for step in stored["steps"]]})  # type: ignore
