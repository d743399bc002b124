"""Random histories of the live protocol: of its model, which must break when a promise's keeper is taken away."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis.stateful import run_state_machine_as_test

from tests.protocol.browser import replay
from tests.protocol.histories import IS_LONG, histories
from tests.protocol.machine import Machine, Trace
from tests.protocol.pure import PureWorld
from tests.protocol.server import Design

SOUND = Design()
FAULTS = {  # what is taken away, and what is found to be broken then
    "numbers without a lock": ("locks", "shown|I3|I5"),
    "repeats are stored": ("dedups", "I2|I4|two sequences"),
    "the answer before the commit": ("commits_first", "I1|I4|two sequences"),
    "no going back": ("goes_back", "I4|I1"),
    "what was given up is awaited for ever": ("lets_go", "I7"),
    "history before joining": ("joins_first", "shown|I5"),
    "gaps are sent": ("checks_gaps", "shown|I5"),
    "no poll": ("polls", "I7"),
}


def play(
    design: Design, *, count: int, steps: int = 40, loses_hints: bool = True, traces: list[Trace] | None = None
) -> None:
    def open_machine() -> Machine:
        return Machine(lambda: PureWorld(design, loses_hints=loses_hints), traces)

    run_state_machine_as_test(open_machine, settings=histories(count, steps))


def test_the_design_keeps_its_promises_in_every_history_and_so_does_the_browser(tmp_path: Path) -> None:
    traces: list[Trace] = []
    play(SOUND, traces=traces, count=5_000 if IS_LONG else 60, steps=50)
    replay(traces, tmp_path)


TRUSTING = replace(SOUND, polls=False, checks_gaps=False)  # what it could be where no hint is ever lost


def test_without_lost_hints_it_would_need_neither_poll_nor_gaps() -> None:
    """Joining before reading is what makes it so; without that it is found out below."""
    play(TRUSTING, count=1_000 if IS_LONG else 30, loses_hints=False)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_design_without_one_of_its_parts_is_found_out(fault: str) -> None:
    part, complaint = FAULTS[fault]
    is_trusting = part == "joins_first"  # the poll would make it good within a second
    design = replace(TRUSTING if is_trusting else SOUND, **{part: False})
    with pytest.raises(AssertionError, match=complaint):
        play(design, count=20_000, loses_hints=not is_trusting)  # it ends with the first that is found
