"""Training a ``TextModel``: TF-IDF, one logistic regression per label, the features that matter kept, trained again."""

import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
WORKERS = 2

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
    folds = [(examples.at(known), examples.at(unseen)) for known, unseen in folds_of(examples.labels)]
    strength = chosen_strength(folds[:CHOOSING], positive, tell)
    answers: list[Answered] = []
    for number, (learned, asked) in enumerate(folds, 1):
        tell(number, len(folds) + 1)
        answers += fit(learned, kept_features(learned, positive), strength=strength, positive=positive).answers(asked)
    tell(len(folds) + 1, len(folds) + 1)
    return Trained(train_once(examples, strength=strength, positive=positive), strength, tuple(answers))


def chosen_strength(folds: Sequence[tuple[Examples, Examples]], positive: str | None, tell: Progress = silent) -> float:
    """The strength that answers most questions of these folds rightly; the weaker of equals."""
    right = dict.fromkeys(STRENGTHS, 0.0)
    for learned, asked in folds:
        kept = kept_features(learned, positive)
        for strength in STRENGTHS:
            tell(0, len(STRENGTHS))
            right[strength] += accuracy(fit(learned, kept, strength=strength, positive=positive).answers(asked))
    return max(STRENGTHS, key=lambda strength: right[strength])


def train_once(examples: Examples, *, strength: float, positive: str | None = None) -> TextModel:
    """Without choosing anything."""
    return fit(examples, kept_features(examples, positive), strength=strength, positive=positive).exported()


def folds_of(labels: Sequence[str]) -> list[tuple[list[int], list[int]]]:
    """Places of examples to learn from and to ask, the labels spread evenly."""
    from sklearn.model_selection import StratifiedKFold

    folds = max(2, min(FOLDS, *Counter(labels).values()))
    split = StratifiedKFold(folds, shuffle=True, random_state=SEED).split(labels, labels)
    return [(known.tolist(), unseen.tolist()) for known, unseen in split]


@dataclass(frozen=True)
class Vectors:
    """Both kinds of features, turned into numbers; with ``kept`` only those."""

    stems: Any
    pieces: Any

    @classmethod
    def learned(cls, texts: Sequence[str], kept: tuple[list[str], list[str]] | None = None) -> "Vectors":
        from sklearn.feature_extraction.text import TfidfVectorizer

        shared = {"sublinear_tf": True, "lowercase": False}
        known: Sequence[list[str] | None] = kept or (None, None)
        stems = TfidfVectorizer(analyzer=stems_of, vocabulary=known[0] or None, **shared)
        pieces = TfidfVectorizer(analyzer=pieces_of, vocabulary=known[1] or None, **shared)
        if kept is None:
            pieces.min_df = 2
        stems.fit(texts)
        pieces.fit(texts)
        return cls(stems, pieces)

    def of(self, texts: Sequence[str]) -> "csr_matrix":
        from scipy.sparse import hstack

        return hstack([self.stems.transform(texts), self.pieces.transform(texts)]).tocsr()

    def names(self) -> tuple[list[str], list[str]]:
        return list(self.stems.get_feature_names_out()), list(self.pieces.get_feature_names_out())


@dataclass(frozen=True)
class Fitted:
    """What scikit-learn fitted: the run-time model's twin."""

    vectors: Vectors
    regressions: Any
    labels: tuple[str, ...]
    texts: Sequence[str]

    def probabilities(self, texts: Sequence[str]) -> "np.ndarray":
        return self.regressions.predict_proba(self.vectors.of(texts))

    def answers(self, asked: Examples) -> list[Answered]:
        """How it answers questions it has not seen."""
        chances = self.probabilities(asked.texts)
        if len(self.labels) == 1:
            return [
                Answered((row[1] >= 0.5) == (label == self.labels[0]), True, float(max(row)))
                for row, label in zip(chances, asked.labels, strict=True)
            ]
        return [self._answered(row, label) for row, label in zip(chances, asked.labels, strict=True)]

    def _answered(self, row: "np.ndarray", label: str) -> Answered:
        order = [self.labels[at] for at in row.argsort()[::-1][:3]]
        return Answered(order[0] == label, label in order, float(row.max()))

    def exported(self) -> TextModel:
        """The same model as plain weights."""
        import numpy as np

        estimators = getattr(self.regressions, "estimators_", [self.regressions])
        weights = np.vstack([one.coef_[0] for one in estimators]).T
        names = self.vectors.names()
        counts = [_documents_with(vectorizer, self.texts) for vectorizer in (self.vectors.stems, self.vectors.pieces)]
        return TextModel(
            labels=self.labels,
            documents=len(self.texts),
            stems=Vocabulary(names[0], counts[0]),
            pieces=Vocabulary(names[1], counts[1]),
            rows=lanes.pack(weights.ravel().tolist()),
            intercepts=[float(one.intercept_[0]) for one in estimators],
        )


def fit(
    examples: Examples, kept: tuple[list[str], list[str]] | None, *, strength: float, positive: str | None = None
) -> Fitted:
    """One regression per label on the given features, or on all of them."""
    import joblib
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    warnings.filterwarnings("ignore", category=ConvergenceWarning)  # one text with two labels: no rounds are enough
    vectors = Vectors.learned(examples.texts, kept)
    rows = vectors.of(examples.texts)
    one = LogisticRegression(C=strength, solver="liblinear", dual=True, tol=0.1, max_iter=300, random_state=SEED)
    if positive is not None:
        regression = one.fit(rows, [label == positive for label in examples.labels])
        return Fitted(vectors, regression, (positive,), examples.texts)
    with joblib.parallel_config(backend="threading", n_jobs=WORKERS):
        regressions = OneVsRestClassifier(one).fit(rows, examples.labels)
    return Fitted(vectors, regressions, tuple(map(str, regressions.classes_)), examples.texts)


def kept_features(examples: Examples, positive: str | None = None) -> tuple[list[str], list[str]]:
    """The features that move the answers most: the largest weight for any label times how much texts hold of it."""
    import numpy as np

    vectors = Vectors.learned(examples.texts)
    names = vectors.names()
    total = len(names[0]) + len(names[1])
    if total <= MOST_FEATURES:
        return names
    rows = vectors.of(examples.texts)
    weights = _quick_weights(rows, examples.labels, positive)
    held = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=0)).ravel())
    order = np.argsort(-(np.abs(weights).max(axis=0) * held))[:MOST_FEATURES]
    kept = np.zeros(total, dtype=bool)
    kept[order] = True
    middle = len(names[0])
    stems = [name for name, is_kept in zip(names[0], kept[:middle], strict=True) if is_kept]
    return stems, [name for name, is_kept in zip(names[1], kept[middle:], strict=True) if is_kept]


def _quick_weights(rows: "csr_matrix", labels: Sequence[str], positive: str | None) -> "np.ndarray":
    """Weights good enough to tell which features matter."""
    from sklearn.svm import LinearSVC

    answers = labels if positive is None else [label == positive for label in labels]
    return LinearSVC(C=0.5, tol=0.01, random_state=SEED).fit(rows, answers).coef_


def _documents_with(vectorizer: Any, texts: Sequence[str]) -> list[int]:
    """In how many texts each feature of a vectorizer stands."""
    import numpy as np

    counts = np.bincount(vectorizer.transform(texts).indices, minlength=len(vectorizer.vocabulary_))
    return [int(count) for count in counts]
