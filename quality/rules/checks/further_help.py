"""Before the end the staff member asks whether anything else is needed."""

from quality.rules.checks.closing import LAST, borrower_left
from quality.rules.outcomes import Answer, Outcome, Parameters, ending, first_match
from quality.rules.transcript import Transcript
from quality.rules.wording import phrases

CODE = "further_help"
VERSION = 1
RULE = "An offer of further help stands in the last three answers, unless the borrower left."

FURTHER_HELP = phrases(
    r"(?:остались|остаются|есть|возникли|появились)(?: ли)?(?: у вас)?(?: (?:еще|какие-то|какие-либо|"
    r"другие|дополнительные)){0,2} вопросы",
    r"(?:еще|другие|дополнительные)(?: какие-то)? вопросы",
    r"(?:могу|можем|смогу)(?: ли)?(?: (?:я|мы|вам|быть|чем-то|чем-нибудь|чем-либо|чем)){0,4} (?:еще|полез\w{2,4})",
    r"чем(?:-то|-нибудь|-либо)?(?: (?:еще|я|мы|вам)){1,3}(?: (?:могу|можем|помочь|быть)){0,3}",
    r"(?:помочь|подсказать|рассказать)(?: вам)?(?: чем-то| что-то| с чем-то| в чем-то)? (?:еще|чем-то еще)",
    r"(?:что-то|что-нибудь|что) еще(?: (?:подсказать|уточнить|рассказать|хотите|хотели|вас|интересует)){0,3}",
    r"(?:если|когда)(?: у вас)?(?: еще)?(?: (?:возникнут|появятся|будут|останутся|остались|появится|возникнет))"
    r"(?: (?:еще|дополнительные|другие|новые|какие-либо|какие-то|любые)){0,2} вопрос\w{0,2}",
    r"(?:вопросов|вопросы)(?: больше)?(?: не)? (?:осталось|остались)",
    r"обращайтесь|пишите(?: нам)?(?: в любое время)?|всегда на связи|всегда (?:рад|рада|рады) помочь|"
    r"будем рады помочь",
    r"(?:is there )?(?:anything|something) else",
    r"any (?:other|more|further|additional) (?:questions|help|concerns)|(?:other|more|further) questions",
    r"(?:further|additional) (?:help|assistance|support|questions)|(?:if you have|have) any (?:questions|"
    r"other questions)",
    r"(?:feel free|do not hesitate|don't hesitate) to (?:contact|write|reach|ask|message|get)|let (?:me|us) know if",
    r"(?:write|message) (?:us|me|to us) (?:any ?time|whenever|if)|how else (?:can|may) (?:i|we)",
)


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    looked_at = transcript.staff_messages[-LAST:]
    if not looked_at:
        return Outcome(Answer.NA, "no_answer")
    if span := first_match(reversed(looked_at), FURTHER_HELP):
        return Outcome(Answer.PASS, "offered_help", evidence=(span,))
    if borrower_left(transcript):
        return Outcome(Answer.NA, "borrower_left")
    return Outcome(Answer.FAIL, "no_offer_of_help", evidence=(ending(looked_at[-1]),))
