"""Promises with a term: «сообщим в течение часа», “I will write by 18:00”. When each is due, on the desk's clock."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from quality.rules.transcript import Message, Transcript
from quality.rules.wording import phrases
from tickets.rules.sla import Week

MINUTE, HOUR, DAY = 60, 3600, 86_400

_TO_ANSWER = (
    r"сообщ(?:у|им)|напиш(?:у|ем)|отвеч(?:у|им)|ответим|верн(?:усь|емся)|уточн(?:ю|им)|провер(?:ю|им)|узна(?:ю|ем)|"
    r"выясн(?:ю|им)|"
    r"посмотр(?:ю|им)|разбер(?:усь|емся)|решим|реш(?:у|им)|да(?:м|дим)(?: вам)? (?:ответ|знать)|подскаж(?:у|ем)|"
    r"расскаж(?:у|ем)|посчита(?:ю|ем)|"
    r"(?:i|we)(?:'ll| will| shall) (?:\w{2,12} )?(?:write|answer|reply|tell|let you know|get back|come back|check|"
    r"find out|update|look into|respond|inform|be back)"
)
_TO_ACT = (
    r"(?:пере|по)звон(?:ю|им)|(?:на|от)прав(?:лю|им)|вышл(?:ю|ем)|пришл(?:ю|ем)|верн(?:у|ем)|перевед(?:у|ем)|"
    r"зачислим|исправ(?:лю|им)|подготов(?:лю|им)|"
    r"оформ(?:лю|им)|сдела(?:ю|ем)|переда(?:м|дим)|свяж(?:усь|емся)|закро(?:ю|ем)|отмен(?:ю|им)|подключ(?:у|им)|"
    r"отключ(?:у|им)|внес(?:у|ем)|"
    r"(?:i|we)(?:'ll| will| shall) (?:\w{2,12} )?(?:call|send|email|e-mail|return|refund|fix|prepare|transfer|pass|"
    r"forward|cancel|close|correct|contact|do)"
)
_ANSWERS, _ACTS = phrases(_TO_ANSWER), phrases(_TO_ACT)
_NUMBERS = {
    **{
        "один": 1,
        "одну": 1,
        "одного": 1,
        "одной": 1,
        "пару": 3,
        "пары": 3,
        "пара": 3,
        "две": 2,
        "два": 2,
        "двух": 2,
        "три": 3,
        "трех": 3,
    },
    **{
        "четыре": 4,
        "пять": 5,
        "пяти": 5,
        "десять": 10,
        "десяти": 10,
        "пятнадцать": 15,
        "пятнадцати": 15,
        "двадцать": 20,
    },
    **{
        "тридцать": 30,
        "тридцати": 30,
        "несколько": 10,
        "нескольких": 10,
        "a": 1,
        "an": 1,
        "one": 1,
        "two": 2,
        "three": 3,
        "five": 5,
    },
    **{"ten": 10, "fifteen": 15, "thirty": 30, "few": 10, "couple": 3},
}
_NUMBER = rf"(?:\d{{1,3}}(?:\s?-\s?\d{{1,3}})?|{'|'.join(_NUMBERS)})"
_WITHIN = re.compile(
    rf"(?<!\w)(?:в\sтечени[ие]|через|за|спустя|не\sпозднее\s(?:чем\s)?через|within|in)\s(?:the\snext\s|"
    rf"ближайш\w{{2,3}}\s)?(?:a\s)?"
    rf"(?:(?P<number>{_NUMBER})\s(?:of\s)?)?"
    r"(?P<unit>полчаса|получаса|полутора\sчасов|мин\w{0,3}|час\w{0,2}|сут\w{1,2}|рабоч\w{2,3}\s(?:дн\w{1,3}|день)|"
    r"дн\w{1,3}|день|дней|недел\w|"
    r"half\san\shour|min\w{0,4}|hours?|(?:business|working)\sdays?|days?|weeks?)(?!\w)"
)
_UNTIL = re.compile(
    r"(?<!\w)(?:до|к|не\sпозднее|by|before|until)\s(?P<hour>\d{1,2})(?::(?P<minute>\d{2})|\s(?:час\w{1,2}|утра|вечера|дня|pm|am|p\.m|a\.m))(?!\d)"
)
_DAYS = re.compile(
    r"(?<!\w)(?:(?P<tomorrow>завтра|tomorrow)|(?P<after>послезавтра)|(?P<today>сегодня|"
    r"до\sконца\s(?:рабочего\s)?дня|к\sвечеру|today|by\sthe\send\sof\sthe\sday))(?!\w)"
)
_CONDITION = phrases(r"если|как только|когда|после того как|if|as soon as|once|when|unless")
UNITS = {
    **{
        "мин": MINUTE,
        "min": MINUTE,
        "час": HOUR,
        "hou": HOUR,
        "сут": DAY,
        "дн": DAY,
        "ден": DAY,
        "дне": DAY,
        "day": DAY,
    },
    **{"нед": 7 * DAY, "wee": 7 * DAY},
}
END_OF_DAY = time(23, 59, 59)


@dataclass(frozen=True)
class Promise:
    """What was promised where, and until which second of the desk's clock. ``is_elsewhere``: a call, a letter, "
    "money."""

    message: Message
    start: int
    end: int
    due: float
    is_elsewhere: bool

    @property
    def words(self) -> str:
        return self.message.text[self.start : self.end]

    @property
    def term(self) -> float:
        return self.due - self.message.at


def promises_of(transcript: Transcript) -> Iterator[Promise]:
    """The promises of staff, in order; what depends on a condition promises nothing yet."""
    for message in transcript.staff_messages:
        words = message.own_words
        if not (_ANSWERS.search(words) or _ACTS.search(words)):
            continue
        for start, end in message.sentences:
            if promise := _promise(transcript, message, start, end):
                yield promise


def _promise(transcript: Transcript, message: Message, start: int, end: int) -> Promise | None:
    sentence = message.own_words[start : min(end, start + 600)]
    acts, answers = _ACTS.search(sentence), _ANSWERS.search(sentence)
    verb = acts or answers
    if verb is None or _CONDITION.search(sentence):
        return None
    term = _term(transcript, message, sentence)
    if term is None:
        return None
    due, (left, right) = term
    return Promise(
        message=message,
        start=start + min(verb.start(), left),
        end=start + max(verb.end(), right),
        due=due,
        is_elsewhere=acts is not None,
    )


def _term(transcript: Transcript, message: Message, sentence: str) -> tuple[float, tuple[int, int]] | None:
    """When it is due on the desk's clock, and the words that say so."""
    if match := _WITHIN.search(sentence):
        seconds, in_days = _duration(match)
        due = _after_days(transcript, message, seconds // DAY, "рабоч" in match[0]) if in_days else message.at + seconds
        return (due, match.span()) if due is not None else None
    moment = message.moment
    if moment is None:
        return None
    until, day = _UNTIL.search(sentence), _DAYS.search(sentence)
    if not (until or day):
        return None
    local = moment.astimezone(transcript.week.zone) if transcript.week else moment
    due = transcript.on_clock(_moment(local, until, day))
    span = until.span() if until else day.span() if day else (0, 0)
    return None if due is None else (due, span)


def _duration(match: re.Match[str]) -> tuple[float, bool]:
    """Seconds, and whether they are whole days of the calendar."""
    unit = (
        match["unit"].replace("рабочих ", "").replace("рабочего ", "").replace("business ", "").replace("working ", "")
    )
    unit = unit.split()[-1] if unit.startswith("рабоч") else unit
    if unit in {"полчаса", "получаса", "half an hour"}:
        return HOUR / 2, False
    if unit.startswith("полутора"):
        return 1.5 * HOUR, False
    number = _number(match["number"])
    seconds = next((length for begin, length in UNITS.items() if unit.startswith(begin)), HOUR)
    return number * seconds, seconds >= DAY


def _number(words: str | None) -> int:
    """The last figure of a range: «5–10 минут» is ten."""
    if not words:
        return 1
    digits = re.findall(r"\d+", words)
    return int(digits[-1]) if digits else _NUMBERS.get(words, 1)


def _after_days(transcript: Transcript, message: Message, days: float, only_working: bool) -> float | None:
    """The end of the day so many days later."""
    if message.moment is None:
        return message.at + days * DAY
    local = message.moment.astimezone(transcript.week.zone) if transcript.week else message.moment
    day, left = local, min(int(days), 60)
    while left > 0:
        day += timedelta(days=1)
        left -= not only_working or works_on(transcript.week, day)
    return transcript.on_clock(datetime.combine(day.date(), END_OF_DAY, local.tzinfo))


def works_on(week: Week | None, day: datetime) -> bool:
    """Whether the desk answers on that day; without hours Saturday and Sunday are days off."""
    return day.weekday() in week.hours if week and week.hours else day.weekday() < 5


def _moment(local: datetime, until: re.Match[str] | None, day: re.Match[str] | None) -> datetime:
    """«завтра до 12:00», «до 18:00», «сегодня» as a moment of the wall clock."""
    ahead = 0 if day is None else 1 if day["tomorrow"] else 2 if day["after"] else 0
    date = local.date() + timedelta(days=ahead)
    if until is None:
        return datetime.combine(date, END_OF_DAY, local.tzinfo)
    hour = int(until["hour"]) % 24
    if hour < 12 and re.search(r"вечера|pm|p\.m|дня", until[0]):
        hour += 12
    moment = datetime.combine(date, time(hour, int(until["minute"] or 0) % 60), local.tzinfo)
    return moment if ahead or moment > local else moment + timedelta(days=1)
