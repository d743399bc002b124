"""Frames that no client sends, grown from the grammar of the protocol: each action's fields, and what can be wrong."""

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any
from uuid import UUID

Frame = dict[str, Any]
Bad = Callable[[Frame, Random], str]

ACTIONS = ("hello", "subscribe", "unsubscribe", "message.post", "received", "seen", "typing", "viewing", "ping")
FIELDS: dict[str, tuple[str, ...]] = {
    "hello": ("ticket", "client", "subscriptions"),
    "subscribe": ("conversation", "after"),
    "unsubscribe": ("conversation",),
    "message.post": ("id", "conversation", "body", "attachments", "kind"),
    "received": ("conversation", "seq"),
    "seen": ("conversation", "seq"),
    "typing": ("conversation",),
    "viewing": ("conversation",),
    "ping": ("n",),
}
TEXTS = (
    "", " ", "\0", "\u0000\u0001\u001f", "\ud800", "\udfff\ud800", "\u202egpj", "\u200b" * 50, "\ufeff", "\uffff",
    "e\u0301" * 300, "\U0010ffff", "é" * 999, "' or 1=1 --", "${7*7}{{7*7}}", "<script>", "../../etc/passwd", "%00%0a",
    "null", "0", "-1", "NaN", "true", "x" * 8_000, "\r\nSet-Cookie: a=b",
)  # fmt: skip
ID = "12345678-1234-5678-1234-567812345678"
IDS = (
    "", "0", "x" * 36, "0" * 36, "-" * 36, f"{{{ID}}}", "urn:uuid:" + "0" * 27, ID[:-1], f"{ID}9", ID.replace("-", ""),
    f"１２３４５６７８{ID[8:]}", f"{ID[:-1]}\0", f"g{ID[1:]}", ID * 200, "AAAAAAAA-AAAA-AAAA-AAAA-AAAAAAAAAAAA",
    f"+{ID[1:]}", f"1_{ID[2:]}", f" {ID[1:-1]} ",
)  # fmt: skip
NUMBERS = (
    "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e308", "-0", "-0.0", "1.0", "0.1", "-1", "2147483648",
    "9223372036854775807", "9223372036854775808", "18446744073709551616", "-9223372036854775809", "1" + "0" * 400,
    "-" + "9" * 5_000, "01", "0x1", "1_000", "+1", ".5", "1.", "1e", "４", "1e-400",
)  # fmt: skip
STRANGE: tuple[Any, ...] = (
    None, True, False, [], {}, [[]], [None], {"a": {}}, 0, -1, 1.5, 2**62, 2**63, -(2**63), 1e300,
    "", "x", {"$ne": None},
)  # fmt: skip
STRANGE_NAMES = ("__proto__", "constructor", "$ne", "author", "author_id", "seq", "public", "writer", "", "\0", "type ")
NOISE = "\0\x07\x1f \t\n\"'\\/{}[]:,0e+-.\ufeff\u2028\u202e\uffff\ud7ff\U0001f600"


def good_frame(action: str, random: Random, conversation: UUID) -> Frame:
    """What a client would send; on the given conversation most of the time."""
    where = str(conversation if random.random() < 0.8 else UUID(int=random.getrandbits(128)))
    values: Frame = {
        "ticket": f"{random.getrandbits(256):x}",
        "client": str(UUID(int=random.getrandbits(128))),
        "subscriptions": [{"conversation": where, "after": random.randrange(9)} for _ in range(random.randrange(4))],
        "conversation": where,
        "after": random.randrange(9),
        "seq": random.randrange(9),
        "n": random.randrange(2**40),
        "id": str(UUID(int=random.getrandbits(128))),
        "body": random.choice(("да", "нет", "когда ответите?")),
        "attachments": [str(UUID(int=random.getrandbits(128)))] if random.random() < 0.1 else [],
        "kind": random.choice(("message", "note")),
    }
    return {"type": action} | {name: values[name] for name in FIELDS[action]}


def bad_frames(action: str, count: int, seed: int, conversation: UUID) -> Iterator[str]:
    """``count`` texts that are wrong in one or two ways; every way comes up again and again."""
    random = Random(f"{action}/{seed}")
    for number in range(count):
        text = WAYS[number % len(WAYS)](good_frame(action, random, conversation), random)
        yield _noisy(text, random) if random.random() < 0.1 else text


def _field(frame: Frame, random: Random) -> str:
    return random.choice([name for name in frame if name != "type"] or ["type"])


def _strange(random: Random) -> Any:
    """Any value of JSON that is in the wrong place nearly everywhere."""
    return random.choice(
        (*STRANGE, random.choice(TEXTS), random.choice(IDS), [random.choice(IDS)] * 30, [{"conversation": []}])
    )


def _with_raw(frame: Frame, name: str, raw: str) -> str:
    """The frame with one value that json.dumps would not write."""
    return json.dumps(frame | {name: "\u0001RAW"}).replace('"\\u0001RAW"', raw, 1)


def wrong_type(frame: Frame, random: Random) -> str:
    return json.dumps(frame | {_field(frame, random): _strange(random)})


def missing_field(frame: Frame, random: Random) -> str:
    name = _field(frame, random)
    return json.dumps({key: value for key, value in frame.items() if key != name})


def unknown_fields(frame: Frame, random: Random) -> str:
    return json.dumps(frame | {random.choice(STRANGE_NAMES): _strange(random) for _ in range(random.randrange(1, 9))})


def doubled_keys(frame: Frame, random: Random) -> str:
    """Twice the same key: the second with a strange value, or the first."""
    name, text = random.choice(list(frame)), json.dumps(frame)
    again = f"{json.dumps(name)}: {json.dumps(_strange(random))}"
    return f"{text[:-1]}, {again}}}" if random.random() < 0.5 else f"{{{again}, {text[1:]}"


def deep(frame: Frame, random: Random) -> str:
    """Nested up to ten thousand deep, closed or not."""
    depth = random.choice((100, 1_000, 1_024, 1_025, 5_000, 10_000))
    left, right = random.choice((("[", "]"), ('{"a":', "}")))
    depth = min(depth, 14_000 // len(left))
    raw = left * depth + "0" + right * (depth if random.random() < 0.7 else random.randrange(depth))
    return _with_raw(frame, _field(frame, random), raw)


def odd_number(frame: Frame, random: Random) -> str:
    return _with_raw(frame, _field(frame, random), random.choice(NUMBERS))


def odd_text(frame: Frame, random: Random) -> str:
    """Escapes that mean no character, raw control characters, foreign alphabets."""
    raw = random.choice(
        ('"\\ud800"', '"\\ud800\\ud800"', '"\\udc00"', '"\\u0000"', '"\\x00"', '"\\u12"', '"\n"', '"\t\0"')
    )
    if random.random() < 0.5:
        return _with_raw(frame, _field(frame, random), raw)
    return json.dumps(frame | {_field(frame, random): random.choice(TEXTS)})


def odd_id(frame: Frame, random: Random) -> str:
    return json.dumps(frame | {_field(frame, random): random.choice(IDS)})


def truncated(frame: Frame, random: Random) -> str:
    text = json.dumps(frame, ensure_ascii=False)
    return text[: random.randrange(len(text))]


def other_type(frame: Frame, random: Random) -> str:
    kind = str(frame["type"])
    names = (
        kind.upper(),
        f"{kind} ",
        f"{kind}\0",
        kind[::-1],
        "",
        "hello",
        "welcome",
        "entry.posted",
        "bye",
        "x" * 999,
    )
    return json.dumps(frame | {"type": random.choice((*names, None, 1, [kind], {kind: kind}))})


def no_object(frame: Frame, random: Random) -> str:
    """Not one object: none, several, or something around it."""
    text = json.dumps(frame)
    around = (
        f"[{text}]",
        f"{text}{text}",
        f"{text},",
        f"\ufeff{text}",
        f"// {text}",
        f"{text} x",
        f"({text})",
        "",
        " ",
    )
    more = (
        "null",
        "[]",
        '""',
        "0",
        "{}",
        text.replace('"', "'"),
        text.replace(",", ",,", 1),
        text.replace(":", "=", 1),
    )
    return random.choice(around + more)


def much(frame: Frame, random: Random) -> str:
    """As much as fits into a frame, and what is too much inside it."""
    name = _field(frame, random)
    value: Any = random.choice(("я" * 9_000, [str(frame.get("id", ""))] * 500, {f"k{n}": n for n in range(2_000)}))
    return json.dumps(frame | {name: value}, ensure_ascii=False)[:30_000]


def _noisy(text: str, random: Random) -> str:
    """A few characters exchanged, left out or put in."""
    letters = list(text[:2_000])
    for _ in range(random.randrange(1, 5)):
        place = random.randrange(len(letters) + 1)
        letters[place : place + random.randrange(2)] = random.choice(NOISE) * random.randrange(3)
    return "".join(letters) + text[2_000:]


WAYS: tuple[Bad, ...] = (
    wrong_type, missing_field, unknown_fields, doubled_keys, odd_number, odd_text, odd_id, truncated, other_type,
    no_object, wrong_type, deep, odd_number, odd_text, much,
)  # fmt: skip
