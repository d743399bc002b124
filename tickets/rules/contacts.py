"""Solved at the first contact, as a fact: nobody came back with the same matter."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Contact:
    """One closed dialog. ``solvable``: its topic can be solved at first contact at all."""

    borrower: Hashable
    topic: Hashable
    opened_at: datetime
    closed_at: datetime
    was_reopened: bool = False
    was_transferred: bool = False
    solvable: bool = True


def first_contacts(contacts: Iterable[Contact], *, as_of: datetime, days: int) -> list[tuple[Contact, bool]]:
    """Each first contact whose window is over, and whether it was solved."""
    window = timedelta(days=days)
    matters: defaultdict[tuple[Hashable, Hashable], list[Contact]] = defaultdict(list)
    for contact in contacts:
        matters[contact.borrower, contact.topic].append(contact)
    found = []
    for dialogs in matters.values():
        openings = sorted(one.opened_at for one in dialogs)
        closings = sorted(one.closed_at for one in dialogs)
        for one in dialogs:
            if one.closed_at + window <= as_of and _is_first(one, openings, closings, window):
                came_again = bisect_right(openings, one.closed_at + window) - bisect_right(openings, one.opened_at) > 0
                found.append((one, not (came_again or one.was_reopened or one.was_transferred)))
    return found


def _is_first(one: Contact, openings: Sequence[datetime], closings: Sequence[datetime], window: timedelta) -> bool:
    """Whether every dialog of the matter that began before had ended longer ago than the window."""
    began_before = bisect_left(openings, one.opened_at)
    ended_long_ago = bisect_left(closings, one.opened_at - window)
    return began_before <= ended_long_ago
