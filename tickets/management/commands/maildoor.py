"""``manage.py maildoor``: takes letters by SMTP for the mailboxes that are set so, and answers 250 after the commit."""

import asyncio
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, connection

from tickets.actions.handing_in import take_from_door
from tickets.actions.operations import show_life
from tickets.mailboxes.door import Brought, Door, certificate, serve
from tickets.queries.mailboxes import door_mailboxes

LIFE_TIME = 10  # seconds between two signs of life


class Command(BaseCommand):
    help = "Take letters by SMTP on DOOR_HOST:DOOR_PORT until told to stop."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DOOR_PORT:
            raise CommandError("DOOR_PORT is not set: there is nowhere to listen.")
        try:
            context = certificate(settings.DOOR_CERTIFICATE, settings.DOOR_KEY)
        except OSError as error:
            raise CommandError(f"The certificate of DOOR_CERTIFICATE and DOOR_KEY cannot be used: {error}") from None
        asyncio.run(stay_open(Door(mailboxes=door_mailboxes, take=take), context))


def take(brought: Brought) -> None:
    take_from_door(
        mailboxes=brought.mailboxes,
        number=brought.number,
        raw=brought.raw,
        sender=brought.sender,
        recipients=brought.recipients,
        **brought.facts,
    )


async def stay_open(door: Door, context: Any) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    server = await serve(door, host=settings.DOOR_HOST, port=settings.DOOR_PORT, context=context)
    async with server:
        while not stopping.is_set():
            await asyncio.to_thread(show_that_we_live)
            try:
                await asyncio.wait_for(stopping.wait(), LIFE_TIME)
            except TimeoutError:
                continue


def show_that_we_live() -> None:
    """A sign of life, unless Postgres is away."""
    try:
        show_life(program="maildoor")
    except (DatabaseError, InterfaceError):
        pass
    finally:
        connection.close()
