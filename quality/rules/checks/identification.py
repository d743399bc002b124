"""What belongs to a loan is told only to whom the desk knows to be its borrower."""

import re
from collections.abc import Iterator

from quality.rules.outcomes import Answer, Outcome, Parameters, Span
from quality.rules.transcript import Message, Side, Transcript
from quality.rules.wording import phrases

CODE = "identification"
VERSION = 3
RULE = (
    "Before a sum of the debt, a contract number, a payment date or a balance is told, the desk has verified the "
    "borrower "
    "(signed in, or an identity decision), or staff asked for identity and the borrower answered with it. General "
    "terms "
    "and what the borrower wrote first do not count. A person confirms each finding."
)

_MONEY = r"\d{1,3}(?:[ ,\u00a0]?\d{3}){0,3}(?:[.,]\d{1,2})?\s?(?:₽|р\.|руб\w{0,5}|rub\w{0,4}|rur)"
_DATE = (
    r"(?:\d{1,2}\s(?:январ|феврал|март|апрел|ма[йя]|июн|июл|август|сентябр|октябр|ноябр|декабр)\w{0,2}|"
    r"\d{1,2}\.\d{2}(?:\.\d{2,4})?|"
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december)\s\d{1,2}|"
    r"\d{1,2}(?:th|st|nd|rd)?\s"
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december))"
)
_DEBT = (
    r"(?:долг\w{0,2}|задолженност\w{1,2}|просрочк\w{1,2}|остат\w{1,3}|баланс\w{0,2}|основн\w{2,3}\sдолг\w{0,2}|"
    r"плат[её]ж\w{0,2}|"
    r"за[йе]м\w{0,2}|сумм\w{1,2}\s(?:долга|займа|платежа|задолженности|к\sоплате|погашения)|к\s(?:оплате|погашению|"
    r"возврату|списанию)|"
    r"начислен\w{1,3}|процент\w{1,3}|(?:полно\w{2}\s|досрочн\w{2,3}\s)?(?:закры(?:ть|ти[яею])|погаси(?:ть|те)|погашени[яею])|"
    r"(?:нужно|надо|необходимо|осталось|остается)\s(?:внести|оплатить|заплатить|погасить|вернуть)|"
    r"(?:pay|paying)\s(?:it\s|the\sloan\s|your\sloan\s)?off|close\s(?:it|the\sloan|your\sloan|early)|owe|debt|balance|outstanding|overdue|instal?lment|amount\sdue|(?:your|"
    r"next)\spayment|you\sowe|owing|due|"
    r"списани[еяй]|пен[яию]|вс[яю]\sсумм[ау]|(?:полная|полную|итоговая|оставшаяся|оставшуюся)\sсумм[ау]|сегодня\sэто|"
    r"charges?|interest|(?:whole|full|total|remaining)\s(?:sum|amount)|today\sit(?:\sis|'s))"
)
_OWN = phrases(
    r"ваш\w{0,4}|у вас|вам|за вами|вы должны|по (?:вашему|договору|займу|данному)|your|you owe|you have|on the loan|"
    r"задолженност\w{1,2} (?:составля\w{2,3}|на сегодня|равн\w{1,2})|(?:долг|остаток|просрочка|баланс) "
    r"(?:составля\w{2,3}|на сегодня|равен|-)|"
    r"(?:сумма|итого) (?:долга|к оплате|задолженности|к погашению|погашения|платежа)|"
    r"(?:дата|срок) (?:вашего |следующего |очередного |ближайшего )?(?:платежа|погашения|возврата)|(?:следующий|"
    r"очередной|ближайший) платеж|"
    r"(?:для|чтобы) (?:\w{2,20} ){0,2}(?:закры(?:ть|тия)|погаси(?:ть|те)|погашения)|"
    r"(?:закрыт\w{1,2}|погашени\w) (?:займа )?"
    r"(?:сегодня )?(?:нужно|необходимо|потребуется)|(?:осталось|остается|нужно|надо|необходимо) "
    r"(?:внести|оплатить|заплатить|погасить|вернуть)|остаток (?:займа|долга)|"
    r"(?:the|remaining|current) balance|to (?:pay (?:it |the loan )?off|close (?:it|the loan))|"
    r"next payment|amount due|outstanding balance|(?:current|remaining) (?:debt|balance)",
    r"вижу|видим|подтверждаю|подтверждаем|(?:платеж|списани[ея]|перевод|оплата)(?: [^.!?\n]{2,30})? "
    r"(?:поступил[аи]?|прош(?:ел|ла|ло|ли)|учтен[аоы]?|зачислен[аоы]?|получен[аоы]?)|прош(?:ел|ла|ло|ли) "
    r"(?:\w{2,12} )?(?:платеж|списани[ея])|(?:оплатить|внести|заплатить|погасить|уплатить) "
    r"(?:проценты|пеню|пени|штраф)|"
    r"(?:вс[яю]|полная|полную|итоговая|оставшаяся|оставшуюся) сумм[ау]|на сегодня|сегодня это",
    r"(?:i|we) (?:can )?see|(?:the|this|that) (?:payment|charge) (?:came|arrived|was (?:received|posted|made))|"
    r"pay (?:the |your )?interest|(?:the )?(?:whole|full|total|remaining) (?:sum|amount)|today it(?: is|'s)",
)
_GENERAL = phrases(
    r"(?:до|от|не более|не менее|минимальн\w{2,3}|максимальн\w{2,3}|лимит\w{0,2}) \d[\d\s]{0,9}(?:₽|руб\w{0,5}|р)?",
    r"по тариф\w{1,3}|тариф\w{0,3}|первый займ|новым клиентам|любо[йегм]\w{0,2}|обычно|как правило|в среднем|"
    r"например|к примеру|стоимость услуги|комисси[яию]|"
    r"для всех|все клиенты|займы до|условия займа",
    r"(?:up to|from|at least|at most|minimum|maximum) (?:rub )?\d[\d\s,]{0,9}|usually|for example|e\.g|on average|"
    r"as a rule|first loan|tariffs?|fee|commission",
)
_SUM = re.compile(rf"(?:{_DEBT}[^.!?\n]{{0,60}}?(?P<sum>{_MONEY})|(?P<before>{_MONEY})[^.!?\n\d]{{0,30}}?{_DEBT})")
_CONTRACT = re.compile(
    r"(?:договор\w{0,3}|за[йе]м\w{0,2}|contract|agreement|loan)\s{0,2}(?:займа\s{0,2})?(?:№|#|номер|number|no\.?|"
    r"n)\s{0,2}"
    r"(?P<contract>[a-zа-я]{0,4}[-/]?\d[\w/-]{3,20})"
)
_PAYMENT = (
    r"(?:плат[её]ж\w{0,2}|списани[ея]|погас\w{2,6}|возврат\w{0,2}|внести|оплат\w{1,4}|payment|charges?|due|"
    r"repay\w{0,4}|pay)"
)
_PAYMENT_DAY = re.compile(
    rf"(?:{_PAYMENT}[^.!?\n]{{0,50}}?(?P<day>{_DATE})|(?P<before>{_DATE})\s(?:прош|поступ)[^.!?\n\d]{{0,30}}?{_PAYMENT})"
)
_HINT = re.compile(r"\d")
_ASKED = phrases(
    r"(?:назовите|укажите|напишите|сообщите|уточните|подскажите|пришлите|подтвердите|продиктуйте)(?: \w{1,20}){0,4} "
    r"(?:фио|фамили\w{1,2}|имя|полное имя|дат\w рождения|паспорт\w{0,4}|последние|номер договора|номер займа|"
    r"телефон|личность|кодовое слово)",
    r"(?:ваши|ваше) (?:фио|полное имя|фамилия|дата рождения)|для (?:идентификации|подтверждения личности|проверки "
    r"личности)|как вас зовут полностью",
    r"(?:tell|give|send|confirm|provide|state|what is)(?: \w{1,20}){0,4} (?:full name|surname|last name|date of "
    r"birth|contract number|loan number|phone|identity)",
)
_ANSWERED = re.compile(r"\d{2,}|[A-ZА-ЯЁ][a-zа-яё]{1,30}\s{1,3}[A-ZА-ЯЁ][a-zа-яё]{1,30}")


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    told = list(_disclosed(transcript))
    if not told:
        return Outcome(Answer.NA, "nothing_told")
    first = told[0]
    known_from = transcript.identified_from
    if known_from is not None and known_from < first.seq:
        return Outcome(Answer.PASS, "identified", facts={"by": "desk"}, evidence=(first,))
    if proof := _proved_in_words(transcript, first.seq):
        return Outcome(Answer.PASS, "identified", facts={"by": "words"}, evidence=(*proof, first))
    return Outcome(Answer.FAIL, "told_to_unknown", evidence=tuple(told[:5]))


def _disclosed(transcript: Transcript) -> Iterator[Span]:
    """What staff told of a loan that the borrower had not written before."""
    written = ""
    for message in transcript.messages:
        if message.side == Side.BORROWER:
            written += _digits(message.folded) + " "
        elif _HINT.search(message.own_words):
            yield from (span for span in _told_in(message) if _digits(_words(message, span)) not in written)


def _told_in(message: Message) -> Iterator[Span]:
    words = message.own_words
    for start, end in message.sentences:
        sentence = words[start:end]
        if not _HINT.search(sentence):
            continue
        for match in _CONTRACT.finditer(sentence):
            yield Span(message.seq, start + match.start("contract"), start + match.end("contract"))
        if _GENERAL.search(sentence) or not _OWN.search(sentence):
            continue
        for match in _SUM.finditer(sentence):
            group = "sum" if match.group("sum") else "before"
            yield Span(message.seq, start + match.start(group), start + match.end(group))
        for match in _PAYMENT_DAY.finditer(sentence):
            group = "day" if match.group("day") else "before"
            yield Span(message.seq, start + match.start(group), start + match.end(group))


def _words(message: Message, span: Span) -> str:
    return message.folded[span.start : span.end]


def _digits(text: str) -> str:
    """The letters and digits alone: «17 640 ₽» is «17640»."""
    return "".join(letter for letter in text if letter.isdigit()) or text


def _proved_in_words(transcript: Transcript, before: int) -> tuple[Span, ...]:
    """Staff asked who it is, and the borrower's next words held digits or a name."""
    asked: Span | None = None
    for message in transcript.messages:
        if message.seq >= before:
            return ()
        if message.side == Side.STAFF:
            match = _ASKED.search(message.own_words)
            asked = Span(message.seq, match.start(), match.end()) if match else asked
        elif asked and (answer := _ANSWERED.search(message.text)):
            return asked, Span(message.seq, answer.start(), answer.end())
    return ()
