"""An entry that the desk adds to a lexicon: compiled, tried on its examples and timed before it is believed."""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

from quality.rules.russian import forms
from quality.rules.wording import GAP, Lexicon, Phrase, fold, phrases, without_quotations

SLOWEST = 0.002  # seconds of the processor on ten thousand characters
LONGEST = 10_000
LENGTHS = (12, 16, 20, 25, 50, 100, 500, 2_500, LONGEST)
ROUNDS = 3
MANY = 30  # a repetition that may go on longer than this counts as one without end
MOST_WORDS = 8
_WORDS = re.compile(r"[\w'-]+")


class EntryRefused(Exception):
    """Why an entry is not taken: a code, and the example or figure it is about."""

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(code)
        self.code, self.about = code, about


@dataclass(frozen=True)
class EntryText:
    """What an entry says. ``pattern`` is words in any form, or a regular expression."""

    language: str
    pattern: str
    is_regex: bool = False
    severity: str = "minor"
    better: str = ""
    must_match: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()


def phrase_of(entry: EntryText) -> Phrase:
    """The entry as the checks use it; raises ``EntryRefused`` when it is no pattern."""
    source = entry.pattern if entry.is_regex else _in_any_form(entry)
    try:
        pattern = phrases(source if not entry.is_regex else fold_pattern(source))
    except re.error as error:
        raise EntryRefused("not_a_pattern", str(error)) from error
    return Phrase(
        pattern=pattern,
        kind="desk",
        severity=entry.severity,
        better=entry.better,
        language=entry.language,
        guard="direct",
        must_match=entry.must_match,
        must_not_match=entry.must_not_match,
    )


def tried(entry: EntryText) -> Phrase:
    """The entry once it kept every promise: it compiles, finds its examples, spares the others, and is quick."""
    if not entry.pattern.strip():
        raise EntryRefused("empty")
    if not entry.must_match or not entry.must_not_match:
        raise EntryRefused("no_examples")
    phrase = phrase_of(entry)
    if phrase.pattern.match(""):
        raise EntryRefused("matches_nothing")
    if repeats_repetition(phrase.pattern.pattern):
        raise EntryRefused("repeats_repetition")
    if (spent := slowest(phrase, entry.must_match)) > SLOWEST:
        raise EntryRefused("too_slow", f"{spent * 1000:.1f}")
    for text in entry.must_match:
        if not phrase.found_in(_own_words(text)):
            raise EntryRefused("example_not_found", text)
    for text in entry.must_not_match:
        if phrase.found_in(_own_words(text)):
            raise EntryRefused("example_found", text)
    return phrase


def joined(shipped: Lexicon, entries: Sequence[EntryText]) -> Lexicon:
    """The desk's own phrases first, then the shipped ones."""
    own = tuple(phrase_of(entry) for entry in entries)
    any_of_them = re.compile("|".join([*(one.pattern.pattern for one in own), shipped.any_of_them.pattern]))
    return Lexicon(phrases=(*own, *shipped.phrases), any_of_them=any_of_them)


def slowest(phrase: Phrase, examples: Sequence[str] = ()) -> float:
    """Seconds on the worst of texts made to be hard: each is tried in parts that grow, so that none takes for ever."""
    worst = 0.0
    for text in _hard_texts(phrase.pattern.pattern, examples):
        for length in LENGTHS:
            spent = min(_seconds(phrase, text[:length]) for _ in range(ROUNDS))
            worst = max(worst, spent)
            if spent > SLOWEST:
                return worst
    return worst


def repeats_repetition(pattern: str) -> bool:
    """Whether something that may repeat long stands inside something that does: the way to never come to an end."""
    return any(_nested(part, inside=False) for part in _parser.parse(pattern))


def _nested(part: Any, *, inside: bool) -> bool:
    operation, value = part
    is_long = operation in {_constants.MAX_REPEAT, _constants.MIN_REPEAT} and value[1] > MANY
    if is_long and inside:
        return True
    return any(_nested(one, inside=inside or is_long) for one in _inner(value))


def _inner(value: Any) -> Iterator[Any]:
    """The parts inside a part, however the parser nests them."""
    if isinstance(value, _parser.SubPattern):
        yield from value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _inner(one)


def _seconds(phrase: Phrase, text: str) -> float:
    """The search alone: what is done with thousands of hits is the same for every pattern."""
    began = time.thread_time()
    for _ in phrase.pattern.finditer(text):
        pass
    return time.thread_time() - began


def _hard_texts(pattern: str, examples: Sequence[str]) -> list[str]:
    """Repeated beginnings of what the pattern looks for, its letters, and the usual monotonous texts."""
    seeds = ["а", "a", " ", "1", "не ", "а а ", ", ", *(_own_words(text) + " " for text in examples[:3])]
    for word in _WORDS.findall(re.sub(r"\\.|\(\?[^)]{0,5}", " ", pattern))[:6]:
        seeds += [f"{word} ", word, word[:-1] + " ", word[0], word[-1]]
    return [(seed * (LONGEST // len(seed) + 1))[:LONGEST] for seed in seeds if seed]


def fold_pattern(source: str) -> str:
    """Lower case but for classes such as ``\\W``, «е» for «ё»: texts are folded before they are searched."""
    return re.sub(r"\\.|[^\\]+", lambda part: part[0] if part[0][0] == "\\" else fold(part[0]), source)


def _in_any_form(entry: EntryText) -> str:
    """Words one after the other, Russian ones in every form the dictionary knows."""
    words = _WORDS.findall(fold(entry.pattern))
    if not words or len(words) > MOST_WORDS:
        raise EntryRefused("not_words")
    return GAP.join(f"(?:{'|'.join(map(re.escape, _forms(word, entry.language)))})" for word in words)


def _forms(word: str, language: str) -> list[str]:
    return sorted(forms(word), key=len, reverse=True) if language == "ru" else [word]


def _own_words(text: str) -> str:
    return without_quotations(fold(text))
