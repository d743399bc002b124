"""The invariants of docs/protocol.md, over the log and what every client was told."""

from collections.abc import Iterable, Mapping, Sequence

from tests.protocol.server import Line
from tests.talker import Reader, Talker


def check_the_log(log: Sequence[Line], *, has_no_holes: bool = True) -> None:
    """I3: both sequences are 1 … n. I2: an author's id stands once."""
    if has_no_holes:
        assert [line.seq for line in log] == list(range(1, len(log) + 1)), "I3: the log has a hole"
        public = [line.public_seq for line in log if line.public_seq is not None]
        assert public == list(range(1, len(public) + 1)), "I3: the public log has a hole"
    keys = [(line.author, line.id) for line in log if line.id]
    assert len(keys) == len(set(keys)), "I2: a message was stored twice"


def check_a_talker(talker: Talker, log: Sequence[Line], audience: str) -> None:
    """I1: what was acknowledged is there. I4: a sender's messages stand in order, none before an earlier one."""
    places = {line.id: (place, line) for place, line in enumerate(log) if line.id}
    for id_, seq in talker.acknowledged.items():
        assert id_ in places, "I1: an acknowledged message is lost"
        assert places[id_][1].of(audience) == seq, "I1: a message was acknowledged with another number"
    stored = [places[id_][0] for id_ in talker.written if id_ in places]
    assert stored == sorted(stored), "I4: a sender's messages are out of order"
    first = [id_ in places for id_ in talker.written]
    assert sorted(first, reverse=True) == first, "I4: a message was stored before an earlier one"


def check_a_reader(reader: Reader, log: Iterable[Line], audience: str) -> None:
    """I5: what was shown is the log from where the reader began, as far as it goes."""
    assert reader.shown == visible(log, audience)[reader.first :][: len(reader.shown)], "I5: not a piece of the log"


def check_agreement(readers: Mapping[str, tuple[Reader, str]], log: Sequence[Line]) -> None:
    """I6: at rest everybody has everything their audience may see."""
    for name, (reader, audience) in readers.items():
        assert reader.shown == visible(log, audience)[reader.first :], f"I6: the {name} differs from the log"


def visible(log: Iterable[Line], audience: str) -> list[tuple[int, str]]:
    return [(seq, line.body) for line in log if (seq := line.of(audience)) is not None]
