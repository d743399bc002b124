"""Every question of the borrower is answered."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from quality.rules.acts import substance
from quality.rules.outcomes import Answer, Outcome, Parameters, Span
from quality.rules.russian import lemmas
from quality.rules.transcript import Block, Message, Side, Transcript
from quality.rules.wording import phrases

CODE = "questions"
VERSION = 3
RULE = (
    "For each question of the borrower the next two blocks of answers hold at least three words beside greeting, "
    "«one minute» and goodbye, and the borrower does not ask the same again: its normal forms without stop words "
    "are 88 of 100 alike. A request without a question mark is a question that one word of substance answers. "
    "Threats, rude sentences and what staff said before word for word are no answer. Who says that no answer came, "
    "calls for one, or asks by the same question word before any came asks again; what was asked again fails."
)

ENOUGH = 3  # words of substance
CALLED_AFTER = 120  # seconds after which «ну что там?» is asking again, not haste
AGAIN = 88  # of 100: how alike a question is that is asked again
LOOKED_AT = 40  # questions of a conversation
MODEL_DENIES, MODEL_SEES = 0.2, 0.9
_ASKS = phrases(
    r"\A(?:а |и |ну |или |так |скажите,? |подскажите,? |пожалуйста,? |здравствуйте[,.!]? |добрый день[,.!]? ){0,4}"
    r"(?:как(?:ой|ая|ие|ую|ого|им)?|когда|где|куда|откуда|сколько|почему|зачем|кто|кому|чем|чей|что (?:делать|мне|"
    r"будет|нужно|дальше|с|такое|значит)|"
    r"можно ли|могу ли|можете ли|есть ли|нужно ли|надо ли|будет ли|правда ли|верно ли|подскажите|скажите)",
    r"\A(?:and |so |but |hello[,.!]? |hi[,.!]? |please,? ){0,3}(?:how (?:much|many|long|do|can|to|is)|when (?:is|"
    r"will|do|can|does)|where (?:is|do|can|are)|"
    r"what (?:is|are|do|does|should|happens|will)|why (?:is|do|does|did|was)|who (?:is|can)|which|can i|may i|could "
    r"you tell|do i|does it|is it|is there|will it)",
)
_REQUESTS = phrases(
    r"\A(?:а |и |ну |так |прошу(?: вас)?,? |пожалуйста,? |здравствуйте[,.!]? |добрый день[,.!]? ){0,4}"
    r"(?:пришлите|вышлите|отправьте|объясните|поясните|расскажите|сообщите|уточните|проверьте|помогите|дайте)"
    r"(?: мне| нам)?(?:,? пожалуйста,?)? \w{2,20}",
    r"\A(?:and |so |but |hello[,.!]? |hi[,.!]? ){0,3}(?:please|kindly|could you please) (?:send|resend|tell|explain|"
    r"give|check|confirm|provide|help|let me know|cancel)(?: \w{1,20})",
    r"\A(?:send|tell|give) me,? (?:\w{1,20},? ){1,8}please",
)
_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "а и но же ли бы ну вот так то да нет в во на с со к ко у о об от до за из по для при я мы вы ты он она оно "
        "они мой ваш наш свой мне меня нам нас вам вас это этот тот уже еще все там тут пожалуйста скажите подскажите "
        "the a an of to in on at for my your our me us you i we it is are do does did and so but please",
    )
)
_NOT_ASKING = phrases(
    r"\A[\s\W]{0,5}(?:а |и |ну ){0,2}(?:да|нет|правда|точно|серьезно|что|чего|как|ау|алло|эй|хорошо|ладно|ок|"
    r"понятно|вы (?:тут|здесь|там|еще (?:тут|здесь))|"
    r"есть кто|кто-нибудь(?: тут| здесь)?|можно (?:задать )?вопрос|можно спросить|как дела|как ваши дела|really|"
    r"right|ok|hello|anyone(?: here| there)?|"
    r"are you (?:there|here|still there|still here)|can i ask (?:a question|something|you something)|how are "
    r"you)[\s\W]{0,5}\Z",
)
_RHETORICAL = phrases(
    r"(?:а |и )?(?:зачем|почему) (?:вы )?(?:вообще )?(?:нужны|существуете|так)|(?:вы )?(?:издеваетесь|шутите|"
    r"смеетесь)|сколько можно|"
    r"are you (?:kidding|joking|serious)",
)
_REBUKES = phrases(
    r"(?:вы|мне)(?: \w{2,12}){0,2} не ответили|не ответили(?: мне)? на|"
    r"(?:я )?(?:вообще |совсем )?(?:не |о |об |про )(?:про |о |об )?(?:\w{2,20} ){1,2}(?:спрашиваю|спрашивал[аи]?)|"
    r"это не ответ|читаете,? что я|(?:не поняли|неправильно поняли)(?: мой| меня,? мой)? вопрос",
    r"you (?:didn't|did not|haven't|have not|never)(?: \w{2,12})? answer(?:ed)?|"
    r"(?:that's|that is|this is) not (?:what i asked|an answer|my question)|"
    r"i (?:didn't|did not) ask (?:about|that|for)|"
    r"(?:did|do) you(?: even)? read",
)
_REMINDERS = phrases(
    r"\A[\s\W]{0,5}(?:ну |и |а |так ){0,3}(?:что там|как там|есть (?:новости|ответ)|ау|алло|где (?:вы|ответ)|"
    r"вы (?:еще )?(?:тут|здесь|там)|(?:я )?(?:все )?еще жду)[\s\W]{0,5}\Z",
    r"\A[\s\W]{0,5}(?:any (?:news|updates?)|hello|anyone(?: here| there)?|are you (?:still )?(?:there|here)|"
    r"(?:i'm |i am )?still waiting)[\s\W]{0,5}\Z",
)
_QUESTION_WORD = phrases(
    r"когда|где|куда|откуда|сколько|почему|зачем|кто|какой|какая|какие|when|where|why|who|which|how (?:much|many|long)"
)
_YES_OR_NO = phrases(r"\A\W{0,3}(?:да|нет|верно|именно|конечно|yes|no|correct|exactly|right)")
_NO_ANSWER = ("threats", "forbidden_wording")  # lexicons: a sentence with such words answers nothing
_CLAUSE = re.compile(r"[^.,;:!?…\n]+")
_WORD = re.compile(r"\w{2,}")


@dataclass(frozen=True)
class Question:
    """A question at its place, the words of substance that followed, and who repeated it."""

    message: Message
    span: Span
    substance: int
    had_reply: bool
    repeated_by: Span | None
    is_sure: bool
    enough: int = ENOUGH

    @property
    def trouble(self) -> str:
        """Why it counts as not answered; empty when it was answered."""
        if not self.had_reply:
            return "no_reply"
        if self.substance < self.enough:
            return "only_stock"
        return "asked_again" if self.repeated_by else ""


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    questions = questions_of(transcript)
    if not questions:
        return Outcome(Answer.NA, "no_questions")
    open_ones = [one for one in questions if one.trouble]
    facts = {"questions": len(questions), "open": [_told(one) for one in open_ones]}
    if not open_ones:
        return Outcome(Answer.PASS, "all_answered", facts=facts)
    spans = tuple(span for one in open_ones for span in (one.span, one.repeated_by) if span)
    if not any(one.is_sure for one in open_ones):
        return Outcome(Answer.UNSURE, "perhaps_unanswered", facts=facts, evidence=spans)
    is_minor = len(open_ones) == 1 and len(questions) > 1 and open_ones[0].trouble != "asked_again"
    verdict = Answer.PARTIAL if is_minor else Answer.FAIL
    return Outcome(verdict, "unanswered", facts=facts, evidence=spans)


def _told(question: Question) -> dict[str, str]:
    words = question.message.text[question.span.start : question.span.end].strip()
    return {"words": words[:80], "trouble": question.trouble}


def questions_of(transcript: Transcript) -> tuple[Question, ...]:
    """Every question of the borrower with what came of it."""
    found: list[tuple[int, Message, Span, bool]] = []
    for place, block in enumerate(transcript.blocks):
        if block.side == Side.BORROWER:
            for message in block.messages:
                found += [(place, message, span, sure) for span, sure in _asked_in(message, transcript)]
    found = found[:LOOKED_AT]
    return tuple(
        _question(transcript, one, [later for later in found[number + 1 :] if later[0] > one[0]])
        for number, one in enumerate(found)
    )


def _question(
    transcript: Transcript,
    asked: tuple[int, Message, Span, bool],
    later: list[tuple[int, Message, Span, bool]],
) -> Question:
    place, message, span, sure = asked
    blocks = transcript.blocks
    replies = [block for block in blocks[place + 1 : place + 4] if block.side == Side.STAFF][:2]
    said = _substance(transcript, (one for block in replies for one in block.messages), message.seq)
    words = _text(message, span)
    again = next((other for _, then, other, _ in later if _is_same(words, _text(then, other))), None)
    enough = 1 if _is_request(words.strip()) else ENOUGH
    if again is None and len(blocks) > place + 2:
        is_told = _substance(transcript, blocks[place + 1].messages, message.seq) >= enough
        again = _called_for(message, words, blocks[place + 2], is_told=is_told)
    return Question(message, span, said, bool(replies), again, sure, enough)


def _called_for(question: Message, asked: str, block: Block, *, is_told: bool) -> Span | None:
    """Where the borrower says that no answer came; or, when none did, calls for it or asks by the same word."""
    question_words = set(_QUESTION_WORD.findall(asked))
    for message in block.messages:
        words = message.own_words[:400]
        found = _REBUKES.search(words)
        if found is None and not is_told and message.at - question.at >= CALLED_AFTER:
            found = _REMINDERS.search(words)
        if found is None and not is_told:
            found = next((one for one in _QUESTION_WORD.finditer(words) if one.group() in question_words), None)
        if found:
            return Span(message.seq, found.start(), found.end())
    return None


def _substance(transcript: Transcript, messages: Iterable[Message], asked_at: int) -> int:
    """Words of substance, counted until there are enough."""
    before = [one.own_words for one in transcript.staff_messages if one.seq < asked_at]
    said = 0
    for message in messages:
        if not _is_repeated(message.own_words, before):
            said += substance(_decent(transcript, message))
        if said >= ENOUGH:
            break
    return said


def _is_repeated(own_words: str, before: list[str]) -> bool:
    """Whether staff said all of it before the question, word for word; «yes» and «no» confirm, which is an answer."""
    clauses = _clauses(own_words[:1000])
    if not before or not all(any(clause in words for words in before) for clause in clauses):
        return False
    said = {clause for words in before for clause in _clauses(words[:1000])}
    return clauses <= said and _YES_OR_NO.match(own_words) is None


@lru_cache(maxsize=4096)
def _clauses(words: str) -> frozenset[str]:
    return frozenset(clause for one in _CLAUSE.findall(words) if (clause := one.strip()))


def _decent(transcript: Transcript, message: Message) -> str:
    """Its words without sentences that threaten or insult."""
    words = message.own_words
    said = (one for name in _NO_ANSWER for one in transcript.aids.lexicon(name).search(words))
    found = [one.start for one in said if one.phrase.severity != "minor" and one.phrase.kind != "guarantee"]
    for start, end in message.sentences if found else ():
        if any(start <= at < end for at in found):
            words = words[:start] + " " * (end - start) + words[end:]
    return words


def _asked_in(message: Message, transcript: Transcript) -> list[tuple[Span, bool]]:
    found = []
    model = transcript.aids.question
    for start, end in message.sentences:
        sentence = message.own_words[start:end].strip()
        has_sign = "?" in sentence
        if not _WORD.search(sentence) or (sentence.endswith("!") and not has_sign):
            continue
        is_asked = has_sign or _ASKS.match(sentence) is not None or _is_request(sentence)
        is_sure = is_asked
        if model is not None and len(sentence) < 500:
            probability = model.probability(sentence)
            is_sure = is_asked and probability > MODEL_DENIES
            is_asked = is_asked or probability >= MODEL_SEES
        if is_asked and not _is_idle(sentence):
            left = start + len(message.own_words[start:end]) - len(message.own_words[start:end].lstrip())
            found.append((Span(message.seq, left, end), is_sure))
    return found


def _is_request(sentence: str) -> bool:
    """«Пришлите, пожалуйста, справку»: wants a deed, and few words when it is done."""
    return "?" not in sentence and _REQUESTS.match(sentence) is not None


def _is_idle(sentence: str) -> bool:
    """A question that wants no answer: «Вы тут?», «Сколько можно?»"""
    return (len(sentence) < 60 and _NOT_ASKING.match(sentence) is not None) or _RHETORICAL.search(sentence) is not None


def _text(message: Message, span: Span) -> str:
    return message.own_words[span.start : span.end][:400]


def _is_same(one: str, other: str) -> bool:
    """Whether the same is asked again, in any form and order of its words; a single word is too short to tell."""
    first, second = _normal_forms(one), _normal_forms(other)
    shorter = min(len(first), len(second))
    if shorter >= 3:
        return fuzz.token_set_ratio(" ".join(sorted(first)), " ".join(sorted(second)), score_cutoff=AGAIN) > 0
    if shorter == 2 and first == second:
        return True
    if min(len(_WORD.findall(one)), len(_WORD.findall(other))) < 3:
        return False
    return fuzz.token_set_ratio(one, other, score_cutoff=AGAIN) > 0


def _normal_forms(text: str) -> set[str]:
    """The words of a question in their first form, without stop words."""
    return {min(lemmas(word)) for word in _WORD.findall(text) if word not in _STOP_WORDS}
