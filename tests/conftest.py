"""Real services for every test: an embedded Postgres and Redis unless the environment names others."""

import pytest

from tests.services import start_services

start_services()

REAL_PROCESSES = {"chromium", "live_desk"}

pytest_plugins = [
    "tests.cast",
    "tests.sockets",
    "tests.mailserver",
    "tests.small_imap",
    "tests.browser",
    "tests.inbox_desk",
    "tests.identity_desk",
    "tests.commits",
    "tests.flushing",
    "tests.bad_input.rows",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What drives a browser or a whole desk is tried once more when it fails; the summary names it as RERUN."""
    for item in items:
        if item.get_closest_marker("running") or REAL_PROCESSES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.flaky(reruns=1))
