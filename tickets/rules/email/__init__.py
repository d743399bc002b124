"""Letters as values: reading what came, composing what leaves. Pure: no Django, no sockets, no clock."""

from tickets.rules.email.letter import VERSION, Glance, Letter, glance, read_letter

__all__ = ["VERSION", "Glance", "Letter", "glance", "read_letter"]
