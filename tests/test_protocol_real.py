"""The same rules as of the model, played against the desk itself: real sockets, Postgres and Redis.

``PROTOCOL_LONG=1 .venv/bin/pytest tests/test_protocol_real.py`` tries many more.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis.stateful import run_state_machine_as_test

from tests.protocol.browser import replay
from tests.protocol.histories import IS_LONG, histories
from tests.protocol.machine import Machine, Trace
from tests.protocol.real import RealWorld
from tests.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_desk_keeps_its_promises_in_every_history_and_so_does_the_browser(
    open_socket: Callable[[], Socket], elena: Any, olga: Any, tmp_path: Path
) -> None:
    traces: list[Trace] = []
    run_state_machine_as_test(
        lambda: Machine(lambda: RealWorld(open_socket, elena, olga), traces),
        settings=histories(200, 40) if IS_LONG else histories(8, 14),
    )
    replay(traces, tmp_path)
