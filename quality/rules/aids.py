"""What the desk lends to the checks: lexicons as edited, trained models, prepared answers. Everything is optional."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from quality.rules.wording import Lexicon, lexicon


class Judge(Protocol):
    """A trained model of one question, such as «is this message negative?»."""

    def probability(self, text: str) -> float: ...

    def explain(self, text: str) -> Sequence[tuple[str, float]]: ...


class Sorter(Protocol):
    """A trained model that names topics, the likeliest first, each with its probability."""

    def ranked(self, text: str) -> Sequence[tuple[str, float]]: ...

    def explain(self, text: str) -> Sequence[tuple[str, float]]: ...


@dataclass(frozen=True)
class Aids:
    """Without them every check goes by its rule alone. ``prepared`` holds the folded sentences of canned answers."""

    negativity: Judge | None = None
    complaint: Judge | None = None
    closing: Judge | None = None
    question: Judge | None = None
    topic: Sorter | None = None
    lexicon: Callable[[str], Lexicon] = lexicon
    prepared: frozenset[str] = field(default_factory=frozenset)


NO_AIDS = Aids()
