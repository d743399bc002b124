"""Daphne's short way for frames: what it takes is what any WebSocket library would, the rest it leaves alone."""

from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from supportdesk.realtime.lean.frames import is_begun, text_frame, texts_in

LIMIT = 70_000
texts = st.one_of(
    st.text(max_size=200),
    st.text(max_size=5).map(lambda text: text * 13_000),
    st.sampled_from(["", "x" * 125, "x" * 126, "ы" * 63, "x" * 65_535, "x" * 65_536, "я" * 40_000]),
)


def sent(text: bytes, *, opcode: Opcode = Opcode.TEXT, fin: bool = True, mask: bool = True) -> bytes:
    return Frame(opcode, text, fin).serialize(mask=mask)


@given(texts)
def test_a_servers_text_is_framed_as_the_library_frames_it(text: str) -> None:
    assert text_frame(text) == sent(text.encode(), mask=False)


@given(st.lists(texts.filter(lambda text: len(text.encode()) < 65_536), max_size=5), st.data())
def test_whole_texts_are_read_and_the_beginning_of_another_waits(spoken: list[str], data: st.DataObject) -> None:
    wire = b"".join(sent(text.encode()) for text in spoken)
    assert texts_in(wire, LIMIT) == (spoken, len(wire))
    cut = data.draw(st.integers(0, len(wire)))
    heard, end = texts_in(wire[:cut], LIMIT)
    assert heard == spoken[: len(heard)]
    rest = wire[end:cut]
    assert not rest or is_begun(rest, LIMIT)
    assert texts_in(rest + wire[cut:], LIMIT) == (spoken[len(heard) :], len(rest) + len(wire) - cut)


@given(
    st.sampled_from(
        [
            sent(b"\x00", opcode=Opcode.BINARY),
            sent(b"", opcode=Opcode.PING),
            sent(b"\x03\xe8", opcode=Opcode.CLOSE),
            sent(b"half", fin=False),
            sent(b"half", opcode=Opcode.CONT),
            sent("без маски".encode(), mask=False),
            sent(b"\xff\xfe"),
            sent("ы".encode()[:1]),
            sent(b"\xed\xa0\x80"),
            sent(b"x" * (LIMIT + 1)),
            sent(b"x" * 65_536),
            b"\xc1" + sent(b"compressed")[1:],
            b"\x81\xfe\x00\x05" + b"\0" * 4 + b"short",
        ]
    )
)
def test_everything_else_is_left_to_the_library(wire: bytes) -> None:
    before = sent("до".encode())
    assert texts_in(before + wire + sent(b"after"), LIMIT) == (["до"], len(before))
    assert not is_begun(wire, LIMIT)


def test_a_text_over_the_limit_does_not_wait_to_come_whole() -> None:
    wire = sent(b"x" * 5_000)
    assert texts_in(wire, 4_999) == ([], 0)
    assert not is_begun(wire[:10], 4_999)
    assert is_begun(wire[:10], 5_000)
