"""The desk under test: its own Postgres and Redis, two web processes, the workers and beat, under one supervisor."""

import asyncio
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from supportdesk import embedded, supervise
from supportdesk.desk import programs
from supportdesk.desk.places import ROOT, Places
from supportdesk.processes import free_port
from supportdesk.supervise import Program, Supervisor
from tests.campaign.mail import PostOffice
from tests.campaign.proxy import Proxy

WEBS = ("web1", "web2")
WORKERS = ("router", "mailer", "reader", "scorer", "worker", "beat")
NAMES = (*WORKERS, "mailwatch")
SERVICES = ("postgres", "redis")
UP_TIME = 120.0  # seconds

supervise.HEALTHY_AFTER = 0.0  # faults that are days apart in life come seconds apart here: each is the first one


class CampaignDesk:
    """Everything that runs, by name; what dies is started again by the supervisor of ``make run``."""

    def __init__(self, var: Path, server: str, *, has_mail: bool = False, **environment: str) -> None:
        self.var = var
        self.server = server
        self.log = (var / "desk.log").open("a", encoding="utf-8")
        self.supervisor = Supervisor(self._say, var / "processes.json")
        self.ports = [free_port() for _ in WEBS]
        self.proxy = Proxy(self.ports)
        self.environment = environment
        self.has_mail = has_mail
        self.post = PostOffice(var)
        self.mounted: Path | None = None  # a disk of Postgres's own
        self.before_webs: tuple[str, ...] = ()  # what runs the programs of the web processes

    @property
    def programs(self) -> dict[str, Program]:
        return self.supervisor.programs

    def _say(self, name: str, line: str) -> None:
        print(f"{name:<10} | {line}", file=self.log, flush=True)

    async def start(self) -> None:
        """Services, tables, web processes, workers, in this order; returns when everything serves."""
        await self.proxy.start()
        services = [await asyncio.to_thread(embedded.postgres, self.var), embedded.redis(self.var)]
        for service in services:
            self.supervisor.start(programs.embedded(service))
        for service in services:
            await self.wait_until_up(service.name)
        embedded.create_database(services[0])
        self._set_environment(services[0].url, services[1].url)
        if await self.supervisor.run(Program("migrate", (*programs.MANAGE, "migrate", "-v", "0"), folder=ROOT)):
            raise SystemExit(f"the tables were not made; see {self.log.name}")
        if self.has_mail:
            self.supervisor.start(self.post.program())
        for program in self._own_programs():
            self.supervisor.start(program)
        for name in WEBS:
            await self.wait_until_up(name)

    def _set_environment(self, database: str, redis: str) -> None:
        """What every program of the desk reads, ourselves included."""
        url = f"http://127.0.0.1:{self.proxy.port}"
        own = {"DATABASE_URL": database, "REDIS_URL": redis, "PUBLIC_URL": url, "SD_VAR": str(self.var)}
        own |= {"SECRET_KEY": secrets.token_urlsafe(32), "DJANGO_SETTINGS_MODULE": "supportdesk.settings"}
        os.environ |= own | {"LOG_LEVEL": "WARNING", "MAIL_UNDO_TIME": "0"} | self.environment
        (self.var / "services.json").write_text(json.dumps({"DATABASE_URL": database, "REDIS_URL": redis}))

    def _own_programs(self) -> list[Program]:
        webs = []
        for name, port in zip(WEBS, self.ports, strict=True):
            program = programs.web(self._places(port))
            command = (program.command[0], *self.before_webs, *program.command[1:])
            webs.append(replace(program, name=name, command=command))
        names = NAMES if self.has_mail else WORKERS
        return webs + [program for program in programs.workers() if program.name in names]

    def _places(self, port: int) -> Places:
        facts: dict[str, Any] = {"lender_port": 0, "imap_port": 0, "smtp_port": 0, "is_demo": False}
        url = f"http://127.0.0.1:{self.proxy.port}"
        return Places(self.var, port=port, server=self.server, public_url=url, database_url="", redis_url="", **facts)

    async def wait_until_up(self, name: str, seconds: float = UP_TIME) -> None:
        if not await self.supervisor.wait_until_up(name, seconds):
            raise SystemExit(f"{name} does not serve after {seconds:g} s; see {self.log.name}")

    async def is_up(self, name: str) -> bool:
        probe = self.programs[name].is_up
        return self.is_running(name) and (probe is None or await probe())

    def is_running(self, name: str) -> bool:
        process = self.supervisor.processes.get(name)
        return process is not None and process.returncode is None

    def pid(self, name: str) -> int:
        return self.supervisor.processes[name].pid

    async def restart(self, name: str, command: Sequence[str] = (), **environment: str) -> None:
        """Start a program anew in order, with these variables added, or by another command."""
        program = self.programs[name]
        await self.supervisor.stop(name)
        changed = {**program.environment, **environment}
        self.supervisor.start(replace(program, command=command or program.command, environment=changed))
        while name not in self.supervisor.processes:
            await asyncio.sleep(0.02)

    async def stop(self) -> None:
        await self.proxy.stop()
        await self.supervisor.stop(*(name for name in list(self.supervisor.keepers) if name not in SERVICES))
        await self.supervisor.stop()
        self.log.close()
