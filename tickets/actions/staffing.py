"""Plans of how many agents are needed: promised at once, computed by a worker of the class "report"."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from identity.models import User
from supportdesk.realtime import failpoint, replica
from tickets import jobs
from tickets.actions.outbox import enqueue
from tickets.models import Job, StaffingPlan
from tickets.queries.staffing import Hour, Past, happened, newest_plan, past_before
from tickets.rules.staffing import Goal, Staffing, hourly, rates, week_from

KIND = "plan_staffing"
SECONDS = 1200.0
TOLD = 4  # hours computed between two signs of progress
WEEK = timedelta(days=7)


@transaction.atomic
def ask_plan(*, by: User, share: int, seconds: int, places: int) -> StaffingPlan:
    """Plan the week that begins today; what is computed just now for the same goal is not asked for twice."""
    goal = {"share": share, "seconds": seconds, "places": places}
    week_on = timezone.localdate(timezone=timezone.get_default_timezone())
    going = newest_plan()
    if going and not going.is_over and (goal, week_on) == (_goal_of(going), going.week_on):
        return going
    plan = StaffingPlan.objects.create(asked_by=by, week_on=week_on, **goal)
    enqueue(kind=KIND, key=f"{KIND}:{plan.pk}", payload={"plan": str(plan.pk)})
    return plan


@jobs.outside_handler(KIND, work=jobs.REPORT, seconds=SECONDS)
def compute_one(job: Job) -> None:
    """Begun again from the first hour after a crash, and the same to the last agent: its chances are seeded."""
    plan = StaffingPlan.objects.filter(pk=job.payload["plan"]).first()
    if plan is None or plan.is_over:
        return
    _save(plan, state=StaffingPlan.State.COMPUTING, done=0)
    now, _ = replica.read(past_before, until=plan.week_on)
    if not now.is_enough:
        _save(plan, state=StaffingPlan.State.TOO_LITTLE, basis=_basis(now), computed_at=timezone.now())
        return
    hours = _forecast(plan, now, plan.week_on, done=0)
    failpoint("staffing.computed")
    past = _past(plan)
    _save(
        plan, state=StaffingPlan.State.READY, hours=hours, past=past, basis=_basis(now), computed_at=timezone.now(),
    )  # fmt: skip


def _past(plan: StaffingPlan) -> list[dict[str, Any]]:
    """Last week as it would have been forecast at its beginning, beside what happened; empty where too little was."""
    since = plan.week_on - WEEK
    then, _ = replica.read(past_before, until=since)
    if not then.is_enough:
        return []
    was, _ = replica.read(happened, since=since, until=plan.week_on)
    hours = _forecast(plan, then, since, done=168)
    return [{**one, **_told(was.get((date.fromisoformat(one["on"]), one["hour"])))} for one in hours]


def _forecast(plan: StaffingPlan, past: Past, week_on: date, *, done: int) -> list[dict[str, Any]]:
    expected = rates(past.came, past.days)
    staffing = Staffing(Goal(plan.share / 100, plan.seconds, plan.places), past.work)
    found = []
    for at, (on, hour) in enumerate(week_from(week_on)):
        come, pace = hourly(expected, on, hour)
        need = staffing.need(pace)
        agents = {"agents": need.agents, "agents_low": need.low, "agents_high": need.high}
        chats = {"chats": round(come.mean, 2), "chats_low": come.low, "chats_high": come.high}
        found.append({"on": on.isoformat(), "hour": hour, **chats, **agents})
        if at % TOLD == 0:
            _save(plan, done=done + at)
    return found


def _told(hour: Hour | None) -> dict[str, Any]:
    if hour is None:
        return {"came": None, "on_line": None, "in_time": None}
    return {"came": hour.came, "on_line": hour.on_line, "in_time": hour.in_time}


def _basis(past: Past) -> dict[str, Any]:
    return {
        "days": len(past.days),
        "chats": past.chats,
        "handle": round(past.work.mean) if past.work.times else None,
        "reaction": past.work.reaction,
        "parallel": past.parallel,
    }


def _goal_of(plan: StaffingPlan) -> dict[str, int]:
    return {"share": plan.share, "seconds": plan.seconds, "places": plan.places}


def _save(plan: StaffingPlan, **facts: Any) -> None:
    StaffingPlan.objects.filter(pk=plan.pk).update(**facts)
