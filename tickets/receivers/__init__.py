"""What else must happen: one function per fact."""

from tickets.receivers import outbox

__all__ = ["outbox"]
