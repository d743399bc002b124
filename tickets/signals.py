"""Facts of the work for the app above, sent inside the transaction."""

from django.dispatch import Signal

ticket_resolved = Signal()  # ticket, by
ticket_reopened = Signal()  # ticket, by
planted_wanted = Signal()  # each receiver returns a question for borrowers no service figure counts, as rows of ids
review_letter_came = Signal()  # letter, reading; a receiver returns whether it found reviews there and keeps them
topics_wanted = Signal()  # text: str; a receiver returns what it makes of it, as Proposed
ratings_wanted = Signal()  # conversations: list[UUID]; each receiver returns what it knows as {conversation: 1-5}
voices_wanted = Signal()  # since, until: datetime; each receiver returns what borrowers said then, as Voices
