"""The tree of topics: its order, who stands under whom, and where a topic may be put. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

LEVELS = 3  # at most, the highest counted too


@dataclass(frozen=True)
class Node:
    """One topic by its place; ``is_archived`` is its own, not what it has from above."""

    id: int
    parent: int | None = None
    position: int = 0
    is_archived: bool = False


@dataclass(frozen=True)
class Proposed:
    """Codes of topics a text may have, each with its chance (0 to 1), the likeliest first.

    Without a model: how many examples it has and how many it needs; 0 of 0 when only the model is not in force.
    """

    ranked: Sequence[tuple[str, float]] = ()
    have: int = 0
    need: int = 0


class Tree:
    """All topics there are. What names no parent that exists stands at the top."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.nodes = {node.id: node for node in nodes}
        self._under: dict[int | None, list[Node]] = {}
        for node in sorted(self.nodes.values(), key=lambda node: (node.position, node.id)):
            self._under.setdefault(node.parent if node.parent in self.nodes else None, []).append(node)

    def under(self, topic: int | None) -> list[Node]:
        """The topics directly under it, in order; None means the highest."""
        return self._under.get(topic, [])

    def ordered(self, topic: int | None = None) -> Iterator[Node]:
        """Everything below it, each topic before those under it."""
        for node in self.under(topic):
            yield node
            yield from self.ordered(node.id)

    def lineage(self, topic: int) -> list[int]:
        """The topic and those above it, the nearest first."""
        return lineage({node.id: node.parent for node in self.nodes.values()}, topic)

    def is_hidden(self, topic: int) -> bool:
        """Whether it or one above it is in the archive."""
        return any(self.nodes[each].is_archived for each in self.lineage(topic))

    def is_leaf(self, topic: int) -> bool:
        """Whether nothing that can be chosen stands under it."""
        return all(node.is_archived for node in self.under(topic))

    def height(self, topic: int) -> int:
        """How many levels it takes with what is under it."""
        return 1 + max((self.height(node.id) for node in self.under(topic)), default=0)


def lineage(parents: Mapping[int, int | None], topic: int | None) -> list[int]:
    """The topic and those above it, the nearest first; a ring, which there should be none of, ends it."""
    found: list[int] = []
    while topic is not None and topic not in found:
        found.append(topic)
        topic = parents.get(topic)
    return found


def misplaced(tree: Tree, topic: int | None, under: int | None) -> str:
    """Why a topic, or a new one, may not stand under another: ``topic_cycle``, ``topic_too_deep``, or nothing."""
    above = tree.lineage(under) if under is not None else []
    if topic is not None and topic in above:
        return "topic_cycle"
    height = tree.height(topic) if topic is not None else 1
    return "topic_too_deep" if len(above) + height > LEVELS else ""
