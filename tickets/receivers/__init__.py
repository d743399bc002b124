"""What else must happen: one function per fact."""

from tickets.receivers import outbox, routing

__all__ = ["outbox", "routing"]
