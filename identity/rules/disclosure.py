"""What an outgoing text would disclose about a borrower: sums, loans, documents, cards, phones, the fact of a debt.

It guards against haste, not against sabotage: who spells a sum in an unusual way gets through. Ordinary numbers pass:
times, dates, numbers of tickets, laws, the lender's own phone, percentages, working days.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from identity.rules.pii import find_cards, find_passports

KINDS = ("sum", "loan", "passport", "card", "account", "phone", "birth_date", "debt")

SPACE = "[ \\u00a0\\u2009\\u202f\\t]"
NUMBER = rf"\d{{1,3}}(?:{SPACE}\d{{3}})+(?:[.,]\d{{1,2}})?|\d{{1,3}}(?:,\d{{3}})+(?:\.\d{{1,2}})?|\d+(?:[.,]\d{{1,2}})?"
THOUSANDS = rf"(?:{SPACE}?(?:тыс(?:\.|яч\w{{0,3}})?|млн\.?|миллион\w{{0,3}}|thousand|k)(?!\w))?"
ROUBLES = r"(?:₽|руб(?:\.|л\w{1,4})?(?!\w)|р\.?(?!\w)|rub(?:les?)?(?!\w)|roubles?(?!\w)|коп(?:\.|е\w{1,3})(?!\w))"
_SUM = re.compile(rf"(?<![\d-])(?:{NUMBER}){THOUSANDS}{SPACE}?{ROUBLES}|(?:₽|RUB){SPACE}?(?:{NUMBER})", re.IGNORECASE)
_SPELT_SUM = re.compile(
    r"\b(?:(?:од[ин]н\w{0,2}|дв[аеу]\w{0,3}|тр[иё]\w{0,4}|четыр\w{0,4}|пят\w{1,8}|шест\w{1,8}|сем\w{1,8}|восем\w{1,8}|"
    r"девят\w{1,8}|десят\w{0,4}|сорок\w{0,1}|сто|сотн?\w{0,2}|тысяч\w{0,3})[ \u00a0-]+){1,8}(?:руб\w*|₽)",
    re.IGNORECASE,
)
_OWED = re.compile(
    r"\b(?:долг\w{0,3}|задолженност\w{1,2}|остат(?:ок|к\w{1,2})|переплат\w{1,2}|сумм\w{1,2}|к оплате|к возврату|"
    r"процент(?:ы|ов|ам|ами|ах)|пен[ияюей]\w?|штраф\w{0,2}|плат[её]ж\w{0,3}|балан[сc]\w{0,2}|"
    r"debt|balance|amount|you owe|overpaid|overpayment|interest|fine|penalty|payment)"
    rf"[^.!?\d\n]{{0,25}}(?<![\d№#.-])(?P<n>\d{{1,3}}(?:{SPACE}\d{{3}})+|\d{{4,7}})(?:,\d{{2}})?(?![\d%]|[.,:/-]\d|{SPACE}?(?:%|год|г\.))",
    re.IGNORECASE,
)
_LOAN = re.compile(r"(?<![\d-])\d{2}-\d{6}(?![\d-])")
_NAMED_LOAN = re.compile(
    r"\b(?:за[йе]м\w{0,3}|договор\w{0,2}|кредит\w{0,2}|loan|agreement|contract)"
    r"[ \u00a0]{0,2}(?:займа[ \u00a0]{0,2})?(?:№|#|номер|number|no\.?|n)?[ \u00a0:]{0,3}"
    r"(?P<n>[A-Za-zА-Яа-я]{0,3}[-/]?\d{4,12}(?:[-/]\d{1,8})*)(?!\d)",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(r"(?<!\d)(?:\d[ \u00a0]?){19}\d(?!\d)")
_PHONE = re.compile(
    r"(?<![\d-])(?:\+?7|8)[ \u00a0]?[-(]?[ \u00a0]?\d{3}[ \u00a0]?[-)]?[ \u00a0]?\d{3}(?:[ \u00a0-]?\d{2}){2}(?!\d)"
)
_BIRTH = re.compile(
    r"(?:рожд\w{1,6}|родил\w{1,3}|born|birth)[^.!?\d\n]{0,20}(?P<n>\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2}))"
    r"|(?P<m>\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2})[ \u00a0]{0,2}(?:г\.?)?[ \u00a0]{0,2}(?:р\.|рожд)",
    re.IGNORECASE,
)
_DEBT = re.compile(
    r"\b(?:ваш\w{0,3}[ \u00a0](?:долг|задолженность|просрочка)\w{0,2}(?=[ \u00a0,.:—–-])|"
    r"у вас[ \u00a0](?:есть |действует |открыт[а-я]? |остал\w{1,3} |имеется |нет )?"
    r"(?:просрочк|задолженност|долг(?!о)|(?:открыт|действующ|закрыт|непогашенн)\w{2,3} за[йе]м)\w{0,3}|"
    r"ваш\w{0,3}[ \u00a0]за[йе]м\w{0,2}[ \u00a0](?:№[ \u00a0]?\S+[ \u00a0])?"
    r"(?:уже |пока |ещё |не |был |полностью ){0,2}"
    r"(?:закрыт|открыт|погашен|просрочен|выдан|продл[её]н|действует)\w{0,2}|"
    r"your (?:debt|overdue)|your loan (?:is|was|has been) (?:not )?(?:closed|open|active|overdue|paid|repaid|extended)|"
    r"you (?:have|had) (?:an? |no )?(?:(?:active|open|overdue|closed|outstanding) )?(?:loan|debt))",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://\S+")
_TICKET = re.compile(
    r"(?:заявк|обращени|запрос|тикет|ticket|request|письм)\w{0,4}[ \u00a0]?"
    r"(?:№|#|номер|number|no\.?)?[ \u00a0:]{0,2}\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Found:
    """One thing a text would disclose."""

    kind: str
    text: str
    start: int


def disclosures(text: str, *, allowed: Iterable[str] = ()) -> list[Found]:
    """Everything of a borrower's that this text names, in the order of its places, each place once.

    ``allowed`` are phones that may stand anywhere: the lender's own.
    """
    text = _ADDRESS.sub(lambda match: " " * len(match[0]), plain(text))
    free = {_digits(each) for each in allowed if _digits(each)}
    found: list[Found] = []
    taken: list[tuple[int, int]] = []
    for kind, start, end in _candidates(text):
        piece = text[start:end].strip()
        if any(start < to and from_ < end for from_, to in taken):
            continue
        taken.append((start, end))
        if kind != "phone" or not _same_phone(_digits(piece), free):
            found.append(Found(kind, piece, start))
    return sorted(found, key=lambda each: each.start)


def plain(text: str) -> str:
    """The text without what hides digits from a reader of bytes: full-width forms, invisible characters."""
    kinds = ((char, unicodedata.category(char)) for char in text)
    return "".join(str(unicodedata.decimal(char)) if kind == "Nd" else char for char, kind in kinds if kind != "Cf")


def _candidates(text: str) -> Iterator[tuple[str, int, int]]:
    """Kinds with their places, the surest first: where two overlap, the first one names it."""
    yield from (("card", *span) for span in find_cards(text))
    yield from (("account", *match.span()) for match in _ACCOUNT.finditer(text))
    yield from (("phone", *match.span()) for match in _PHONE.finditer(text))
    yield from (("sum", *match.span()) for match in _SUM.finditer(text))
    yield from (("sum", *match.span()) for match in _SPELT_SUM.finditer(text))
    yield from (("loan", *match.span()) for match in _LOAN.finditer(text) if not _is_ticket(text, match.start()))
    yield from (("loan", *match.span("n")) for match in _NAMED_LOAN.finditer(text))
    yield from (("sum", *match.span("n")) for match in _OWED.finditer(text) if not _is_ticket(text, match.start("n")))
    yield from (("passport", *span) for span in find_passports(text) if not _is_ticket(text, span[0]))
    yield from (("birth_date", *match.span("n" if match["n"] else "m")) for match in _BIRTH.finditer(text))
    yield from (("debt", *match.span()) for match in _DEBT.finditer(text))


def _is_ticket(text: str, start: int) -> bool:
    """Whether the number that stands here is named as one of ours."""
    return bool(_TICKET.search(text, max(0, start - 30), start))


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _same_phone(digits: str, free: set[str]) -> bool:
    """Equal to an allowed number, whether it begins with +7 or 8."""
    if not digits:
        return False
    return digits in free or (len(digits) == 11 and any(digits[1:] == each[-10:] for each in free if len(each) >= 10))
