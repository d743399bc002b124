"""The server-neutral application: HTTP to Django, websockets to the chat. Daphne and uvicorn serve it alike."""

import os
from typing import Any

import django
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import OriginValidator
from django.urls import path

from supportdesk.bodies import BodyLimit
from supportdesk.processes import allow_many_sockets
from supportdesk.realtime.daphne import cure
from supportdesk.realtime.draining import Leaving
from supportdesk.seats import SeatedHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportdesk.settings")
allow_many_sockets()
cure()
django.setup(set_prefix=False)  # before anything that needs the models
pages = SeatedHandler()


def sockets() -> Any:
    """The chat's socket at its one address, for pages of the desk's own origin (scheme, host and port)."""
    from django.conf import settings

    from chat.consumers import socket

    application: Any = socket
    return OriginValidator(URLRouter([path("ws/v1/", application)]), [settings.PUBLIC_URL])


async def lifespan(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer servers that announce start and stop; the desk has nothing to prepare that cannot wait."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


application = Leaving(ProtocolTypeRouter({"http": BodyLimit(pages), "websocket": sockets(), "lifespan": lifespan}))

from supportdesk import seeing  # noqa: E402  it reads tables

seeing.begin("web")
