"""What was promised until a moment came until that moment."""

from dataclasses import dataclass

from quality.rules.acts import substance
from quality.rules.outcomes import Answer, Outcome, Parameters, Span
from quality.rules.promises import HOUR, MINUTE, Promise, promises_of
from quality.rules.transcript import Transcript
from quality.rules.wording import phrases

CODE = "promise"
VERSION = 1
RULE = (
    "A promise with a term (working time of the desk) is kept when an answer of substance, a transfer, a document or a "
    "verification comes before it is due. What came late or is not to be seen here is for a person to confirm."
)

ENOUGH = 3  # words of substance
LONG, WAITS = HOUR, 5 * MINUTE  # a longer promise is not kept by what is said at once
DEEDS = {"transferred", "document", "verified", "continued"}
LOOKED_AT = 20
_DONE = phrases(
    r"(?:уже )?(?:отправил[аи]?|направил[аи]?|выслал[аи]?|прислал[аи]?|перезвонил[аи]?|позвонил[аи]?|звонил[аи]?|"
    r"вернул[аи]?|перевел[аи]?|зачислил[аи]?|исправил[аи]?|"
    r"подготовил[аи]?|оформил[аи]?|сделал[аи]?|передал[аи]?|закрыл[аи]?|отменил[аи]?|подключил[аи]?|отключил[аи]?|"
    r"внес(?:л[аи])?|готов[аоы]?|"
    r"отправлен[аоы]?|зачислен[аоы]?|исправлен[аоы]?|закрыт[аоы]?|отменен[аоы]?)",
    r"(?:have|has|'ve|just|already|is|are) (?:\w{2,12} )?(?:sent|called|emailed|returned|refunded|fixed|prepared|"
    r"transferred|passed|forwarded|"
    r"cancelled|closed|corrected|done|ready)|(?:i|we) (?:sent|called|refunded|fixed|prepared|forwarded|cancelled|"
    r"closed|corrected)",
)


@dataclass(frozen=True)
class Kept:
    """What came of a promise: ``when`` it was answered on the clock, None when nothing was seen."""

    promise: Promise
    when: float | None = None
    place: Span | None = None

    @property
    def is_kept(self) -> bool:
        return self.when is not None and self.when <= self.promise.due

    @property
    def facts(self) -> dict[str, object]:
        came = None if self.when is None else round(self.when - self.promise.message.at)
        return {"words": self.promise.words, "term": round(self.promise.term), "came": came, "kept": self.is_kept}


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    promises = list(promises_of(transcript))[:LOOKED_AT]
    if not promises:
        return Outcome(Answer.NA, "nothing_promised")
    kept = [_kept(promise, transcript) for promise in promises]
    doubtful = [one for one in kept if not one.is_kept]
    facts = {"promises": [one.facts for one in doubtful or kept]}
    spans = tuple(span for one in doubtful or kept for span in _evidence(one))
    if not doubtful:
        return Outcome(Answer.PASS, "promise_kept", facts=facts, evidence=spans)
    reason = "promise_late" if any(one.when is not None for one in doubtful) else "promise_open"
    return Outcome(Answer.UNSURE, reason, facts=facts, evidence=spans)


def _evidence(one: Kept) -> list[Span]:
    said = Span(one.promise.message.seq, one.promise.start, one.promise.end)
    return [said, one.place] if one.place else [said]


def _kept(promise: Promise, transcript: Transcript) -> Kept:
    """The first thing after the promise that may have kept it."""
    since = promise.message
    moments = [(fact.at, None) for fact in transcript.facts if fact.kind in DEEDS and fact.seq > since.seq] + [
        (message.at, Span(message.seq, 0, len(message.text)))
        for message in transcript.staff_messages
        if message.seq > since.seq and _answers(promise, message.own_words, message.at)
    ]
    if not moments:
        return Kept(promise)
    when, place = min(moments, key=lambda one: one[0])
    return Kept(promise, when, place)


def _answers(promise: Promise, own_words: str, at: float) -> bool:
    """A call or money is not seen here, only the word that it was done."""
    if promise.is_elsewhere:
        return _DONE.search(own_words) is not None
    if promise.term > LONG and at - promise.message.at < WAITS:
        return False
    return substance(own_words) >= ENOUGH
