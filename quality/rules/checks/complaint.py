"""A complaint goes its way: apology, number, term, result or escalation, and the steps of its scenario."""

import re

from quality.rules.acts import APOLOGY, EMPATHY
from quality.rules.checks.empathy import Trigger, facts_of, first_discontent, first_said
from quality.rules.outcomes import Answer, Outcome, Parameters, Span, ending, first_match, span_of
from quality.rules.transcript import Message, Transcript
from quality.rules.wording import phrases

CODE = "complaint"
VERSION = 3
RULE = (
    "When the topic is a complaint or the borrower complains in words, answers hold an apology or understanding, the "
    "number it is registered under, a term, and a result or who decides now; steps of the complaint's scenario are "
    "marked "
    "done. A complaint nobody registered fails. "
    "When only the model or words of anger speak of a complaint, a person decides."
)

COMPLAINS = 0.7
NUMBER = re.compile(
    r"(?:обращени\w{1,3}|жалоб\w{1,3}|заявк\w{1,3}|заявлени\w{1,3}|претензи\w{1,3}|тикет\w{0,2}|регистрацион\w{2,7}|"
    r"номер\w{0,2}|complaint|request|ticket|case|reference|number)"
    r"[^.!?\n\d]{0,40}?(?:№|#|номер\w{0,2}|no\.?|number|is|-|:)?\s{0,2}(?P<number>[a-zа-я]{0,4}[-/]?\d[\d/-]{2,20})"
)
TERM = phrases(
    r"(?:в течение|не позднее|до|через|за|срок(?: ответа| рассмотрения)?(?: -)?(?: до)?) (?:\d{1,3}|одного|двух|"
    r"трех|пяти|десяти|пятнадцати|тридцати)"
    r"(?:-ти|-и)?(?: (?:рабочих|календарных|рабочего))? (?:минут\w{0,2}|час\w{0,2}|дн\w{1,3}|день|недел\w|суток)",
    r"(?:до|не позднее|к) \d{1,2}(?:[.:]\d{2}|\s[а-я]{3,8})(?:\.\d{2,4})?|(?:сегодня|завтра|до конца (?:дня|"
    r"недели))|в течение (?:часа|дня|суток|недели|месяца)",
    r"(?:within|in|by|before|up to) (?:the next )?(?:\d{1,3}|one|two|three|five|ten|fifteen|thirty)?(?: (?:business|"
    r"working|calendar))? ?(?:minutes?|hours?|days?|weeks?)|"
    r"by (?:tomorrow|today|the end of|monday|tuesday|wednesday|thursday|friday|\d{1,2})",
)
RESULT = phrases(
    r"(?:жалоб\w{1,2}|претензи\w{1,2}|обращени\w{1,2}|требовани\w{1,2}) (?:\w{2,20} ){0,2}(?:удовлетворен\w|"
    r"рассмотрен\w|отклонен\w|принят\w{0,2}|решен\w|закрыт\w|передан\w|зарегистрирован\w)|"
    r"(?:передал[аи]?|передам|передадим|передаю|направил[аи]?|направлю|направим|переключаю|перевожу|"
    r"эскалир\w{2,5})(?: \w{2,20}){0,4} "
    r"(?:руководител\w{1,2}|старшему|специалист\w{1,3}|отдел\w{0,2}|претензионн\w{2,4}|коллегам|служб\w{1,2}|на "
    r"рассмотрение|администрации)|"
    r"(?:исправил[аи]?|вернул[аи]?|верн(?:ем|у)|отменил[аи]?|пересчитал[аи]?|списал[аи]?|компенсир\w{2,5}|"
    r"удалил[аи]?|решил[аи]?|закрыл[аи]?|снял[аи]?)|"
    r"(?:решено|исправлено|устранен[аоы]?|отменен[аоы]?|пересчитан[аоы]?|возвращен[аоы]?)|(?:ответ|решение)(?: "
    r"\w{2,20}){0,3} (?:придет|направ\w{2,4}|поступит|пришлем|получите)",
    r"(?:has been|was|is|have been|were) (?:\w{2,12} )?(?:resolved|solved|fixed|corrected|refunded|cancelled|"
    r"registered|escalated|passed|forwarded|upheld|rejected)|"
    r"(?:i|we)(?:'ve| have|'ll| will)? (?:\w{2,12} )?(?:escalate\w?|forward\w{0,3}|pass\w{0,3}|transfer\w{0,4}|"
    r"refund\w{0,3}|fix\w{0,3}|correct\w{0,3}|resolve\w?|cancel\w{0,4})|"
    r"you will (?:get|receive) (?:an answer|a reply|a response|the decision)",
)
REGISTERED = phrases(
    r"(?<!не\s)(?:зарегистрир(?:ован\w{0,2}|овал[аи]?|овали|ую|уем)|завел[аи]? обращение|"
    r"(?:обращение|жалоба|претензия) "
    r"принят[ао])",
    r"(?:has been|have been|is|was|i've|we've|i have|we have|i|we) (?:now )?(?:registered|logged)",
)
_NEGATED_BEFORE = re.compile(r"(?<!\w)(?:не|ничего не|not|never|cannot)\s(?:\w{1,12}\s)?$")
_NEGATED_WITHIN = re.compile(r"(?<!\w)(?:не|not|never|cannot)\s")
PARTS = ("apology", "number", "term", "result")


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    trigger = first_said(transcript, "complaint") or _anger(transcript)
    by_topic = transcript.is_complaint or transcript.topic in parameters.get("topics", ())
    by_words = trigger is not None and trigger.is_said and trigger.kind == "complaint"
    by_model = _by_model(transcript)
    if not (by_topic or by_words or by_model or (trigger is not None and _model_is_missing(transcript))):
        return Outcome(Answer.NA, "no_complaint")
    found_since = trigger.message.seq if trigger and not by_topic else 0
    found = _found(transcript, found_since)
    missing = [part for part in PARTS if part not in found] + _steps_left(transcript, by_topic)
    facts = (facts_of(trigger, transcript) if trigger else {}) | {"missing": missing, "found": list(found)}
    spans = (*((trigger.span,) if trigger else ()), *found.values())
    if not missing:
        return Outcome(Answer.PASS, "complaint_handled", facts=facts, evidence=spans)
    if not (by_topic or by_words):
        return Outcome(Answer.UNSURE, "perhaps_complaint", facts=facts, evidence=_placed(spans, transcript))
    registered = "number" in found or first_match(_said_since(transcript, found_since), REGISTERED) is not None
    verdict = Answer.PARTIAL if registered else Answer.FAIL
    return Outcome(verdict, "complaint_unfinished", facts=facts, evidence=_placed(spans, transcript))


def _anger(transcript: Transcript) -> Trigger | None:
    """Discontent that may mean a complaint; being annoyed with how one is served does not."""
    found = first_discontent(transcript)
    return first_said(transcript, "anger") if found and found.kind == "annoyance" else found


def _model_is_missing(transcript: Transcript) -> bool:
    """Without a model anger alone cannot be told from a complaint."""
    return transcript.aids.complaint is None


def _by_model(transcript: Transcript) -> bool:
    model = transcript.aids.complaint
    if model is None:
        return False
    return any(model.probability(message.text) >= COMPLAINS for message in transcript.borrower_messages)


def _found(transcript: Transcript, since: int) -> dict[str, Span]:
    """The place of each part that staff said after the complaint."""
    said = _said_since(transcript, since)
    apology = first_match(said, APOLOGY) or first_match(said, EMPATHY)
    parts = {"apology": apology, "number": first_match(said, NUMBER)}
    parts |= {"term": first_match(said, TERM), "result": _result(said)}
    transferred = any(fact.kind == "transferred" and fact.seq > since for fact in transcript.facts)
    if transferred and parts["result"] is None and said:
        parts["result"] = ending(said[-1])
    return {part: span for part, span in parts.items() if span is not None}


def _said_since(transcript: Transcript, since: int) -> list[Message]:
    return [message for message in transcript.staff_messages if message.seq > since]


def _result(said: list[Message]) -> Span | None:
    """Where a result stands; «не вернём» is none."""
    for message in said:
        for match in RESULT.finditer(message.own_words):
            before = message.own_words[max(0, match.start() - 30) : match.start()]
            if not _NEGATED_BEFORE.search(before) and not _NEGATED_WITHIN.search(match.group()):
                return span_of(message, match)
    return None


def _steps_left(transcript: Transcript, by_topic: bool) -> list[str]:
    """Steps of the scenario nobody marked done."""
    if not by_topic:
        return []
    return [
        (step.text_en if transcript.language == "en" else step.text_ru)
        for step in transcript.scenario
        if not step.is_done
    ]


def _placed(spans: tuple[Span, ...], transcript: Transcript) -> tuple[Span, ...]:
    """Evidence of something that is missing ends with the place where it should stand."""
    return (*spans, ending(transcript.staff_messages[-1])) if transcript.staff_messages else spans
