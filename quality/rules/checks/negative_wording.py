"""Who says «no» says what is possible instead."""

import re
from bisect import bisect_right

from quality.rules.acts import APOLOGY
from quality.rules.checks._lexical import Said, facts_of, said_by_staff
from quality.rules.outcomes import Answer, Outcome, Parameters
from quality.rules.transcript import Transcript
from quality.rules.wording import phrases

CODE = "negative_wording"
VERSION = 2
RULE = (
    "After «не можем», «нельзя», «вы должны» a way out is named in the same sentence or the next one; "
    "«недопустимо» of what we apologise for is no refusal."
)

WAY_OUT = phrases(
    r"но|однако|зато|тем не менее|вместо этого|взамен|либо|или|иначе|поэтому|чтобы",
    r"(?:вы )?(?:можете|сможете)|(?<!не\s)(?:можно|возможно)|(?<!не\s)(?:могу|можем|готовы?) (?:вам )?"
    r"(?!понять|сказать|знать|ответить)[а-я]{2,20}(?:ть|ти|чь)(?:ся)?",
    r"предлага(?:ю|ем)|предлож(?:у|им)|рекоменду(?:ю|ем)|советуем|посовету(?:ю|ем)|давайте|попробуйте|"
    r"воспользуйтесь|достаточно",
    r"уточн(?:ю|им|яю|яем)|провер(?:ю|им|яю|яем)|узна(?:ю|ем)|выясн(?:ю|им)|передам|передадим|направ(?:лю|им)|"
    r"подготов(?:лю|им)|"
    r"верн(?:усь|емся)|свяж(?:усь|емся)|сообщ(?:у|им)|помог(?:у|ем)|сделаем|поищу|подбер(?:у|ем)",
    r"after that|but|however|instead|alternatively|or|otherwise|so that",
    r"(?:you|we|i) (?:can|could|may|are able to)|(?:i|we)(?:'ll| will)|let me|i suggest|i recommend|please|try|what "
    r"(?:i|we) can",
)


OF_OURSELVES = phrases(r"(?:это |так\w{2,3} )?(?:недопустимо|неприемлемо|исключено)", r"not (?:acceptable|possible)")


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    said = [
        one for one in said_by_staff(transcript, "negative_wording") if not _has_way_out(one) and not _is_apology(one)
    ]
    if not said:
        return Outcome(Answer.PASS, "no_bare_refusal")
    verdict = Answer.PARTIAL if len(said) == 1 else Answer.FAIL
    return Outcome(verdict, "bare_refusal", facts=facts_of(said), evidence=tuple(one.span for one in said))


def _has_way_out(said: Said) -> bool:
    """Whether the rest of the sentence, what stands before the phrase in it, or the next sentence offers something."""
    words = said.message.own_words
    parts = said.message.sentences
    place = bisect_right(parts, (said.found.start, len(words))) - 1
    if place < 0:
        return False
    last = parts[min(place + 1, len(parts) - 1)][1]
    return _offers(words, said.found.end, last) or _offers(
        words, max(parts[place][0], said.found.start - 600), said.found.start
    )


def _is_apology(said: Said) -> bool:
    """«Извините, такие звонки недопустимы»: a word about what we did, in the sentence of an apology."""
    words = said.message.own_words
    if not OF_OURSELVES.search(words, said.found.start, said.found.end):
        return False
    start, end = next((one for one in said.message.sentences if one[0] <= said.found.start < one[1]), (0, 0))
    return APOLOGY.search(words[start : min(end, start + 600)]) is not None


def _offers(words: str, start: int, end: int) -> bool:
    return WAY_OUT.search(re.sub(r"[\r\n]", " ", words[start : min(end, start + 600)])) is not None
