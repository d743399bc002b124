"""Daphne's websockets with less work for a frame and with bounds in both directions.

Its WebSocket library reads a frame byte by byte through a dozen hooks, writes each frame by itself through the reactor,
reads on however much waits for the application, and lets the application write on to a client that does not read. What
is common (a whole masked text message, a text to send) goes a short way here; everything else stays the library's.
"""

import sys
from typing import Any


def install() -> None:
    """Let Daphne make its servers and sockets of our kind, by the class attributes it has for that.

    Nothing happens under another server: whoever imports the application is imported by the server already.
    """
    cli: Any = sys.modules.get("daphne.cli")
    if cli is None:
        return
    from daphne.ws_protocol import WebSocketFactory

    from supportdesk.realtime.lean.protocol import LeanProtocol
    from supportdesk.realtime.lean.server import LeanServer

    cli.CommandLineInterface.server_class = LeanServer
    WebSocketFactory.protocol = LeanProtocol
