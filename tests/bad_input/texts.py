"""The readers of strangers' texts, and texts that make a careless pattern try everything."""

from collections.abc import Callable, Iterator
from itertools import islice
from random import Random

from chat.rules.files import clean_name, kind_by_content
from chat.rules.frames import BadFrame, read_frame, subscriptions_of
from identity.rules import names, pii
from tickets.rules.answers import fill

UNITS = (
    "1", "12 ", "4111 ", "4111-1111", "1 - ", "4508 123456", "45 08 № ", "паспорт", "паспорт ",
    "серия 4508", "passport", "номер", "№", "заявка № ", "договор-", "займ номер ", "a-", "ЗМ-1", "+7 916 ",
    "8(916)", "а@", "a.", "@", "@Ольга ", " ", "\n", "\u00a0", "–", "/", "\\", ".", "..", "\0", "\u202e",
    "e\u0301", "{{", "{name}", "[", '{"a":', "я", "Я", "<", "кодовое слово ", "код ", "cvv ", "cvc2 123",
    "3 цифры", "9 9.9-", "1234567890", "0" * 19, "4 1 1 1 ", "x" * 30, "СЕРИЯ: ", "паспортпаспорт",
)  # fmt: skip
SIZE = 10_000


def read_frames(text: str) -> object:
    try:
        return subscriptions_of(read_frame(text))
    except BadFrame as refused:
        return refused.code


READERS: dict[str, Callable[[str], object]] = {
    "frame decoder": read_frames,
    "file names": clean_name,
    "kinds of files": lambda text: kind_by_content(text.encode(errors="replace")),
    "people's names": names.clean_name,
    "card masker": pii.mask_cards,
    "passport finder": pii.find_passports,
    "phone masker": pii.mask_phone,
    "e-mail masker": pii.mask_email,
    "variables of answers": lambda text: fill(text, {"name": "Анна"}),
}


def slow_texts(count: int, seed: int, size: int = SIZE) -> Iterator[str]:
    """Ten thousand characters of one, two or three units in turn, with something else at the end."""
    random = Random(seed)

    def made() -> Iterator[str]:
        for unit in UNITS:
            for end in ("", "!", "1", "\n"):
                yield (unit * size)[: size - len(end)] + end
        while True:
            parts = random.choices(UNITS, k=random.choice((1, 2, 2, 3)))
            unit = "".join(part * random.choice((1, 1, 2, 12, 700)) for part in parts)
            yield (unit * size)[:size]

    return islice(made(), count)
