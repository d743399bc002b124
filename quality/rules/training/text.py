"""Training a ``TextModel``: TF-IDF, one logistic regression per label, the features that matter kept, trained again."""

import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from quality.rules.models import lanes
from quality.rules.models.features import pieces_of, stems_of
from quality.rules.models.measures import Answered, accuracy
from quality.rules.models.text import TextModel, Vocabulary

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix

MOST_FEATURES = 15_000
STRENGTHS = (30.0, 100.0)  # inverse of regularisation
FOLDS = 10
CHOOSING = 2  # folds the strength is chosen on
SEED = 20261123

Progress = Callable[[int, int], None]  # which round of how many; 0 while the strength is chosen


def silent(done: int, of: int) -> None:
    """Training that tells nobody how far it is."""


@dataclass(frozen=True)
class Examples:
    """What people wrote, and what it was; a label per text."""

    texts: Sequence[str]
    labels: Sequence[str]

    def at(self, places: Sequence[int]) -> "Examples":
        return Examples([self.texts[at] for at in places], [self.labels[at] for at in places])


@dataclass(frozen=True)
class Trained:
    """The model, how strongly it was fitted, and its answers to questions it had not seen (by cross-validation)."""

    model: TextModel
    strength: float
    answers: tuple[Answered, ...]


def train(examples: Examples, *, positive: str | None = None, tell: Progress = silent) -> Trained:
    """Choose the strength by cross-validation and train on everything.

    With ``positive`` the model has that one label and tells it from all others.
    """
    table = Table(examples, positive)
    folds = [(known, unseen, table.kept(known)) for known, unseen in folds_of(examples.labels)]
    found = {at: _asked(table, folds[at], STRENGTHS, tell) for at in range(min(CHOOSING, len(folds)))}
    strength = max(STRENGTHS, key=lambda one: sum(accuracy(answers[one]) for answers in found.values()))
    answers: list[Answered] = []
    for at, fold in enumerate(folds):
        tell(at + 1, len(folds) + 1)
        answers += found[at][strength] if at in found else _asked(table, fold, [strength])[strength]
    tell(len(folds) + 1, len(folds) + 1)
    return Trained(fit(table, strength=strength).exported(), strength, tuple(answers))


def train_once(examples: Examples, *, strength: float, positive: str | None = None) -> TextModel:
    """Without choosing anything."""
    return fit(Table(examples, positive), strength=strength).exported()


def folds_of(labels: Sequence[str]) -> list[tuple[list[int], list[int]]]:
    """Places of examples to learn from and to ask, the labels spread evenly."""
    from sklearn.model_selection import StratifiedKFold

    folds = max(2, min(FOLDS, *Counter(labels).values()))
    split = StratifiedKFold(folds, shuffle=True, random_state=SEED).split(labels, labels)
    return [(known.tolist(), unseen.tolist()) for known, unseen in split]


@dataclass(frozen=True)
class Kept:
    """The features of each kind that a model knows: their columns, and in how many of its texts each stands."""

    columns: tuple["np.ndarray", "np.ndarray"]
    counts: tuple["np.ndarray", "np.ndarray"]
    documents: int


class Table:
    """How often each feature stands in each text, counted once for every fold."""

    def __init__(self, examples: Examples, positive: str | None = None) -> None:
        from sklearn.feature_extraction.text import CountVectorizer

        self.labels, self.positive = list(examples.labels), positive
        self.vectorizers = tuple(CountVectorizer(analyzer=seen) for seen in (stems_of, pieces_of))
        self.kinds = tuple(_dampened(one.fit_transform(examples.texts)) for one in self.vectorizers)

    @cached_property
    def names(self) -> tuple["np.ndarray", "np.ndarray"]:
        first, second = (one.get_feature_names_out() for one in self.vectorizers)
        return first, second

    def kept(self, places: Sequence[int]) -> Kept:
        """The features of these texts that move the answers most."""
        import numpy as np

        everything = self._known(places)
        if sum(len(columns) for columns in everything.columns) <= MOST_FEATURES:
            return everything
        rows = self.rows(places, everything)
        held = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=0)).ravel())
        worth = np.abs(_quick_weights(rows, self.answers(places))).max(axis=0) * held
        is_kept = np.zeros(len(worth), dtype=bool)
        is_kept[np.argsort(-worth)[:MOST_FEATURES]] = True
        middle = len(everything.columns[0])
        return _only(everything, is_kept[:middle], is_kept[middle:])

    def rows(self, places: Sequence[int], kept: Kept) -> "csr_matrix":
        """TF-IDF of these texts, each kind of length one."""
        return _weighted([kind[places] for kind in self.kinds], kept)

    def answers(self, places: Sequence[int]) -> list[Any]:
        """What a regression learns: labels, or whether each is the positive one."""
        labels = [self.labels[at] for at in places]
        return labels if self.positive is None else [label == self.positive for label in labels]

    def _known(self, places: Sequence[int]) -> Kept:
        """Everything these texts hold; a piece of letters must stand in two of them."""
        import numpy as np

        counts = [np.bincount(kind[places].indices, minlength=kind.shape[1]) for kind in self.kinds]
        columns = [np.flatnonzero(count >= least) for count, least in zip(counts, (1, 2), strict=True)]
        held = [count[column] for count, column in zip(counts, columns, strict=True)]
        return Kept((columns[0], columns[1]), (held[0], held[1]), len(places))


@dataclass(frozen=True)
class Fitted:
    """What scikit-learn fitted: the run-time model's twin."""

    table: Table
    kept: Kept
    regressions: Any
    labels: tuple[str, ...]

    def probabilities(self, texts: Sequence[str]) -> "np.ndarray":
        counted = [_dampened(one.transform(texts)) for one in self.table.vectorizers]
        return self.regressions.predict_proba(_weighted(counted, self.kept))

    def answers(self, places: Sequence[int]) -> list[Answered]:
        """How it answers questions of the table, which it has not seen."""
        chances = self.regressions.predict_proba(self.table.rows(places, self.kept))
        labels = [self.table.labels[at] for at in places]
        if len(self.labels) == 1:
            return [
                Answered((row[1] >= 0.5) == (label == self.labels[0]), True, float(max(row)))
                for row, label in zip(chances, labels, strict=True)
            ]
        return [self._answered(row, label) for row, label in zip(chances, labels, strict=True)]

    def _answered(self, row: "np.ndarray", label: str) -> Answered:
        order = [self.labels[at] for at in row.argsort()[::-1][:3]]
        return Answered(order[0] == label, label in order, float(row.max()))

    def exported(self) -> TextModel:
        """The same model as plain weights."""
        import numpy as np

        estimators = getattr(self.regressions, "estimators_", [self.regressions])
        weights = np.vstack([one.coef_[0] for one in estimators]).T
        stems, pieces = (
            Vocabulary(names[columns].tolist(), counts.tolist())
            for names, columns, counts in zip(self.table.names, self.kept.columns, self.kept.counts, strict=True)
        )
        return TextModel(
            labels=self.labels,
            documents=self.kept.documents,
            stems=stems,
            pieces=pieces,
            rows=lanes.pack(weights.ravel().tolist()),
            intercepts=[float(one.intercept_[0]) for one in estimators],
        )


def fit(table: Table, places: Sequence[int] | None = None, kept: Kept | None = None, *, strength: float) -> Fitted:
    """One regression per label, on the texts at these places, or on all."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    warnings.filterwarnings("ignore", category=ConvergenceWarning)  # one text with two labels: no rounds are enough
    places = range(len(table.labels)) if places is None else places
    kept = kept or table.kept(places)
    rows, answers = table.rows(places, kept), table.answers(places)
    one = LogisticRegression(C=strength, solver="liblinear", dual=True, tol=0.1, max_iter=300, random_state=SEED)
    if table.positive is not None:
        return Fitted(table, kept, one.fit(rows, answers), (table.positive,))
    regressions = OneVsRestClassifier(one).fit(rows, answers)  # one by one: liblinear's dice are one for all threads
    return Fitted(table, kept, regressions, tuple(map(str, regressions.classes_)))


def _asked(
    table: Table, fold: tuple[list[int], list[int], Kept], strengths: Sequence[float], tell: Progress = silent
) -> dict[float, list[Answered]]:
    """How models of each strength answer the questions of a fold."""
    known, unseen, kept = fold
    found = {}
    for strength in strengths:
        tell(0, len(strengths))
        found[strength] = fit(table, known, kept, strength=strength).answers(unseen)
    return found


def _quick_weights(rows: "csr_matrix", answers: Sequence[Any]) -> "np.ndarray":
    """Weights good enough to tell which features matter."""
    from sklearn.svm import LinearSVC

    return LinearSVC(C=0.5, tol=0.01, random_state=SEED).fit(rows, answers).coef_


def _only(known: Kept, *masks: "np.ndarray") -> Kept:
    columns = [column[mask] for column, mask in zip(known.columns, masks, strict=True)]
    counts = [count[mask] for count, mask in zip(known.counts, masks, strict=True)]
    return Kept((columns[0], columns[1]), (counts[0], counts[1]), known.documents)


def _dampened(counts: "csr_matrix") -> "csr_matrix":
    """1 + the logarithm of each count."""
    import numpy as np

    counts = counts.astype(float)
    counts.data = 1 + np.log(counts.data)
    return counts


def _weighted(kinds: Sequence["csr_matrix"], kept: Kept) -> "csr_matrix":
    """The kept columns by how rare they are, each kind brought to length one."""
    import numpy as np
    from scipy.sparse import diags, hstack
    from sklearn.preprocessing import normalize

    rarity = [1 + np.log((1 + kept.documents) / (1 + counts)) for counts in kept.counts]
    parts = zip(kinds, kept.columns, rarity, strict=True)
    return hstack([normalize(kind[:, columns] @ diags(rare)) for kind, columns, rare in parts]).tocsr()
