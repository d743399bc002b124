"""A conversation begins with a greeting."""

from quality.rules.outcomes import Answer, Outcome, Parameters, beginning, first_match
from quality.rules.transcript import Transcript
from quality.rules.wording import phrases

CODE = "greeting"
VERSION = 1
RULE = "Words of greeting stand in the first two answers of a chat or in the first letter."

GREETING = phrases(
    r"здравс?т?в?уй(?:те)?",
    r"здравия желаю",
    r"добр(?:ый|ого|ой|ое|ейший|ейшего|ая) (?:день|дня|вечер|вечера|утро|утра|ночи|времени суток)",
    r"доброе? утр\w{1,3}|добрый|доброго",
    r"(?:рад|рада|рады) (?:вас )?приветствовать",
    r"приветствую|приветствуем|привет(?:ик|ствие)?",
    r"с возвращением",
    r"good (?:morning|afternoon|evening|day)",
    r"hello|hi|hi there|hey|greetings|welcome(?: back)?",
    r"dear [\w.]{1,30}",
)


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    looked_at = transcript.staff_messages[: 1 if transcript.is_letter else 2]
    if not looked_at:
        return Outcome(Answer.NA, "no_answer")
    if span := first_match(looked_at, GREETING):
        return Outcome(Answer.PASS, "greeted", evidence=(span,))
    return Outcome(Answer.FAIL, "not_greeted", evidence=(beginning(looked_at[0]),))
