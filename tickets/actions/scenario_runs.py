"""A ticket goes through its scenario: each step is taken or skipped once, and the log says by whom and why."""

from django.db import transaction
from django.utils import timezone

from identity.models import User
from tickets.actions.events import record_event
from tickets.actions.locking import lock_ticket
from tickets.errors import Invalid, StepTaken
from tickets.models import ScenarioMark, ScenarioRun, Ticket
from tickets.queries.identity import level_of
from tickets.queries.scenarios import Progress, progress_of
from tickets.rules import scenarios as rules
from tickets.rules.scenarios import Mark


@transaction.atomic
def mark_step(*, ticket: Ticket, step: int, mark: Mark, by: User) -> Ticket:
    """Take or skip the step of this id. ``mark.number`` is the line of the log it shall be; 0 means the next one.

    Raises ``StepTaken`` when somebody was quicker, ``Invalid`` when it is not the step to take now.
    """
    ticket = lock_ticket(ticket.number)
    progress = _progress(ticket)
    _refuse_the_late(progress, mark.number)
    current = progress.walk.current
    if current is None or progress.wording.row(current.key).pk != step:
        raise StepTaken if _was_passed(progress, step) else Invalid("unknown_step")
    if refusal := rules.refusal_of(current, mark, level=level_of(ticket)):
        raise Invalid(refusal)
    return _write(ticket, progress, step=step, mark=mark, by=by)


@transaction.atomic
def take_step_back(*, ticket: Ticket, step: int, number: int = 0, by: User) -> Ticket:
    """The last step counts no more; its line and this one stay in the log."""
    ticket = lock_ticket(ticket.number)
    progress = _progress(ticket)
    _refuse_the_late(progress, number)
    holds = rules.effective([_plain(mark) for mark in progress.log])
    last = next((mark for mark in progress.log if holds and mark.number == holds[-1].number), None)
    if last is None or last.step_id != step:
        raise Invalid("not_the_last_step")
    return _write(ticket, progress, step=step, mark=Mark(rules.TAKEN_BACK), by=by)


def leave_scenario(ticket: Ticket) -> None:
    """Another topic brings another scenario, which begins anew; the log of this one stays."""
    ScenarioRun.objects.filter(ticket=ticket, left_at=None).update(left_at=timezone.now())


def _progress(ticket: Ticket) -> Progress:
    progress = progress_of(ticket)
    if progress is None:
        raise Invalid("unknown_step")
    return progress


def _refuse_the_late(progress: Progress, number: int) -> None:
    """Whoever acts on what they saw must have seen the whole log."""
    if number not in (0, progress.next_number):
        raise StepTaken


def _was_passed(progress: Progress, step: int) -> bool:
    return any(progress.wording.row(each.key).pk == step for each, _ in progress.walk.passed)


def _plain(mark: ScenarioMark) -> Mark:
    return Mark(mark.outcome, number=mark.number)


def _write(ticket: Ticket, progress: Progress, *, step: int, mark: Mark, by: User) -> Ticket:
    now = timezone.now()
    run = progress.run
    if run is None:
        run = ScenarioRun.objects.create(ticket=ticket, version=progress.version, begun_at=now)
        record_event(ticket=ticket, kind="scenario_begun", at=now, user=by, version=progress.version.number)
    line = ScenarioMark.objects.create(
        run=run, number=progress.next_number, step_id=step, outcome=mark.outcome, choice_id=mark.choice,
        reason=mark.reason, words=mark.words.strip(), by=by, at=now,
    )  # fmt: skip
    after = _progress(ticket)
    ticket.steps_done = after.done
    ticket.save(update_fields=["steps_done"])
    _tell(ticket, after, line)
    return ticket


def _tell(ticket: Ticket, after: Progress, line: ScenarioMark) -> None:
    """What became of the step, in the ticket's own log; the reason in full stays in the log of the run."""
    key = next(row.key for row in after.wording.rows if row.pk == line.step_id)
    said = {"step": key, "outcome": line.outcome, "version": after.version.number, "number": line.number}
    said |= {"choice": line.choice.text_ru} if line.choice else {}
    said |= {"reason": line.reason} if line.reason else {}
    is_done = line.outcome in (rules.DONE, rules.CHOSEN)
    record_event(ticket=ticket, kind="step_marked", at=line.at, user=line.by, done=is_done, **said)
    if after.walk.is_over:
        skipped = sum(mark.outcome == rules.SKIPPED for _, mark in after.walk.passed)
        told = {"version": after.version.number, "steps": len(after.walk.passed), "skipped": skipped}
        record_event(ticket=ticket, kind="scenario_ended", at=line.at, user=line.by, **told)
