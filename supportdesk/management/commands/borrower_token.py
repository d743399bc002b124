"""Signs a token as the lender's demo site would."""

import time
import uuid
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import jwt
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from supportdesk.desk.keys import TOKEN_KEY_ID

LIFETIME = 300  # seconds


class Command(BaseCommand):
    help = "Print a token for one borrower of the demo, signed as the lender's site signs it. It works once."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("customer_id", help="the lender's id of the borrower, as printed by make run")
        parser.add_argument("--lifetime", type=int, default=LIFETIME, help="seconds")

    def handle(self, *args: Any, **options: Any) -> None:
        key = Path(settings.SERVICES.get("LENDER_PRIVATE_KEY", ""))
        if not key.is_file():
            raise CommandError("The demo desk is not running here. Start it with make run, then try again.")
        claims = claims_of(options["customer_id"]) | times(options["lifetime"])
        self.stdout.write(jwt.encode(claims, key.read_text(), algorithm="EdDSA", headers={"kid": TOKEN_KEY_ID}))


def claims_of(customer_id: str) -> dict[str, str]:
    """What the lender says of this customer; a stranger gets believable words too."""
    from supportdesk.demo.lender.people import PEOPLE

    known = {one.customer_id: one for one in PEOPLE}
    if customer_id in known:
        return dict(known[customer_id].claims)
    return {"name": "Новый Заёмщик", "given_name": "Новый"}


def times(lifetime: int) -> dict[str, Any]:
    now = int(time.time())
    return {"iat": now, "nbf": now, "exp": now + lifetime, "jti": str(uuid.uuid4())}
