"""What else must happen: one function per fact."""

from tickets.receivers import letters, outbox, routing

__all__ = ["letters", "outbox", "routing"]
