"""Facts for the apps above. Each is sent by an action inside its transaction, except presence, which has none.

``conversation_started(conversation, context)``   ``messages_posted(entries: list[StoredEntry])``
``conversation_closed(conversation, by)``         ``conversation_reopened(conversation, by)``
``staff_present(user_ids)``: every 10 s per process and on connecting; ``staff_left(user_id)``: the last socket closed.
"""

from django.dispatch import Signal

conversation_started = Signal()
conversation_closed = Signal()
conversation_reopened = Signal()
messages_posted = Signal()
staff_present = Signal()
staff_left = Signal()
