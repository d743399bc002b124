"""Scenarios as they hold: which version a ticket goes through, what it says, and how far the ticket has come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.utils import timezone

from tickets.models import CannedAnswer, ScenarioMark, ScenarioRun, ScenarioStep, ScenarioVersion, Ticket
from tickets.queries.identity import level_of
from tickets.rules import scenarios as rules
from tickets.rules.scenarios import Mark, Walk

KEPT = 500  # wordings that a process remembers; a published one never changes


@dataclass(frozen=True)
class Wording:
    """What a version says: its rows with their choices, and the same for the rules."""

    rows: tuple[ScenarioStep, ...]
    steps: tuple[rules.Step, ...]

    def row(self, key: int) -> ScenarioStep:
        return next(row for row in self.rows if row.key == key)


@dataclass(frozen=True)
class Progress:
    """How far a ticket has come in its scenario; ``run`` is None while nobody has taken a step of it."""

    version: ScenarioVersion
    run: ScenarioRun | None
    wording: Wording
    log: tuple[ScenarioMark, ...]
    walk: Walk

    @property
    def next_number(self) -> int:
        """Of the next line of the log."""
        return len(self.log) + 1

    @property
    def done(self) -> list[int]:
        """The ids of the steps that were taken, not skipped."""
        taken = {step.key for step, mark in self.walk.passed if mark.outcome != rules.SKIPPED}
        return sorted(row.pk for row in self.wording.rows if row.key in taken)


def progress_of(ticket: Ticket) -> Progress | None:
    """None where the ticket's topic has no scenario."""
    if ticket.topic_id is None:
        return None
    run = ScenarioRun.objects.filter(ticket=ticket, left_at=None).select_related("version").first()
    version = run.version if run else version_in_force(ticket.topic_id, at=ticket.resolved_at)
    if version is None:
        return None
    log = tuple(run.marks.select_related("by", "choice")) if run else ()
    wording = wording_of(version.pk)
    marks = [plain_mark(mark, wording) for mark in log]
    return Progress(version=version, run=run, wording=wording, log=log, walk=rules.walk(wording.steps, marks))


def version_in_force(topic_id: int, *, at: datetime | None = None) -> ScenarioVersion | None:
    """The version that held then, or holds now; for a time before the first one, the first."""
    published = ScenarioVersion.objects.filter(scenario__topic=topic_id, published_at__isnull=False)
    held = published.filter(published_at__lte=at or timezone.now()).order_by("-number").first()
    return held or published.order_by("number").first()


@lru_cache(maxsize=KEPT)
def wording_of(version_id: int) -> Wording:
    """What a published version says; it is read once, for it never changes."""
    return read_wording(version_id)


def read_wording(version_id: int) -> Wording:
    """What any version says, a draft too, as it stands now."""
    rows = tuple(ScenarioStep.objects.filter(version=version_id).prefetch_related("choices"))
    return Wording(rows=rows, steps=tuple(plain_step(row) for row in rows))


def plain_step(row: ScenarioStep) -> rules.Step:
    choices = tuple(rules.Choice(each.pk, each.text_ru, each.goes_to) for each in row.choices.all())
    return rules.Step(
        key=row.key,
        kind=row.kind,
        goes_to=row.goes_to,
        choices=choices,
        level=row.level,
        is_obligatory=row.is_obligatory,
        has_answer=row.answer_id is not None,
        has_control=bool(row.control),
    )


def plain_mark(mark: ScenarioMark, wording: Wording) -> Mark:
    key = next((row.key for row in wording.rows if row.pk == mark.step_id), rules.END)
    return Mark(mark.outcome, key, mark.choice_id, mark.number, mark.reason, mark.words)


def steps_in_force(topic_id: int) -> tuple[ScenarioStep, ...]:
    """The steps of the topic as they hold now."""
    version = version_in_force(topic_id)
    return wording_of(version.pk).rows if version else ()


def answers_of(rows: Iterable[ScenarioStep]) -> dict[int, CannedAnswer]:
    """The prepared answers of these steps as they stand now."""
    return CannedAnswer.objects.in_bulk([row.answer_id for row in rows if row.answer_id])


# The right panel


@dataclass(frozen=True)
class Passed:
    """A step that was passed, with the line of the log that says how."""

    row: ScenarioStep
    mark: ScenarioMark


@dataclass(frozen=True)
class Player:
    """The scenario beside a conversation: what was passed, the step to take now, and what surely follows."""

    progress: Progress
    passed: list[Passed]
    current: ScenarioStep | None
    ahead: list[ScenarioStep]
    answer: CannedAnswer | None
    is_locked: bool
    newest: int  # number of the version that holds now

    @property
    def left(self) -> int:
        """Obligatory steps that nobody has passed, as far as they are known."""
        return sum(step.is_obligatory for step in self.progress.walk.left)

    @property
    def reasons(self) -> list[tuple[str, str]]:
        return [(code, str(words)) for code, words in ScenarioMark.Reason.choices]

    @property
    def total(self) -> int:
        return len(self.passed) + len(self.progress.walk.left)


def player_of(ticket: Ticket) -> Player | None:
    progress = progress_of(ticket)
    if progress is None:
        return None
    walk, wording = progress.walk, progress.wording
    lines = {mark.number: mark for mark in progress.log}
    current = wording.row(walk.current.key) if walk.current else None
    newest = version_in_force(ticket.topic_id) if ticket.topic_id else None
    return Player(
        progress=progress,
        passed=[Passed(wording.row(step.key), lines[mark.number]) for step, mark in walk.passed],
        current=current,
        ahead=[wording.row(step.key) for step in walk.ahead],
        answer=answers_of([current]).get(current.answer_id or 0) if current else None,
        is_locked=current is not None and current.level > level_of(ticket),
        newest=newest.number if newest else progress.version.number,
    )
