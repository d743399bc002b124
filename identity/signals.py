"""Facts of identity for the apps above, sent inside the transaction that makes them true."""

from django.dispatch import Signal

access_ended = Signal()
"""These sessions may do nothing more. Arguments: ``session_ids: list[UUID]`` (of borrowers and of staff)."""
