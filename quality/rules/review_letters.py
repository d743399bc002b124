"""Letters that tell of public reviews: a site's notice, a digest, or one that was passed on. Never raises.

A review is taken where the letter says which words are the review: by labels («Автор: …», «Отзыв: …»), or in quotes or
paragraphs after a line that announces one. Where it does not say so nothing is guessed: a person reads the letter.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import unquote, urlsplit

from quality.rules.public_reviews import LONGEST, ReviewText, date_of
from tickets.rules.email.domains import KNOWN, ascii_domain, organisation, shown_domain

READ, LINES, MOST, LINKS = 100_000, 2_000, 50, 200  # characters, lines, reviews and links of one letter
OLDEST = 10 * 365  # days before the letter came: a day before that is a slip
SHORTEST = 3  # words of a review that no label names
LABELS = {
    "author": "автор|автор отзыва|имя|имя автора|пользователь|author|reviewer|user|name",
    "rating": "оценка|оценка автора|рейтинг|зв[её]зды|rating|stars|score",
    "written_on": "дата|дата отзыва|опубликовано?|date|posted|published",
    "url": "ссылка|ссылка на отзыв|адрес|адрес отзыва|link|url",
    "external_id": "номер отзыва|id отзыва|№ отзыва|review id|id",
    "source": "сайт|источник|площадка|site|source|platform",
    "title": "заголовок|заголовок отзыва|title",
    "text": "отзыв|текст|текст отзыва|комментарий|review|text|comment",
    "pros": "достоинства|плюсы|понравилось|pros|advantages",
    "cons": "недостатки|минусы|не понравилось|cons|disadvantages",
}
WRITTEN = ("title", "text", "pros", "cons")  # what the author wrote, in this order
LONG = {"text", "pros", "cons"}  # these go on over further lines
_NAMES = "|".join(f"(?P<{name}>{words})" for name, words in LABELS.items())
_LABEL = re.compile(rf"^[\s*•>|-]{{0,10}}(?:{_NAMES})\*{{0,2}}\s?:\s*(?P<value>.*)$", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s<>\"'()\[\]{}«»]{4,2000}", re.IGNORECASE)
_HREF = re.compile(r"href=[\"'](https?://[^\"'<>\s]{4,2000})[\"']", re.IGNORECASE)
_ABOUT_REVIEW = re.compile(r"review|otz[yi]v|response|feedback|отзыв|comment", re.IGNORECASE)
_NO_REVIEW = re.compile(r"unsubscri|отпис|otpis|settings|preferences|privacy|\.(?:png|gif|jpe?g|svg|css)(?:\?|$)", re.I)
_NUMBER = re.compile(r"(?:review|otz[yi]v|response|feedback)(?:[_/=-]|id|\.html)*(\d{3,20})(?!\d)", re.IGNORECASE)
_NUMBER_IN_WORDS = re.compile(r"[\w-]{1,120}")
_ENDS = re.compile(
    r"^[\s*>|-]{0,10}(?:ответить|посмотреть|перейти|открыть|читать|подробнее|пожаловаться|отписаться|вы получили|"
    r"это письмо|письмо (?:создано|отправлено)|с уважением|ваша команда|команда |reply to|view |see |read (?:more|the)|"
    r"open |unsubscribe|you (?:received|are receiving|got)|this (?:e-?mail|letter|message)|best regards|"
    r"kind regards|sincerely|the .{1,40} team\b|--\s*$|_{5,}|-{5,}|©)",
    re.IGNORECASE,
)
_TELLS = re.compile(
    r"(?:остав\w+|написал\w*|опубликовал\w*|добавил\w*|нов(?:ый|ого|ом)|получен\w*)(?:\(а\))? "
    r"(?:[\w«»\"-]+ ){0,3}отзыв|"
    r"(?:left|wrote|posted|added|published|new|received) (?:[\w-]+ ){0,3}review",
    re.IGNORECASE,
)
_WHO_TELLS = re.compile(
    r"^(?:пользователь |клиент |user )?(.{2,60}?) "
    r"(?:оставил|написал|опубликовал|добавил|left |wrote |posted |published )",
    re.IGNORECASE,
)
_GREETS = re.compile(r"^(?:здравствуйте|добрый|уважаем|привет|hello|hi\b|dear|good )[^.]{0,60}$", re.IGNORECASE)
_QUOTED = re.compile(r"«([^«»]{15,20000})»|“([^“”]{15,20000})”|\"([^\"]{15,20000})\"")
_OF_TEN = re.compile(r"(?:/|\bиз|\bof)\s?(?:10|100)\b", re.IGNORECASE)
_OF_FIVE = re.compile(r"(?<![\d.,])([1-5])(?:[.,]0)?\s?(?:/|из|of|out of)\s?5(?!\d)", re.IGNORECASE)
_STARS = re.compile(r"(?<![\d.,])([1-5])[\s-]?(?:★|⭐|зв[её]зд|балл|stars?\b)", re.IGNORECASE)
_BARE = re.compile(r"([1-5])(?:[.,]0)?")
_DAY = re.compile(r"(\d{1,2})\s+([а-яa-z]{3})[а-яa-z.]{0,10}\s+(\d{4})", re.IGNORECASE)
_MONTHS = (
    *("янв jan", "фев feb", "мар mar", "апр apr", "мая май may", "июн jun", "июл jul", "авг aug", "сен sep"),
    *("окт oct", "ноя nov", "дек dec"),
)


@dataclass(frozen=True)
class Told:
    """A letter as it is read here. ``own`` is the domain of the mailbox: whoever writes from there is no site."""

    subject: str
    text: str
    html: str
    sender: str
    own: str
    came_on: date


@dataclass(frozen=True)
class Found:
    """What a letter held: on which site, which reviews."""

    source: str
    reviews: tuple[ReviewText, ...]


@dataclass
class _Block:
    """What is said of one review."""

    said: dict[str, list[str]] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)

    def value(self, name: str) -> str:
        return "\n".join(self.said.get(name, [])).strip()

    @property
    def has_words(self) -> bool:
        return any(self.value(name) for name in LONG)


def read_review_letter(told: Told) -> Found | None:
    """The site and the reviews the letter tells of; None when it does not say which words are one, or of which site."""
    lines = [line.strip() for line in told.text[:READ].split("\n")[:LINES]]
    blocks = [block for block in _labelled(lines) if block.has_words]
    if not blocks and (announced := _announced(told, lines)) is not None:
        blocks = [announced]
    links = _links(told)
    if len(blocks) == 1 and not _url(blocks[0].links, told):
        blocks[0].links.extend(links)
    said = next((block.value("source") for block in blocks if block.value("source")), "")
    source = said or _site(next(filter(None, (_url(block.links, told) for block in blocks)), ""), told)
    if not blocks or not source:
        return None
    return Found(source=source[:60], reviews=tuple(_review(block, told) for block in blocks[:MOST]))


def _labelled(lines: Sequence[str]) -> list[_Block]:
    """One block for each review: it ends where something is said for a second time."""
    blocks, current = [_Block()], ""
    for line in lines:
        links = _LINK.findall(line)
        label = _LABEL.match(line)
        if label is not None:
            current = next(name for name in LABELS if label[name])
            if blocks[-1].said.get(current) and blocks[-1].has_words:
                blocks.append(_Block())
            value = label["value"].strip()
            is_half = current in {"pros", "cons"}  # without its label nobody knows which
            blocks[-1].said[current] = [line.lstrip(" *•>|-") if is_half else value] if value else []
        elif _ENDS.match(line) or (links and line == links[0]):
            current = ""
        elif current and (line or current in LONG):
            blocks[-1].said[current].append(line)
        if current and current not in LONG and blocks[-1].value(current):
            current = ""
        blocks[-1].links.extend(links)
    return blocks


def _announced(told: Told, lines: Sequence[str]) -> _Block | None:
    """A review without labels: in quotes, or the paragraphs after the line that tells of it."""
    telling = next((number for number, line in enumerate(lines) if _tells(line)), None)
    if telling is None and not _TELLS.search(told.subject):
        return None
    below = list(lines[0 if telling is None else telling :])
    quoted = _QUOTED.search("\n".join(below))
    words = next(filter(None, quoted.groups())) if quoted else _paragraphs(below if telling is None else below[1:])
    if len(words.split()) < SHORTEST:
        return None
    about = [told.subject, *(line for line in lines if line and line not in words)]
    block = _Block({"text": [words]})
    author = next(filter(None, (_WHO_TELLS.match(line) for line in about if _TELLS.search(line))), None)
    if author is not None and len(author[1].split()) <= 4:
        block.said["author"] = [author[1].strip(' «»"“”,')]
    rating = next(filter(None, (_rating(line) for line in about)), None)
    block.said["rating"] = [str(rating)] if rating else []
    return block


def _tells(line: str) -> bool:
    return len(line) < 300 and bool(_TELLS.search(line) or "★" in line or "⭐" in line)


def _paragraphs(lines: Iterable[str]) -> str:
    """What stands there until the letter speaks of itself again."""
    kept: list[str] = []
    for line in lines:
        if kept and (_ENDS.match(line) or _LINK.match(line)):
            break
        if not kept and (not line or _GREETS.match(line) or _tells(line) or _rating(line) or _ENDS.match(line)):
            continue
        kept.append(line)
    return "\n".join(kept).strip()


def _review(block: _Block, told: Told) -> ReviewText:
    rating = block.value("rating")
    written = [(name, block.value(name)) for name in WRITTEN if block.value(name)]
    bare = _BARE.fullmatch(rating)
    url = _url([*_LINK.findall(block.value("url")), *block.links], told)
    number = _NUMBER_IN_WORDS.fullmatch(block.value("external_id")) or _NUMBER.search(unquote(url))
    return ReviewText(
        text="\n\n".join(words for _, words in written)[:LONGEST],
        written_on=_day(block.value("written_on"), told.came_on),
        author=block.value("author")[:120],
        rating=int(bare[1]) if bare else _rating(rating),
        url=url,
        external_id=number[number.re.groups][:120] if number else "",
    )


def _rating(words: str) -> int | None:
    """1…5 where a scale of five is meant beyond doubt."""
    full = sum(words.count(star) for star in "★⭐🌟")
    if full and not _STARS.search(words):
        return full if full <= 5 else None
    if _OF_TEN.search(words):
        return None
    found = _OF_FIVE.search(words) or _STARS.search(words)
    return int(found[1]) if found else None


def _day(words: str, came_on: date) -> date:
    """The day a letter names, if it can be; else the day it came."""
    found = date_of(words)
    if found is None and (named := _DAY.search(words.lower())) is not None:
        month = next((number for number, names in enumerate(_MONTHS, 1) if named[2] in names.split()), 0)
        try:
            found = date(int(named[3]), month, int(named[1]))
        except ValueError:
            found = None
    return found if found is not None and 0 <= (came_on - found).days <= OLDEST else came_on


def _links(told: Told) -> list[str]:
    found = [*_LINK.findall(told.text[:READ])[:LINKS], *_HREF.findall(told.html[: 10 * READ])[:LINKS]]
    return [link.replace("&amp;", "&") for link in found]


def _url(links: Iterable[str], told: Told) -> str:
    """Where the review stands: an address that speaks of reviews, else a page of whoever sent the letter."""
    pages = [link.rstrip(".,;:!?…") for link in links if not _NO_REVIEW.search(link)]
    pages = [link for link in pages if len(link) <= 500 and _host(link) and urlsplit(link).path.strip("/")]
    own = organisation(told.sender.rpartition("@")[2])
    of_site = (link for link in pages if organisation(_host(link)) == own)
    return next((link for link in pages if _ABOUT_REVIEW.search(unquote(urlsplit(link).path))), next(of_site, ""))


def _host(link: str) -> str:
    try:
        host = urlsplit(link).hostname or ""
    except ValueError:
        return ""
    return host if "." in host.strip(".") else ""


def _site(url: str, told: Told) -> str:
    """The site's name: by the review's address, else by the sender, unless that is a colleague or a person's mail."""
    if url:
        return shown_domain(organisation(_host(url)))
    sender = organisation(ascii_domain(told.sender.rpartition("@")[2]))
    is_person = not sender or sender == organisation(told.own) or sender in {organisation(each) for each in KNOWN}
    return "" if is_person else shown_domain(sender)
