"""One weight per label, all labels at once: a row of weights is one long whole number with a lane for each label.

Multiplying the number by a feature's value and adding it to a sum does so in every lane, at the speed of the
interpreter's own long arithmetic and without any library. 77 labels and 250 features take some 50 µs.
"""

from collections.abc import Iterable
from functools import cache

LANE = 8  # bytes
STORED = 4  # bytes of a stored weight
BITS = 24  # behind the point of a weight, which is less than 128 then
FINE = 29  # bits behind the point of a feature's value, which is 1 at most
_HALF = 1 << (STORED * 8 - 1)


def pack(weights: Iterable[float]) -> bytes:
    """Weights between −128 and 128, one after another."""
    largest = _HALF - 1
    whole = (max(-largest, min(largest, round(weight * (1 << BITS)))) for weight in weights)
    return b"".join((weight + _HALF).to_bytes(STORED, "little") for weight in whole)


def unpack(stored: bytes, width: int) -> list[int]:
    """Each row of ``width`` weights as one number."""
    wide = bytearray(len(stored) // STORED * LANE)
    for place in range(STORED):
        wide[place::LANE] = stored[place::STORED]
    offset = _in_every_lane(_HALF, width)
    step = width * LANE
    return [int.from_bytes(wide[at : at + step], "little") - offset for at in range(0, len(wide), step)]


def lanes(total: int, width: int) -> list[int]:
    """The number in each lane of a sum."""
    middle = 1 << (LANE * 8 - 1)
    content = (total + _in_every_lane(middle, width)).to_bytes(width * LANE, "little")
    return [int.from_bytes(content[at : at + LANE], "little") - middle for at in range(0, len(content), LANE)]


def lane(total: int, width: int, place: int) -> int:
    """The number in one lane."""
    middle = 1 << (LANE * 8 - 1)
    return ((total + _in_every_lane(middle, width)) >> (place * LANE * 8)) % (1 << (LANE * 8)) - middle


@cache
def _in_every_lane(value: int, width: int) -> int:
    return int.from_bytes(value.to_bytes(LANE, "little") * width, "little")
