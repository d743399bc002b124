"""What else must happen: one function per fact."""

from tickets.receivers import routing

__all__ = ["routing"]
