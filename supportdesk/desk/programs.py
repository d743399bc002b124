"""The programs of a desk, and how to tell that each one serves."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from urllib.parse import urlsplit

from supportdesk.demo.staff import MAILBOX
from supportdesk.desk.keys import TOKEN_KEY_ID
from supportdesk.desk.places import ROOT, Places
from supportdesk.desk.watch import Watch
from supportdesk.embedded import Service
from supportdesk.supervise import Program
from tickets.rules.workers import IMPORT, MAIL, MODEL, OTHER, REPORT, ROUTING, SCORE

PYTHON = sys.executable
MANAGE = (PYTHON, str(ROOT / "manage.py"))


def embedded(service: Service) -> Program:
    """An embedded server as a supervised program."""

    async def is_up() -> bool:
        return await asyncio.to_thread(service.answers)

    return Program(
        service.name,
        service.command,
        is_up=is_up,
        stop_signal=service.stop_signal,
        user=service.user,
        folder=service.log.parent,
    )


def prepare() -> Program:
    """Migrations, words and demo data, run to their end before anything serves."""
    return Program("prepare", (*MANAGE, "prepare"), folder=ROOT)


def quality_past() -> Program:
    """The demo's eight weeks of quality, run to their end while the desk serves, behind everything else."""
    quietly = {"LOG_LEVEL": "WARNING"}
    return Program("demo", ("nice", "-n", "15", *MANAGE, "demo_quality"), environment=quietly, folder=ROOT)


APPLICATION = "supportdesk.asgi:application"
BACKLOG = (
    4096  # connections the kernel keeps for a busy server; of Daphne's 50 a returning crowd overflows, for a minute
)
LARGEST_MESSAGE = 65536  # bytes the servers take; the desk itself refuses earlier and says so


def web(places: Places) -> Program:
    """The one web process, by Daphne unless SERVER says otherwise."""
    command = server(places.server, APPLICATION, port=places.port)
    own = {"METRICS_PORT": str(places.metrics_port)}
    return Program("web", command, is_up=_serves(places, "/readyz"), environment=own, folder=ROOT)


def server(
    name: str, application: str, *, port: int, host: str = "127.0.0.1", largest_message: int | None = None
) -> tuple[str, ...]:
    """How an application is served: the one place that knows the servers' options."""
    largest = str(largest_message or LARGEST_MESSAGE)
    endpoint = f"tcp:port={port}:interface={host}:backlog={BACKLOG}"
    daphne = (PYTHON, "-m", "daphne", "-e", endpoint, "-v", "0", "--no-server-name")
    address = ("--host", host, "--port", str(port), "--backlog", str(BACKLOG))
    uvicorn = (PYTHON, "-m", "uvicorn", *address, "--log-level", "warning")
    commands = {
        "daphne": (
            *daphne,
            *("--websocket_timeout", "-1", "--websocket-max-message-size", largest),
            *("--websocket-max-frame-size", largest, application),
        ),
        "uvicorn": (
            *uvicorn,
            *("--no-server-header", "--ws", "websockets-sansio", "--ws-max-size", largest),
            *("--ws-per-message-deflate", "false", "--timeout-graceful-shutdown", "5", application),
        ),
    }
    return commands[name]


CELERY = (PYTHON, "-m", "celery", "--quiet", "-A", "supportdesk")
QUIET = ("--loglevel", "WARNING")


def workers() -> list[Program]:
    """What works behind the web, each class of work by itself, so that none may keep another waiting.

    Chats are routed and jobs done straight from Postgres; Celery is the clock of what is not urgent.
    """
    watch = Watch()
    clock = (*CELERY, "beat", *QUIET, "--scheduler", "celery.beat:Scheduler", "--pidfile", "")
    ticks = (*CELERY, "worker", *QUIET, "--concurrency", "1", "--without-gossip", "--without-mingle")
    programs = [
        _worker(watch, "router", ROUTING),
        _worker(watch, "mailer", MAIL, "--threads", "2"),
        _worker(watch, "reader", IMPORT),
        _worker(watch, "scorer", SCORE, REPORT, MODEL, OTHER),
        Program("worker", ticks, trouble=watch.trouble_of_clock, folder=ROOT),
        Program("beat", clock, trouble=watch.trouble_of_clock, folder=ROOT),
    ]
    if find_spec("tickets.management.commands.mailwatch"):
        programs.append(Program("mailwatch", (*MANAGE, "mailwatch"), folder=ROOT))
    if os.environ.get("DOOR_PORT", "0") not in {"", "0"}:
        programs.append(Program("maildoor", (*MANAGE, "maildoor"), folder=ROOT))
    programs.append(Program("probe", (*MANAGE, "probe"), folder=ROOT))
    return programs


def _worker(watch: Watch, name: str, *words: str) -> Program:
    return Program(name, (*MANAGE, "work", *words), trouble=watch.trouble_of_worker, folder=ROOT)


def demo(places: Places, facts: dict[str, str]) -> list[Program]:
    """The outside world of the demo: the lender's site and the mail server."""
    mail = (PYTHON, "-m", "supportdesk.demo.mailserver", "--folder", str(places.var / "mail"), "--mailbox", MAILBOX)
    ports = ("--imap", str(places.imap_port), "--smtp", str(places.smtp_port))
    programs = [
        Program(
            "mailserver",
            (*mail, *ports),
            is_up=_listens(places.imap_port),
            environment={"MAILBOX_PASSWORD": facts["MAILBOX_PASSWORD"]},
            folder=ROOT,
        )
    ]
    if find_spec("supportdesk.demo.lender") and find_spec("supportdesk.demo.lender.__main__"):
        site = {
            "LENDER_PORT": str(places.lender_port),
            "LENDER_URL": places.lender,
            "LENDER_TOKEN_KID": TOKEN_KEY_ID,
            "PUBLIC_URL": places.public_url,
        } | {name: facts[name] for name in ("LENDER_PRIVATE_KEY", "LENDER_API_KEY", "TOKEN_ISSUER")}
        command = (PYTHON, "-m", "supportdesk.demo.lender")
        programs.append(Program("lender", command, is_up=_listens(places.lender_port), environment=site, folder=ROOT))
    return programs


def _listens(port: int) -> Callable[[], Awaitable[bool]]:
    async def is_up() -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return False
        writer.close()
        return True

    return is_up


def _serves(places: Places, path: str) -> Callable[[], Awaitable[bool]]:
    """Whether a GET is answered with 200."""
    host = urlsplit(places.public_url).netloc

    async def is_up() -> bool:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", places.port)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            answer = await asyncio.wait_for(reader.readline(), 5)
        except (OSError, TimeoutError):
            return False
        writer.close()
        return b" 200 " in answer

    return is_up
