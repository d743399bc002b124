"""The live socket of the desk, docs/protocol.md: a raw ASGI application, because every hop of a frame costs."""

from chat.consumers.socket import socket

__all__ = ["socket"]
