"""A simulated day at the running desk, through its own front doors."""

import asyncio
import json
import secrets
from argparse import ArgumentParser
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from identity import actions as identity
from supportdesk.simulation.inputs import Inputs
from supportdesk.simulation.run import Credentials, Place, simulate
from supportdesk.simulation.table import describe
from tickets import actions as tickets

AGENTS = ("Ирина", "Светлана", "Мария", "Наталья", "Ксения", "Полина")


class Command(BaseCommand):
    help = "Simulate borrowers, correspondents and agents at the running desk and show the desk's own figures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--borrowers", type=int, default=40)
        parser.add_argument("--letters", type=int, default=30)
        parser.add_argument("--agents", type=int, default=6)
        parser.add_argument("--speed", type=float, default=60, help="simulated seconds in one real second")
        parser.add_argument("--service-minutes", type=float, default=10, help="input: how long a chat takes")
        parser.add_argument("--letter-minutes", type=float, default=60, help="input: how long a letter waits")
        parser.add_argument("--parallel", type=int, default=5, help="input: chats one agent leads at once")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        facts = running_desk()
        inputs = read_inputs(options)
        steps = inputs.borrowers + 2 * inputs.letters
        with tqdm(total=steps, desc="conversations", disable=options["json"]) as bar:
            report = asyncio.run(simulate(place(facts), invite(facts, inputs), inputs, lambda step: bar.update()))
        self.stdout.write(json.dumps(report, ensure_ascii=False) if options["json"] else describe(report, inputs))


def running_desk() -> dict[str, Any]:
    """The facts ``make run`` wrote; raises CommandError when no desk is running here."""
    try:
        return dict(json.loads((settings.VAR_DIR / "demo.json").read_text()))
    except FileNotFoundError:
        raise CommandError("No running desk was found. Start it with `make run`, then try again.") from None


def read_inputs(options: dict[str, Any]) -> Inputs:
    return Inputs(
        borrowers=options["borrowers"],
        letters=options["letters"],
        agents=options["agents"],
        speed=options["speed"],
        service_time=options["service_minutes"] * 60,
        letter_time=options["letter_minutes"] * 60,
        parallel_chats=options["parallel"],
        seed=options["seed"],
    )


def place(facts: dict[str, Any]) -> Place:
    return Place(desk=facts["desk"].rstrip("/"), smtp=facts["smtp"], mailbox=facts["mailbox"])


def invite(facts: dict[str, Any], inputs: Inputs) -> Credentials:
    """Staff and tokens for the run: the agents are made anew, with passwords nobody else knows."""
    supervisor = next(person for person in facts["staff"] if person["role"] == "supervisor")
    run = secrets.token_hex(3)
    return Credentials(
        agents=[employ(run, index, inputs.parallel_chats) for index in range(inputs.agents)],
        supervisor=(supervisor["email"], supervisor["password"]),
        sign=sign,
        customer_ids=[f"SIM-{run}-{index:04d}" for index in range(inputs.borrowers)],
    )


def employ(run: str, index: int, capacity: int) -> tuple[str, str, str]:
    """One simulated agent: e-mail, password, name."""
    email, password = f"simulated-{run}-{index}@lad.example", secrets.token_urlsafe(18)
    name = AGENTS[index % len(AGENTS)]
    user = identity.create_staff(
        email=email, full_name=f"{name} Тестовая", display_name=name, role="agent", password=password
    )
    tickets.ensure_slots(user=user, capacity=capacity)
    return email, password, name


def sign(customer_id: str) -> str:
    """A token as the lender's site signs it, by the same command an administrator would use."""
    words = StringIO()
    call_command("borrower_token", customer_id, stdout=words)
    return words.getvalue().strip()
