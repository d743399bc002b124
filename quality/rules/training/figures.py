"""Training a ``FigureModel``: logistic regression, calibrated by isotonic steps on what it had not seen."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from quality.rules.models.figures import FigureModel
from quality.rules.statistics.calibration import isotonic
from quality.rules.training.text import SEED, folds_of

Rows = Sequence[Mapping[str, float]]
Forecasts = list[tuple[float, bool]]


def train_figures(names: Sequence[str], rows: Rows, came: Sequence[bool]) -> tuple[FigureModel, Forecasts]:
    """The model trained on everything, and (chance, came) of each row from models that had not seen it."""
    unseen = _unseen(names, rows, came)
    steps = isotonic([(raw, float(answer)) for raw, answer in unseen])
    return replace(fit_figures(names, rows, came), steps=steps), _calibrated(names, rows, came)


def fit_figures(names: Sequence[str], rows: Rows, came: Sequence[bool]) -> FigureModel:
    """Without calibration."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    table = np.array([[row.get(name, np.nan) for name in names] for row in rows], dtype=float)
    known = np.ma.masked_invalid(table)
    means = known.mean(axis=0).filled(0.0)
    table = np.where(np.isnan(table), means, table)
    spreads = table.std(axis=0)
    spreads[spreads == 0] = 1.0
    fitted = LogisticRegression(C=1.0, max_iter=1000, random_state=SEED).fit((table - means) / spreads, list(came))
    return FigureModel(
        names=tuple(names),
        means=means.tolist(),
        spreads=spreads.tolist(),
        weights=fitted.coef_[0].tolist(),
        intercept=float(fitted.intercept_[0]),
    )


def _unseen(names: Sequence[str], rows: Rows, came: Sequence[bool]) -> Forecasts:
    """Raw chances by cross-validation."""
    found: Forecasts = []
    for known, asked in folds_of([str(answer) for answer in came]):
        model = fit_figures(names, [rows[at] for at in known], [came[at] for at in known])
        found += [(model.raw(rows[at]), came[at]) for at in asked]
    return found


def _calibrated(names: Sequence[str], rows: Rows, came: Sequence[bool]) -> Forecasts:
    """Chances by cross-validation with the calibration inside, as they may be shown."""
    found: Forecasts = []
    for known, asked in folds_of([str(answer) for answer in came]):
        learned, answers = [rows[at] for at in known], [came[at] for at in known]
        steps = isotonic([(raw, float(answer)) for raw, answer in _unseen(names, learned, answers)])
        model = replace(fit_figures(names, learned, answers), steps=steps)
        found += [(model.probability(rows[at]), came[at]) for at in asked]
    return found
