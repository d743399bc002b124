"""Mystery visits: what their planner, their shopper and, once they are done, every supervisor may know of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from chat.models import AuthorKind, Conversation
from identity.models import Role, User
from quality.errors import NotFound
from quality.models import (
    MysteryProgramme,
    MysteryScenario,
    MysteryVisit,
    PlantedBorrower,
    Review,
    Score,
)
from quality.rules.mystery import Quarter
from quality.rules.statistics.estimates import Estimate
from quality.rules.statistics.intervals import mean_interval
from tickets.access import supervisor_of
from tickets.models import Assignment

Status = MysteryVisit.Status
RELATED = ("scenario__programme", "shopper", "borrower", "conversation", "planned_by")


def programmes(user: User) -> QuerySet[MysteryProgramme]:
    """Every programme: what is planned in it is another question."""
    supervisor_of(user)
    return MysteryProgramme.objects.order_by("-starts_on", "-pk")


def programme_for(user: User, id: int) -> MysteryProgramme:  # noqa: A002
    supervisor_of(user)
    found = MysteryProgramme.objects.filter(pk=id).first()
    if found is None:
        raise NotFound
    return found


def scenario_for(user: User, id: int) -> MysteryScenario:  # noqa: A002
    supervisor_of(user)
    found = MysteryScenario.objects.select_related("programme").filter(pk=id).first()
    if found is None:
        raise NotFound
    return found


def scenarios_of(programme: MysteryProgramme) -> QuerySet[MysteryScenario]:
    return programme.scenarios.select_related("topic").order_by("-is_active", "pk")


def visits_visible_to(user: User) -> QuerySet[MysteryVisit]:
    """A supervisor's own plans, and what is done; until then a visit does not exist for anybody else."""
    supervisor_of(user)
    return MysteryVisit.objects.filter(_known_to(user)).select_related(*RELATED).order_by("-window_from", "-pk")


def visit_for(user: User, id: int) -> MysteryVisit:  # noqa: A002
    found = visits_visible_to(user).filter(pk=id).first()
    if found is None:
        raise NotFound
    return found


def planned_visit_for(user: User, id: int) -> MysteryVisit:  # noqa: A002
    """A visit this supervisor planned."""
    found = visits_visible_to(user).filter(planned_by=user, pk=id).first()
    if found is None:
        raise NotFound
    return found


def visits_of_shopper(user: User) -> QuerySet[MysteryVisit]:
    """What somebody is to shop, or has shopped."""
    return MysteryVisit.objects.filter(shopper=user).select_related(*RELATED).order_by("-window_from", "-pk")


def own_visit_for(user: User, id: int) -> MysteryVisit:  # noqa: A002
    found = visits_of_shopper(user).filter(pk=id).first()
    if found is None:
        raise NotFound
    return found


def planted_known_to(user: User) -> QuerySet[PlantedBorrower]:
    """Those this supervisor marked: whom others marked is nobody's business."""
    supervisor_of(user)
    return PlantedBorrower.objects.filter(known_to=user).select_related("borrower").order_by("pk")


def staff() -> list[User]:
    """Everybody who works here."""
    return list(User.objects.filter(deactivated_at=None).exclude(role=Role.PROBE).order_by("full_name", "pk"))


def visit_waiting_for(conversation: Conversation) -> MysteryVisit | None:
    """The visit that this conversation begins: of a shopper who was told to write as this borrower, in the window."""
    now = timezone.now()
    begun = MysteryVisit.objects.filter(borrower=conversation.borrower_id, status=Status.STARTED, conversation=None)
    inside = begun.filter(window_from__lte=now, window_to__gte=now, scenario__channel=conversation.channel)
    return inside.order_by("pk").first()


def is_borrower_busy(visit: MysteryVisit) -> bool:
    """Whether another visit under way uses the same borrower: nobody could tell whose conversation it is."""
    others = MysteryVisit.objects.filter(borrower=visit.borrower_id, status=Status.STARTED).exclude(pk=visit.pk)
    return others.exists()


def visit_under_way_of(conversation: Conversation) -> MysteryVisit | None:
    return MysteryVisit.objects.filter(conversation=conversation, status=Status.STARTED).first()


def landed_wrong(visit: MysteryVisit) -> bool:
    """Whether the shopper, or somebody they lead or work with, was given the conversation or spoke in it."""
    barred: set[UUID] = {visit.shopper_id, *visit.apart_from.values_list("pk", flat=True)}
    given = Assignment.objects.filter(ticket__conversation=visit.conversation_id, agent__in=barred)
    spoke = Q(author_kind=AuthorKind.STAFF, author_id__in=barred)
    assert visit.conversation is not None
    return given.exists() or visit.conversation.entries.filter(spoke).exists()


def score_of(visit: MysteryVisit) -> Score | None:
    """The newest score of the conversation; it comes some seconds after the end."""
    scores = Score.objects.filter(conversation=visit.conversation_id, conversation__isnull=False)
    return scores.order_by("-pk").first()


def card_of(visit: MysteryVisit) -> Review | None:
    """The shopper's card of the visit."""
    cards = Review.objects.filter(score__conversation=visit.conversation_id, source=Review.Source.MYSTERY)
    return cards.filter(reviewer=visit.shopper_id).order_by("-pk").first()


def _known_to(user: User) -> Q:
    return Q(planned_by=user) | Q(status=Status.DONE)


@dataclass(frozen=True)
class Participant:
    """One person's part in a quarter; ``cost`` in roubles."""

    person: User
    planned: int
    done: int
    cost: Decimal


@dataclass(frozen=True)
class Participation:
    """A quarter: both groups must take part. Means of the cards have their intervals and n."""

    managers: list[Participant]
    line: list[Participant]
    outside: list[Participant]
    quota: int
    means: dict[str, Estimate]

    @property
    def both_take_part(self) -> bool:
        return any(one.done for one in self.managers) and any(one.done for one in self.line)


def participation(quarter: Quarter, user: User) -> Participation:
    """Who shopped; of visits that are not done yet only those this supervisor planned."""
    start, end = _span(quarter)
    known = visits_visible_to(user).filter(window_from__gte=start, window_from__lt=end)
    visits = list(known.exclude(status=Status.CANCELLED))
    people = {person.pk: person for person in staff()} | {one.shopper_id: one.shopper for one in visits}
    running = MysteryProgramme.objects.filter(starts_on__lte=quarter.ends_on)
    running = running.filter(Q(ends_on=None) | Q(ends_on__gte=quarter.starts_on))
    outsiders = {one.shopper_id for one in visits if one.role == MysteryVisit.Role.EXTERNAL}
    own = [person for person in people.values() if person.pk not in outsiders]
    return Participation(
        managers=_participants([one for one in own if one.is_supervisor], visits),
        line=_participants([one for one in own if not one.is_supervisor], visits),
        outside=_participants([people[pk] for pk in outsiders], visits),
        quota=sum(running.values_list("visits_per_shopper", flat=True)),
        means=_means([one for one in visits if one.status == Status.DONE]),
    )


def _span(quarter: Quarter) -> tuple[datetime, datetime]:
    zone = timezone.get_default_timezone()
    days = quarter.starts_on, quarter.ends_on + timedelta(days=1)
    return datetime.combine(days[0], time(0), zone), datetime.combine(days[1], time(0), zone)


def _participants(people: Iterable[User], visits: list[MysteryVisit]) -> list[Participant]:
    found = []
    for person in sorted(people, key=lambda one: one.full_name):
        own = [one for one in visits if one.shopper_id == person.pk]
        done = sum(one.status == Status.DONE for one in own)
        cost = sum((one.cost or Decimal(0) for one in own), Decimal(0))
        found.append(Participant(person=person, planned=len(own), done=done, cost=cost))
    return found


def _means(done: list[MysteryVisit]) -> dict[str, Estimate]:
    """The mean card of every role that shopped, and of all together under ``all``."""
    roles: dict[Any, str] = {one.conversation_id: one.role for one in done}
    cards = Review.objects.filter(source=Review.Source.MYSTERY, score__conversation__in=list(roles))
    cards = cards.exclude(status=Review.Status.DRAFT).filter(value__isnull=False)
    values: dict[str, list[float]] = {"all": [], **{role: [] for role in MysteryVisit.Role.values}}
    for conversation, value in cards.values_list("score__conversation", "value"):
        values["all"].append(float(value or 0))
        values[roles[conversation]].append(float(value or 0))
    return {name: mean_interval(each) for name, each in values.items()}
