"""Whether a short message only thanks or says goodbye, so that it asks for no answer. Russian and English."""

import re

LONGEST = 90  # characters
WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
SIGNATURE = re.compile(r"\n\s*(?:--|—\s*\n|с уважением|kind regards|best regards|regards)", re.IGNORECASE)
QUOTED = re.compile(r"^\s*>", re.MULTILINE)

THANKS_WORDS = """
спасибо спс спасибочки благодарю благодарствую признателен признательна пасиб сенкс
thanks thank thx ty cheers
"""
GOODBYE_WORDS = """
свидания пока прощайте досвидания до-свидания bye goodbye
"""
FILLER_WORDS = """
вам вас вы большое огромное за помощь ответ информацию быстрый подробный понятно понял поняла ясно ок окей хорошо ладно
отлично супер здорово всё все очень и до хорошего дня вечера доброго всего доброй ночи наилучшего мне помогли
разобрался разобралась получилось работает тебе ещё раз огромнейшее преогромное тогда вашу ваш внимание поддержку
оперативность разъяснение разъяснения удачи хороших выходных будьте здоровы так что
you very much so a lot for your the help answer reply quick ok okay great good got it clear understood all have nice
day evening perfect works now that helped is me again and to see
"""
THANKS, GOODBYES, FILLERS = ({*words.split()} for words in (THANKS_WORDS, GOODBYE_WORDS, FILLER_WORDS))
NEVER = re.compile(r"[?？]|\d|\bно\b|\bне\b|\bbut\b|\bnot\b", re.IGNORECASE)


def is_farewell(text: str) -> bool:
    """Only thanks and goodbyes, and nothing that may be a question, a number or an objection."""
    said = SIGNATURE.split(text, maxsplit=1)[0].strip()
    if not said or len(said) > LONGEST or NEVER.search(said) or QUOTED.search(said):
        return False
    words = [word.casefold() for word in WORDS.findall(said)]
    has_kernel = any(word in THANKS or word in GOODBYES for word in words)
    return has_kernel and all(word in THANKS or word in GOODBYES or word in FILLERS for word in words)
