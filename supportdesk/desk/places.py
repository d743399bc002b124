"""Where everything of this desk lives: directory, ports, addresses. All from the environment."""

import os
from dataclasses import dataclass
from pathlib import Path

from supportdesk import env
from supportdesk.processes import is_taken

ROOT = Path(__file__).resolve().parent.parent.parent
SERVERS = ("daphne", "uvicorn")


class NotStarted(Exception):
    """The desk cannot start; the one sentence says why and what to do."""


@dataclass(frozen=True)
class Places:
    """The desk's directory, ports and addresses."""

    var: Path
    port: int
    lender_port: int
    imap_port: int
    smtp_port: int
    server: str
    is_demo: bool
    public_url: str
    database_url: str
    redis_url: str
    metrics_port: int = 0
    has_quality_past: bool = False

    @property
    def lender(self) -> str:
        return f"http://127.0.0.1:{self.lender_port}"

    @property
    def imap(self) -> str:
        return f"127.0.0.1:{self.imap_port}"

    @property
    def smtp(self) -> str:
        return f"127.0.0.1:{self.smtp_port}"

    @property
    def ports(self) -> dict[str, int]:
        """Every port this desk listens on, by the name of its variable."""
        demo = {"LENDER_PORT": self.lender_port, "IMAP_PORT": self.imap_port, "SMTP_PORT": self.smtp_port}
        return {"PORT": self.port} | (demo if self.is_demo else {})


def from_environment() -> Places:
    port = env.number("PORT", 8000)
    places = Places(
        var=Path(env.text("SD_VAR", str(ROOT / "var"))).resolve(),
        port=port,
        lender_port=env.number("LENDER_PORT", 8001),
        imap_port=env.number("IMAP_PORT", 8143),
        smtp_port=env.number("SMTP_PORT", 8025),
        server=env.text("SERVER", "daphne"),
        is_demo=env.yes("DEMO", True),
        public_url=env.text("PUBLIC_URL", f"http://127.0.0.1:{port}"),
        database_url=env.text("DATABASE_URL"),
        redis_url=env.text("REDIS_URL"),
        metrics_port=env.number("METRICS_PORT", port + 1000),
        has_quality_past=env.yes("DEMO", True) and env.yes("DEMO_QUALITY", True),
    )
    if places.server not in SERVERS:
        raise NotStarted(f"SERVER must be daphne or uvicorn, not {places.server!r}.")
    return places


def require_free_ports(places: Places) -> None:
    """Refuse when a port is taken or given twice, before anything is started."""
    for name, port in places.ports.items():
        if list(places.ports.values()).count(port) > 1:
            raise NotStarted(f"Port {port} is asked for twice; give {name} another one.")
        if is_taken(port):
            raise NotStarted(
                f"Port {port} is taken by another program; stop that one or choose another port, "
                f"as in: make run {name}={port + 10}"
            )


def require_writable(var: Path) -> None:
    try:
        var.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotStarted(f"The directory {var} cannot be made: {error.strerror}.") from None
    if not os.access(var, os.W_OK):
        raise NotStarted(f"The directory {var} is not writable; choose another one with SD_VAR.")
