"""Real services for every test: an embedded Postgres and Redis unless the environment names others."""

from tests.services import start_services

start_services()

pytest_plugins = [
    "tests.cast",
    "tests.sockets",
    "tests.mailserver",
    "tests.browser",
    "tests.inbox_desk",
    "tests.commits",
]
