"""Mystery visits: planned in secret, begun under a planted borrower's name, done with observations and a card."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models import Channel, Conversation
from identity.actions import record_audit
from identity.models import Borrower, User
from quality.actions.reviews import open_review
from quality.errors import QualityError
from quality.models import MysteryProgramme, MysteryScenario, MysteryVisit, PlantedBorrower, Review
from quality.queries.mystery import is_borrower_busy, landed_wrong, score_of, visit_under_way_of, visit_waiting_for
from quality.queries.ratings import is_over

Status = MysteryVisit.Status


class VisitRefused(QualityError):
    """``reason`` says what stands in the way."""

    code = "visit"
    status = 409
    REASONS: ClassVar = {
        "begun": _("This visit is not waiting to begin."),
        "window": _("It is not the time of this visit."),
        "busy": _("Another visit is under way under this borrower's name. Try again when it is over."),
        "not_started": _("The conversation of this visit has not begun."),
        "going_on": _("The conversation goes on. Note what you saw when it is over."),
        "landed_wrong": _("You, or somebody you work with, answered this conversation: the visit is cancelled."),
        "settled": _("This visit is over already."),
        "no_score": _("The conversation is not scored yet. Try again in a minute."),
    }

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason, self.message = reason, self.REASONS[reason]


@transaction.atomic
def plan_programme(
    *, by: User, title: str, starts_on: date, ends_on: date | None, visits_per_shopper: int
) -> MysteryProgramme:
    programme = MysteryProgramme.objects.create(
        title=title, starts_on=starts_on, ends_on=ends_on, visits_per_shopper=visits_per_shopper, created_by=by
    )
    record_audit(code="mystery_programme_planned", actor=by, object_kind="programme", object_id=programme.pk)
    return programme


@transaction.atomic
def write_scenario(*, programme: MysteryProgramme, by: User, **said: Any) -> MysteryScenario:
    """What a shopper plays; for chats, where whoever writes is known from the first word."""
    scenario = MysteryScenario.objects.create(programme=programme, channel=Channel.CHAT, **said)
    record_audit(code="mystery_scenario_written", actor=by, object_kind="scenario", object_id=scenario.pk)
    return scenario


@transaction.atomic
def retire_scenario(*, scenario: MysteryScenario, by: User) -> MysteryScenario:
    """No visit is planned by it any more; those that are stay."""
    scenario.is_active = False
    scenario.save(update_fields=["is_active"])
    record_audit(code="mystery_scenario_retired", actor=by, object_kind="scenario", object_id=scenario.pk)
    return scenario


@transaction.atomic
def plant_borrower(*, borrower: Borrower, by: User) -> PlantedBorrower:
    """Mark a borrower of the lender's test segment: out of every figure, for ever.

    Whoever marks one that is marked already learns nothing by it.
    """
    PlantedBorrower.objects.bulk_create([PlantedBorrower(borrower=borrower, added_by=by)], ignore_conflicts=True)
    planted = PlantedBorrower.objects.get(borrower=borrower)
    planted.known_to.add(by)
    record_audit(code="borrower_planted", actor=by, object_kind="borrower", object_id=borrower.pk)
    return planted


@transaction.atomic
def plan_visit(
    *,
    scenario: MysteryScenario,
    shopper: User,
    role: str,
    planted: PlantedBorrower,
    window: tuple[datetime, datetime],
    by: User,
    apart_from: Sequence[User] = (),
    cost: Decimal | None = None,
) -> MysteryVisit:
    """Ask somebody to shop in a window; nobody else hears of it."""
    visit = MysteryVisit.objects.create(
        scenario=scenario,
        shopper=shopper,
        role=role,
        borrower=planted.borrower,
        window_from=window[0],
        window_to=window[1],
        cost=cost,
        planned_by=by,
    )
    visit.apart_from.set(apart_from)
    _audit("mystery_visit_planned", visit, by)
    return visit


@transaction.atomic
def begin_visit(*, visit: MysteryVisit, by: User) -> MysteryVisit:
    """From here on the shopper knows under whose name to write, and a chat of that borrower is the visit's."""
    PlantedBorrower.objects.select_for_update().filter(borrower=visit.borrower_id).first()  # one visit at a time
    visit = _locked(visit)
    if visit.status != Status.PLANNED:
        raise VisitRefused("begun")
    if not visit.window_from <= timezone.now() <= visit.window_to:
        raise VisitRefused("window")
    if is_borrower_busy(visit):
        raise VisitRefused("busy")
    return _moved(visit, Status.STARTED, "mystery_visit_begun", by)


def attach_conversation(*, conversation: Conversation) -> MysteryVisit | None:
    """A chat that a planted borrower begins becomes the visit's that waits for it; inside the chat's transaction."""
    if conversation.channel != Channel.CHAT or conversation.borrower_id is None:
        return None
    visit = visit_waiting_for(conversation)
    if visit is None:
        return None
    visit.conversation = conversation
    visit.save(update_fields=["conversation"])
    return visit


def leave_visit(*, conversation: Conversation) -> MysteryVisit | None:
    """When a conversation ends that the shopper or their own people answered, its visit is cancelled."""
    visit = visit_under_way_of(conversation)
    if visit is None or not landed_wrong(visit):
        return None
    return _moved(visit, Status.CANCELLED, "mystery_visit_cancelled", None, reason="landed_wrong")


def finish_visit(*, visit: MysteryVisit, observations: Mapping[str, Any], by: User) -> MysteryVisit:
    """Keep what the shopper saw; from here on the visit is no secret. One that landed wrong is cancelled instead."""
    with transaction.atomic():
        visit = _locked(visit)
        if visit.status != Status.STARTED:
            raise VisitRefused("settled")
        if visit.conversation is None:
            raise VisitRefused("not_started")
        if not is_over(visit.conversation):
            raise VisitRefused("going_on")
        if not landed_wrong(visit):
            visit.observations, visit.done_at = dict(observations), timezone.now()
            visit.save(update_fields=["observations", "done_at"])
            return _moved(visit, Status.DONE, "mystery_visit_done", by)
        _moved(visit, Status.CANCELLED, "mystery_visit_cancelled", by, reason="landed_wrong")
    raise VisitRefused("landed_wrong")


@transaction.atomic
def cancel_visit(*, visit: MysteryVisit, by: User) -> MysteryVisit:
    """Called off by whoever planned it, or by the shopper; what is done is done."""
    visit = _locked(visit)
    if visit.status not in {Status.PLANNED, Status.STARTED}:
        raise VisitRefused("settled")
    return _moved(visit, Status.CANCELLED, "mystery_visit_cancelled", by, reason="called_off")


def open_card(*, visit: MysteryVisit) -> Review:
    """The shopper's card, the same as of every review; the conversation is scored some seconds after its end."""
    if visit.status != Status.DONE:
        raise VisitRefused("not_started")
    score = score_of(visit)
    if score is None:
        raise VisitRefused("no_score")
    return open_review(of=score, reviewer=visit.shopper, source=Review.Source.MYSTERY)


def _locked(visit: MysteryVisit) -> MysteryVisit:
    related = MysteryVisit.objects.select_related("conversation", "shopper", "scenario")
    return related.select_for_update(of=("self",)).get(pk=visit.pk)


def _moved(visit: MysteryVisit, to: str, code: str, by: User | None, **detail: str) -> MysteryVisit:
    visit.status = to
    visit.save(update_fields=["status"])
    _audit(code, visit, by, **detail)
    return visit


def _audit(code: str, visit: MysteryVisit, by: User | None, **detail: str) -> None:
    record_audit(code=code, actor=by, object_kind="mystery_visit", object_id=visit.pk, **detail)
