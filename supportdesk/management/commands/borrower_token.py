"""Signs a token as the lender's demo site would."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from supportdesk.demo.lender.people import person_of
from supportdesk.demo.lender.tokens import LIFETIME, sign_token
from supportdesk.desk.keys import TOKEN_KEY_ID


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
        token = sign_token(
            claims_of(options["customer_id"]),
            key=key.read_text(),
            kid=TOKEN_KEY_ID,
            issuer=settings.TOKEN_ISSUER,
            audience=settings.TOKEN_AUDIENCE,
            lifetime=options["lifetime"],
        )
        self.stdout.write(token)


def claims_of(customer_id: str) -> dict[str, str]:
    """What the lender says of this customer; an id it does not know gets believable words, for load and tests."""
    person = person_of(customer_id)
    if person:
        return dict(person.claims)
    return {"sub": customer_id, "name": f"Новый Заёмщик {customer_id}", "first_name": "Новый", "language": "ru"}
