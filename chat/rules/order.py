"""A sender's order: what was refused comes again before anything later, and what was given up holds nothing back."""

from uuid import UUID

KEPT = 64  # refused posts whose comings are counted; a client has far fewer unanswered


class Awaited:
    """The posts of one conversation on one connection that were refused and may come again, by their first coming.

    A client repeats everything unanswered, in order. So a post that comes twice, with nothing earlier in between, tells
    that its client has given up what was earlier, or knows it to be stored.
    """

    __slots__ = ("_comings", "_ranks")

    def __init__(self) -> None:
        self._ranks: dict[UUID, int] = {}
        self._comings: dict[UUID, int] = {}  # since something earlier came or was refused

    def __len__(self) -> int:
        return len(self._ranks)

    def is_next(self, id_: UUID, number: int) -> bool:
        """A post comes, the ``number``-th of its connection: whether nothing earlier is awaited any more."""
        rank = self._ranks.get(id_, number)
        earlier = [other for other, known in self._ranks.items() if known < rank]
        if self._comings.get(id_):
            for other in earlier:
                self.forget(other)
            earlier = []
        self._begin_again_after(rank)
        if earlier and (id_ in self._ranks or len(self) < KEPT):
            self._ranks[id_] = rank
            self._comings[id_] = 1
        return not earlier

    def accept(self, id_: UUID, number: int) -> int:
        """It is handed to the writer; returns its place in the order, for the case that it is refused there."""
        self._comings.pop(id_, None)
        return self._ranks.pop(id_, number)

    def refuse(self, id_: UUID, number: int) -> None:
        """Whatever is later waits until it comes again."""
        rank = self._ranks.setdefault(id_, number)
        self._comings[id_] = 0
        self._begin_again_after(rank)

    def forget(self, id_: UUID) -> None:
        """It will never be stored, so nothing waits for it."""
        self._ranks.pop(id_, None)
        self._comings.pop(id_, None)

    def _begin_again_after(self, rank: int) -> None:
        for other, known in self._ranks.items():
            if known > rank:
                self._comings[other] = 0
