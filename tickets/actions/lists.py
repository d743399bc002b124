"""Lists that are kept, and one deed done with many tickets."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from identity.actions import record_audit
from identity.errors import DeskError
from identity.models import User
from tickets import access
from tickets.actions import assignments, tickets, transfers
from tickets.errors import Invalid, TooLate
from tickets.models import SavedView, Ticket, Topic

MOST_VIEWS = 30  # of one person
LONGEST_TITLE = 60  # characters
UNDO_TIME = 600  # seconds
SALT = "tickets.lists"


@dataclass
class Done:
    """What became of each: ``refused`` are numbers with the reason in words; ``undo`` is empty where there is none."""

    changed: list[int] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    undo: str = ""


def keep_view(*, owner: User, title: str, asked: dict[str, str], is_shared: bool) -> SavedView:
    """Keep a list under a title; the same title of the same person is replaced."""
    title = " ".join(title.split())
    if not title or len(title) > LONGEST_TITLE:
        raise Invalid("view_title")
    own = SavedView.objects.filter(owner=owner)
    if not own.filter(title=title).exists() and own.count() >= MOST_VIEWS:
        raise Invalid("too_many_views")
    view, _made = SavedView.objects.update_or_create(
        owner=owner, title=title, defaults={"asked": asked, "is_shared": is_shared and owner.is_supervisor}
    )
    return view


@transaction.atomic
def remove_view(*, view: SavedView, by: User) -> None:
    """A list is nobody's work: only its name goes."""
    if view.is_shared:
        record_audit(code="view.removed", actor=by, object_kind="view", object_id=view.pk, before=view.title)
    view.delete()


def change_many(*, numbers: Sequence[int], deed: str, value: Any, by: User) -> Done:
    """The deed with each ticket by itself: one that refuses keeps none of the others back."""
    done, before = Done(), {}
    for number in dict.fromkeys(numbers):
        try:
            ticket = access.led_ticket_for(by, number)
            was = _before(ticket, deed)
            _do(ticket, deed, value, by)
        except DeskError as error:
            done.refused.append((number, str(error.message)))
        else:
            done.changed.append(number)
            before[str(number)] = was
    if before and deed in {"topic", "priority", "resolve"}:
        done.undo = signing.dumps({"by": str(by.pk), "deed": deed, "before": before}, salt=SALT)
    return done


def undo_many(*, signed: str, by: User) -> Done:
    """Put back what ``change_many`` changed, for ten minutes; TooLate after that, or for somebody else."""
    try:
        kept = signing.loads(signed, salt=SALT, max_age=UNDO_TIME)
    except signing.BadSignature:
        raise TooLate from None
    if kept["by"] != str(by.pk):
        raise TooLate
    done = Done()
    for number, was in kept["before"].items():
        try:
            _put_back(access.led_ticket_for(by, int(number)), kept["deed"], was, by)
        except DeskError as error:
            done.refused.append((int(number), str(error.message)))
        else:
            done.changed.append(int(number))
    return done


def _do(ticket: Ticket, deed: str, value: Any, by: User) -> None:
    if deed == "topic":
        tickets.set_topic(ticket=ticket, topic=value, by=by)
    elif deed == "priority":
        tickets.set_priority(ticket=ticket, priority=value, by=by)
    elif deed == "snooze":
        tickets.snooze(ticket=ticket, until=value, by=by)
    elif deed == "resolve":
        tickets.resolve(ticket=ticket, by=by)
    elif ticket.assignee_id is None:
        assignments.assign(ticket=ticket, agent=value, by=by, reason="transferred")
    elif ticket.assignee_id != value.pk:
        transfers.transfer(ticket=ticket, to=value, by=by, summary=_("Given together with others from a list."))


def _before(ticket: Ticket, deed: str) -> Any:
    return {
        "topic": ticket.topic.code if ticket.topic else None,
        "priority": ticket.priority,
        "resolve": ticket.status,
    }.get(deed)


def _put_back(ticket: Ticket, deed: str, was: Any, by: User) -> None:
    if deed == "topic":
        tickets.set_topic(ticket=ticket, topic=Topic.objects.filter(code=was).first() if was else None, by=by)
    elif deed == "priority":
        tickets.set_priority(ticket=ticket, priority=was, by=by)
    elif was != Ticket.Status.RESOLVED:
        tickets.reopen(ticket=ticket, by=by)
