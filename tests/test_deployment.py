"""docker-compose.yml, Dockerfile and deploy/ start the same programs as ``make run``, and name what exists."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from supportdesk.desk import programs
from supportdesk.supervise import Program

ROOT = Path(__file__).resolve().parent.parent
SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
WEBS = ("web1", "web2")


def in_the_image(program: Program) -> list[str]:
    """The command as the image runs it, from the directory of the project."""
    return ["python" if word == programs.PYTHON else word.replace(f"{ROOT}/", "") for word in program.command]


@pytest.mark.parametrize("program", [*programs.workers(), programs.prepare()], ids=lambda program: program.name)
def test_a_container_runs_what_make_run_runs(program: Program) -> None:
    service = SERVICES[{"prepare": "migrate"}.get(program.name, program.name)]
    assert shlex.split(service["command"]) == in_the_image(program)


def test_the_image_serves_as_make_run_does() -> None:
    (command,) = re.findall(r"^CMD (.*)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    served = programs.server("daphne", programs.APPLICATION, port=8000, host="0.0.0.0")
    assert json.loads(command) == in_the_image(Program("web", served))


def test_every_container_that_serves_or_works_tells_how_it_is() -> None:
    untold = {name for name, service in SERVICES.items() if "healthcheck" not in service}
    assert untold == {"migrate", "mailwatch", "probe"}, "these are judged by what they write into Postgres"


def test_a_web_process_has_the_time_it_needs_to_leave() -> None:
    from supportdesk.realtime.draining import LEAVING_TIME

    for name in WEBS:
        assert int(SERVICES[name]["stop_grace_period"].removesuffix("s")) > LEAVING_TIME + 5
        assert "ports" not in SERVICES[name], "only nginx is reached from outside"


def test_nginx_is_given_every_variable_of_its_file() -> None:
    wanted = set(re.findall(r"^[^#]*\$\{(\w+)\}", (ROOT / "deploy" / "nginx.conf").read_text(), re.MULTILINE))
    given = SERVICES["nginx"]["environment"]
    assert wanted == set(given)
    for name in WEBS:
        assert f"server {name}:8000 resolve" in given["DESK_SERVERS"]
        assert f"server {name}:8000 resolve" in given["DESK_SOCKETS"]


def test_a_rollout_restarts_every_program_of_the_desk() -> None:
    words = set((ROOT / "deploy" / "roll").read_text().split())
    ours = {name for name, service in SERVICES.items() if service.get("image") == "supportdesk"}
    assert {name for name in ours if name not in words and f"{name};" not in words} == set()


def test_every_file_that_is_mounted_is_there() -> None:
    mounts = [mount for service in SERVICES.values() for mount in service.get("volumes", [])]
    for mount in (each for each in mounts if each.startswith("./")):
        path = ROOT / mount.split(":")[0]
        assert path.exists()
        assert path.suffix or path.stat().st_mode & 0o111
