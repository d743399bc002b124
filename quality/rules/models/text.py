"""A linear model of text: what it makes of a text, and which words made it so."""

import json
import math
import zlib
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from quality.rules.models import lanes
from quality.rules.models.features import pair, pieces, seen_in
from quality.rules.models.words import Word, words
from quality.rules.wording import sentences

FORMAT = 1
MOST_WORDS = 5
LEAST_WEIGHT = 0.15  # log-odds a word must add to be named as a reason


@dataclass(frozen=True)
class WordWeight:
    """What a word, wherever it stands in the text, adds to the log-odds of a label."""

    word: str
    weight: float
    places: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Sentence:
    """A sentence by itself, with the chance the model gives it."""

    start: int
    end: int
    chance: float


@dataclass(frozen=True)
class Vocabulary:
    """Features of one kind, and in how many of the training texts each stood."""

    features: Sequence[str]
    counts: Sequence[int]


Weighted = dict[str, tuple[float, int]]  # a feature's rarity, and its row of weights


class TextModel:
    """One logistic regression per label over stems and pieces of letters (TF-IDF, each kind of length one).

    With one label its chance is that label's; with several the chances are brought to a sum of one.
    """

    def __init__(
        self,
        *,
        labels: Sequence[str],
        documents: int,
        stems: Vocabulary,
        pieces: Vocabulary,
        rows: bytes,
        intercepts: Sequence[float],
    ) -> None:
        self.labels = tuple(labels)
        self.documents = documents
        self.intercepts = tuple(intercepts)
        self._stored = (stems, pieces, rows)

    @cached_property
    def _kinds(self) -> tuple[Weighted, Weighted]:
        stems, pieces, stored = self._stored
        rows = lanes.unpack(stored, len(self.labels))
        middle = len(stems.features)
        return self._weighted(stems, rows[:middle]), self._weighted(pieces, rows[middle:])

    def _weighted(self, known: Vocabulary, rows: Sequence[int]) -> Weighted:
        rarity = (1 + math.log((1 + self.documents) / (1 + count)) for count in known.counts)
        return {feature: (rare, row) for feature, rare, row in zip(known.features, rarity, rows, strict=True)}

    def probabilities(self, text: str) -> list[float]:
        """The chance of each label, in the order of ``labels``."""
        chances = [_logistic(score) for score in self.scores(text)]
        if len(chances) == 1:
            return chances
        whole = sum(chances)
        return [chance / whole for chance in chances] if whole else [1 / len(chances)] * len(chances)

    def probability(self, text: str) -> float:
        """The chance of the first label; of a model with one label, its answer."""
        return self.probabilities(text)[0]

    def top(self, text: str, n: int = 3) -> list[tuple[str, float]]:
        """The likeliest labels, the likeliest first."""
        pairs = zip(self.labels, self.probabilities(text), strict=True)
        return sorted(pairs, key=lambda one: -one[1])[:n]

    def ranked(self, text: str) -> list[tuple[str, float]]:
        return self.top(text, len(self.labels))

    def scores(self, text: str) -> list[float]:
        """The log-odds of each label."""
        total = 0
        for seen, kind in zip(seen_in(words(text)), self._kinds, strict=True):
            for value, row, _ in _values(seen, kind):
                total += int(value * _ONE) * row
        sums = lanes.lanes(total, len(self.labels))
        return [at / _POINT + start for at, start in zip(sums, self.intercepts, strict=True)]

    def explain(self, text: str) -> list[tuple[str, float]]:
        """The words that weighed most for the likeliest label."""
        return [(one.word, one.weight) for one in self.reasons(text)]

    def reasons(self, text: str, label: str | None = None) -> list[WordWeight]:
        """The words that spoke most for a label, the likeliest without one; only those that weigh enough."""
        strongest = sorted(self.contributions(text, label), key=lambda one: -one.weight)[:MOST_WORDS]
        return [one for one in strongest if one.weight >= LEAST_WEIGHT]

    def contributions(self, text: str, label: str | None = None) -> list[WordWeight]:
        """What every word adds: with the label's intercept they sum to its log-odds, exactly.

        A word has its stem, half of each pair it stands in, and its pieces; each feature's weight is shared by the
        places it was seen at.
        """
        place = self.labels.index(label or self.top(text, 1)[0][0])
        found = words(text)
        stems, parts = (self._parts(seen, kind, place) for seen, kind in zip(seen_in(found), self._kinds, strict=True))
        added: dict[str, float] = {}
        places: dict[str, list[tuple[int, int]]] = {}
        for at, word in enumerate(found):
            of_word = stems.get(word.stem, 0.0) + sum(parts.get(piece, 0.0) for piece in pieces(word.text))
            of_word += sum(stems.get(each, 0.0) / 2 for each in _pairs_at(found, at))
            added[word.text] = added.get(word.text, 0.0) + of_word
            places.setdefault(word.text, []).append((word.start, word.end))
        return [WordWeight(word, weight, tuple(places[word])) for word, weight in added.items()]

    def sentences(self, text: str, label: str | None = None) -> list[Sentence]:
        """The sentences, each judged by itself, that which speaks most for the label first."""
        place = self.labels.index(label or self.top(text, 1)[0][0])
        judged = [Sentence(start, end, self.probabilities(text[start:end])[place]) for start, end in sentences(text)]
        return sorted(judged, key=lambda one: (-one.chance, one.start))

    def _parts(self, seen: Sequence[str], kind: Weighted, place: int) -> dict[str, float]:
        """What one occurrence of each feature adds to a label."""
        width = len(self.labels)
        return {
            feature: value * lanes.lane(row, width, place) / (1 << lanes.BITS) / count
            for (value, row, (feature, count)) in _values(seen, kind)
        }

    def to_bytes(self) -> bytes:
        stems, pieces, rows = self._stored
        head = {
            "format": FORMAT,
            "labels": self.labels,
            "documents": self.documents,
            "intercepts": self.intercepts,
            "stems": list(stems.features),
            "pieces": list(pieces.features),
        }
        written = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
        counts = array("I", [*stems.counts, *pieces.counts]).tobytes()
        return zlib.compress(len(written).to_bytes(4, "little") + written + counts + rows, 6)

    @classmethod
    def from_bytes(cls, content: bytes) -> "TextModel":
        """Raises ``ValueError`` for what is no model of this format."""
        try:
            plain = zlib.decompress(content)
            at = 4 + int.from_bytes(plain[:4], "little")
            head = json.loads(plain[4:at])
        except (zlib.error, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise ValueError("not a model of text") from error
        if head["format"] != FORMAT:
            raise ValueError(f"a model of format {head['format']}, this desk reads {FORMAT}")
        size = len(head["stems"]) + len(head["pieces"])
        counts = array("I")
        end = at + size * counts.itemsize
        counts.frombytes(plain[at:end])
        middle = len(head["stems"])
        return cls(
            labels=head["labels"],
            documents=head["documents"],
            intercepts=head["intercepts"],
            stems=Vocabulary(head["stems"], counts[:middle]),
            pieces=Vocabulary(head["pieces"], counts[middle:]),
            rows=plain[end:],
        )

    @property
    def size(self) -> int:
        """How many features it knows."""
        return sum(len(known.features) for known in self._stored[:2])


_ONE = 1 << lanes.FINE
_POINT = float(1 << (lanes.FINE + lanes.BITS))


def _values(seen: Sequence[str], kind: Weighted) -> Iterator[tuple[float, int, tuple[str, int]]]:
    """Each known feature's value, its row of weights, and how often it was seen."""
    found = [(kind[feature], feature, count) for feature, count in Counter(seen).items() if feature in kind]
    raw = [(1 + math.log(count)) * known[0] for known, _, count in found]
    length = math.sqrt(sum(value * value for value in raw)) or 1.0
    for value, (known, feature, count) in zip(raw, found, strict=True):
        yield value / length, known[1], (feature, count)


def _pairs_at(found: Sequence[Word], at: int) -> list[str]:
    before = [pair(found[at - 1], found[at])] if at else []
    return before + ([pair(found[at], found[at + 1])] if at + 1 < len(found) else [])


def _logistic(score: float) -> float:
    if score >= 0:
        return 1 / (1 + math.exp(-score))
    odds = math.exp(score)
    return odds / (1 + odds)
