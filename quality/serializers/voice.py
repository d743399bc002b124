"""Indices and follow-ups in words, for the supervisor's pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quality.models import FollowUp
from quality.queries.voice import Index
from quality.rules.statistics.estimates import Estimate
from quality.serializers.estimates import Shown, Unit, shown, shown_change


@dataclass(frozen=True)
class WaveRow:
    month: datetime
    index: Shown
    asked: int
    answered: int


@dataclass(frozen=True)
class IndexRow:
    """An index as it stands on the page; ``points`` and ``percent`` say how it moved, both ways."""

    kind: str
    title: str
    index: Shown
    rate: Shown
    waves: list[WaveRow]
    points: Shown | None
    percent: Shown | None


def index_rows(found: Iterable[Index]) -> list[IndexRow]:
    return [_index_row(one) for one in found]


def _index_row(one: Index) -> IndexRow:
    def level(estimate: Estimate) -> Shown:
        return shown(estimate, unit=Unit.SHARE if one.is_share else Unit.POINTS)

    points = one.change.points.scaled(100) if one.change and one.is_share else one.change.points if one.change else None
    return IndexRow(
        kind=one.kind,
        title=one.title,
        index=level(one.index),
        rate=shown(one.rate, unit=Unit.SHARE),
        waves=[WaveRow(wave.month, level(wave.index), wave.asked, wave.answered) for wave in reversed(one.waves)],
        points=shown_change(points) if points else None,
        percent=shown_change(one.change.percent) if one.change else None,
    )


def follow_up_rows(found: Iterable[FollowUp], *, now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "id": one.pk,
            "said": _said(one),
            "comment": _comment(one),
            "ticket": _ticket_number(one),
            "assignee": one.assignee,
            "due_at": one.due_at,
            "is_late": one.due_at < now,
        }
        for one in found
    ]


def _comment(one: FollowUp) -> str:
    said = one.response or one.rating
    return said.comment if said else ""


def _said(one: FollowUp) -> str:
    if one.rating is not None:
        solved = f", {one.rating.get_solved_display()}" if one.rating.solved else ""
        return f"{one.rating.rating} / 5{solved}"
    assert one.response is not None
    survey = one.response.invite.version.survey
    return f"{survey.title}: {', '.join(str(value) for value in one.response.answers.values())}"


def _ticket_number(one: FollowUp) -> int | None:
    conversation = one.rating.conversation if one.rating else one.response.invite.conversation if one.response else None
    ticket = getattr(conversation, "ticket", None)
    return ticket.number if ticket else None
