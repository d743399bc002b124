"""``make run``: one command starts everything, keeps it running, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from supportdesk.desk.places import NotStarted, from_environment, require_free_ports
from tests.desk import Desk, running

pytestmark = pytest.mark.running


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with running() as desk:
        yield desk


def page(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def test_one_command_says_where_to_go_and_how_to_sign_in(desk: Desk) -> None:
    said = desk.text()
    for person in desk.facts["staff"]:
        assert person["email"] in said
        assert person["password"] in said
    for address in (desk.facts["desk"], desk.facts["lender"], desk.facts["smtp"], desk.facts["imap"]):
        assert address in said
    assert {person["role"] for person in desk.facts["staff"]} == {"agent", "supervisor", "admin"}


def test_the_desk_and_the_lenders_site_answer(desk: Desk) -> None:
    status, text = page(f"{desk.facts['desk']}/")
    assert (status, "<form" in text) == (200, True), "the sign-in page"
    assert page(f"{desk.facts['desk']}/readyz")[0] == 200
    assert page(desk.facts["lender"])[0] == 200


def test_secrets_are_for_their_owner_only(desk: Desk) -> None:
    private = [
        desk.var / "secrets",
        desk.var / "services.json",
        desk.var / "demo.json",
        *(desk.var / "secrets").iterdir(),
    ]
    assert not [path for path in private if path.stat().st_mode & 0o077 and not path.name.endswith("public.pem")]


def test_a_token_signed_on_the_command_line_opens_a_borrowers_session(desk: Desk) -> None:
    customer = desk.facts["borrowers"][0]["customer_id"]
    command = [".venv/bin/python", "manage.py", "borrower_token", customer]
    token = subprocess.run(command, env=desk.environment, capture_output=True, text=True, check=True).stdout.strip()
    request = urllib.request.Request(
        f"{desk.facts['desk']}/api/v1/borrower-sessions",
        data=f'{{"token": "{token}"}}'.encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status in {200, 201}


def test_a_second_start_in_the_same_place_is_refused_with_one_sentence(desk: Desk) -> None:
    second = subprocess.run(["make", "run"], env=desk.environment, capture_output=True, text=True)
    assert second.returncode != 0
    assert "already runs" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_taken_port_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setenv("PORT", str(other.getsockname()[1]))
        with pytest.raises(NotStarted, match=f"Port {other.getsockname()[1]} is taken"):
            require_free_ports(from_environment())


def test_an_unknown_server_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVER", "gunicorn")
    with pytest.raises(NotStarted, match="daphne or uvicorn"):
        from_environment()


@pytest.mark.parametrize("name", ["web", "redis", "postgres", "worker", "beat", "mailserver", "lender"])
def test_a_program_that_is_killed_is_started_again(desk: Desk, name: str) -> None:
    killed = desk.pid(name)
    os.kill(killed, signal.SIGKILL)
    desk.wait(lambda: desk.pid(name) not in {0, killed}, f"{name} is started again")
    desk.wait(lambda: page(f"{desk.facts['desk']}/readyz")[0] == 200, f"the desk serves after {name} was killed")
    desk.wait(lambda: page(desk.facts["lender"])[0] == 200, f"the lender's site serves after {name} was killed")


def test_sigterm_leaves_no_process_and_the_next_start_is_quick() -> None:
    with running() as desk:
        assert desk.processes()
        desk.stop()
        assert desk.processes() == []
        assert not (desk.var / "demo.json").exists()
        desk.output.unlink()
        desk.start()
        assert "prepare  " not in desk.text(), "nothing changed, so nothing is prepared again"
        os.kill(desk.pid("supervisor"), signal.SIGKILL)
        desk.process = None
        desk.wait(lambda: desk.processes() == [], "everything ended after the supervisor was killed")
