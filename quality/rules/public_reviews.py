"""Reviews that people write about the lender in public: read, compared, judged, and what an answer may never say."""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from rapidfuzz import fuzz

from identity.rules.disclosure import disclosures
from quality.rules.personal_data import find_personal_data
from quality.rules.wording import Lexicon, fold, phrases

LONGEST = 20_000  # characters of one review
MOST_ROWS = 5_000  # of one import
SAME = 95  # per cent of likeness from which two texts of one site are one review
COLUMNS = {
    "external_id": ("id", "external_id", "номер"),
    "url": ("url", "link", "ссылка", "адрес"),
    "written_on": ("date", "written_on", "дата"),
    "author": ("author", "name", "автор", "имя"),
    "rating": ("rating", "stars", "оценка", "звёзды", "звезды"),
    "text": ("text", "review", "текст", "отзыв"),
}
CONFIRMING = Path(__file__).parent / "lexicons" / "confirms_borrower.txt"
_BLANKS = re.compile(r"\s+")
_DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%m/%d/%Y")


@dataclass(frozen=True)
class ReviewText:
    """A review as it was found. ``line`` is its place in the file it came from."""

    text: str
    written_on: date
    author: str = ""
    rating: int | None = None
    url: str = ""
    external_id: str = ""
    line: int = 0


@dataclass(frozen=True)
class Table:
    """What a file held: the reviews, and by line what could not be read of it (``date``, ``text``, ``rating``)."""

    reviews: tuple[ReviewText, ...]
    problems: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Candidate:
    """A borrower who may have written a review; ``told_at`` are the moments at which they spoke with the desk."""

    key: str
    full_name: str
    city: str
    told_on: tuple[date, ...] = ()
    was_low: bool = False


@dataclass(frozen=True)
class Guess:
    """A private hypothesis with its evidence: codes ``name``, ``initial``, ``city``, ``lately``, ``low``."""

    key: str
    weight: float
    evidence: tuple[str, ...]


@cache
def confirming() -> re.Pattern[str]:
    """Words that tell a reader that the author is a borrower: the law lets no lender say so of anybody."""
    lines = CONFIRMING.read_text(encoding="utf-8").splitlines()
    return phrases(*(line for line in lines if line and not line.startswith("#")))


class NoColumns(Exception):
    """The file names neither a date nor a text."""


def read_table(content: str) -> Table:
    """A CSV with a header in Russian or English, columns in any order, split by comma, semicolon or tab.

    Raises ``NoColumns`` when there is no text column. A row that cannot be read is told by its line; the others count.
    """
    sample = content[:4096]
    mark = max(",;\t", key=sample.split("\n", 1)[0].count)
    rows = csv.reader(io.StringIO(content.lstrip("\ufeff")), delimiter=mark)
    header = [name.strip().lower() for name in next(rows, [])]
    places = {field: _place(header, names) for field, names in COLUMNS.items()}
    if places["text"] is None or places["written_on"] is None:
        raise NoColumns
    reviews: list[ReviewText] = []
    problems: list[tuple[int, str]] = []
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if len(reviews) + len(problems) == MOST_ROWS:
            problems.append((rows.line_num, "too_many"))
            break
        found = _review(row, places, rows.line_num)
        reviews.append(found) if isinstance(found, ReviewText) else problems.append((rows.line_num, found))
    return Table(reviews=tuple(reviews), problems=tuple(problems))


def _place(header: Sequence[str], names: Sequence[str]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)


def _review(row: Sequence[str], places: dict[str, int | None], line: int) -> ReviewText | str:
    def cell(field: str) -> str:
        place = places[field]
        return row[place].strip() if place is not None and place < len(row) else ""

    written_on, rating = date_of(cell("written_on")), cell("rating")
    if not cell("text"):
        return "text"
    if written_on is None:
        return "date"
    if rating and not (rating.isdecimal() and 1 <= int(rating[:3]) <= 5):
        return "rating"
    return ReviewText(
        text=cell("text")[:LONGEST],
        written_on=written_on,
        author=cell("author")[:120],
        rating=int(rating) if rating else None,
        url=cell("url")[:500] if cell("url").startswith(("http://", "https://")) else "",
        external_id=cell("external_id")[:120],
        line=line,
    )


def date_of(text: str) -> date | None:
    for form in _DATES:
        try:
            return datetime.strptime(text.strip()[:10], form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    return None


def text_hash(text: str) -> str:
    """The same words, whatever blanks and capitals stand between them, are the same text."""
    return hashlib.sha256(_plain(text).encode()).hexdigest()


def _plain(text: str) -> str:
    return _BLANKS.sub(" ", fold(text)).strip()


def is_same(text: str, known: Iterable[str]) -> bool:
    """Whether one of the known texts is at least 95 % like this one."""
    plain = _plain(text)
    return any(fuzz.ratio(plain, _plain(other), score_cutoff=SAME) for other in known)


def negativity(text: str, rating: int | None, words: Lexicon) -> float:
    """0…1, by rule: one star or an outright complaint is 1, two stars or anger 0.7, else by the stars or 0.5."""
    kinds = {found.phrase.kind for found in words.search(fold(text))}
    by_words = 1.0 if "complaint" in kinds else 0.7 if "anger" in kinds else None
    by_stars = {1: 1.0, 2: 0.7, 3: 0.5, 4: 0.2, 5: 0.0}.get(rating or 0)
    if by_words is None:
        return 0.5 if by_stars is None else by_stars
    return by_words if by_stars is None else max(by_words, by_stars) if by_stars >= 0.5 else 0.5


def problems_of_answer(text: str, *, phones: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Why an answer must not be published: (code, the words), in order; empty when it may.

    ``confirms``: it treats the author as a borrower; ``discloses``: sums, loans, papers, phones; ``personal``: numbers
    of people.
    """
    folded = fold(text)
    found = [("confirms", match.start(), text[match.start() : match.end()]) for match in confirming().finditer(folded)]
    found += [("discloses", one.start, one.text) for one in disclosures(text, allowed=phones)]
    found += [("personal", start, text[start:end]) for _, start, end in find_personal_data(text)]
    return list(dict.fromkeys((code, words) for code, _, words in sorted(found, key=lambda one: one[1])))


def guesses(review: ReviewText, candidates: Iterable[Candidate], *, most: int = 5) -> list[Guess]:
    """Who may have written it, the likeliest first. A name alone is weak; somebody without the name is no guess."""
    found = [guess for one in candidates if (guess := _guess(review, one)) is not None]
    return sorted(found, key=lambda one: (-one.weight, one.key))[:most]


def _guess(review: ReviewText, one: Candidate) -> Guess | None:
    said, own = fold(review.author).replace(".", " ").split(), fold(one.full_name).split()
    if not said or not own or not any(word in own for word in said if len(word) > 2):
        return None
    evidence = ["name"]
    weight = 0.2
    if (
        any(len(word) == 1 and any(name.startswith(word) for name in own) for word in said)
        or len(set(said) & set(own)) > 1
    ):
        evidence.append("initial")
        weight += 0.2
    if one.city and fold(one.city) in fold(review.text):
        evidence.append("city")
        weight += 0.15
    if any(0 <= (review.written_on - day).days <= 14 for day in one.told_on):
        evidence.append("lately")
        weight += 0.25
    if one.was_low:
        evidence.append("low")
        weight += 0.15
    return Guess(key=one.key, weight=round(weight, 2), evidence=tuple(evidence))
