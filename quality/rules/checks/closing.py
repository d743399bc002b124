"""A conversation ends with a polite goodbye."""

from quality.rules.outcomes import Answer, Outcome, Parameters, ending, first_match
from quality.rules.transcript import Side, Transcript
from quality.rules.wording import phrases

CODE = "closing"
VERSION = 1
RULE = "Words of goodbye stand in the last three answers, unless the borrower left without a word for half an hour."

LAST = 3  # answers looked at
LEFT_AFTER = 1800  # seconds
CLOSING = phrases(
    r"до свидан\w{1,3}|до встречи|до связи|всего (?:вам )?(?:самого )?(?:доброго|хорошего|наилучшего|лучшего)",
    r"(?:хорош|удачн|добр|приятн|прекрасн|замечательн|отличн|спокойн|чудесн)(?:ого|его|ых|их|ой|ей)"
    r"(?: вам)? (?:дня|вечера|утра|ночи|выходных|недели|настроения|пути|остатка дня)",
    r"(?:рад|рада|рады|были рады|было приятно)(?: был| была)?(?: вам)? (?:помочь|пообщаться|общению)",
    r"спасибо за (?:обращение|ожидание и обращение|ваше обращение|ваш вопрос|общение|письмо|ваше письмо|вопрос)",
    r"благодар(?:ю|им)(?: вас)? за (?:обращение|ваше обращение|письмо|ваше письмо|общение|вопрос)",
    r"с уважением|с наилучшими пожеланиями|берегите себя|обращайтесь|удачи вам|всех благ",
    r"goodbye|good bye|bye|bye-bye|take care|farewell|see you",
    r"have (?:a|an) (?:\w{1,12} )?(?:\w{1,12} )?(?:day|evening|night|morning|afternoon|weekend|week|one)|"
    r"enjoy your (?:day|evening|weekend)",
    r"(?:thanks|thank you)(?: so much| very much)? for (?:contacting|reaching|writing|chatting|"
    r"your (?:message|patience|question|letter)|getting)",
    r"(?:best|kind|warm) (?:regards|wishes)|sincerely|yours (?:faithfully|truly)|glad (?:i|we) could help|"
    r"happy to help",
)


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    looked_at = transcript.staff_messages[-LAST:]
    if not looked_at:
        return Outcome(Answer.NA, "no_answer")
    if span := first_match(reversed(looked_at), CLOSING):
        return Outcome(Answer.PASS, "said_goodbye", evidence=(span,))
    if borrower_left(transcript):
        return Outcome(Answer.NA, "borrower_left")
    return Outcome(Answer.FAIL, "no_goodbye", evidence=(ending(looked_at[-1]),))


def borrower_left(transcript: Transcript) -> bool:
    """Whether the last word was ours and nothing came for half an hour until the end."""
    last = transcript.messages[-1]
    return (
        last.side == Side.STAFF and transcript.ended_at is not None and transcript.ended_at - last.at >= LEFT_AFTER
    ) and not transcript.is_letter
