"""What an agent is told, in words, and the page it leads to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from identity.models import User
from quality.models import OpenedNotice
from quality.queries.notices import Notice
from quality.serializers.calibration import title_of
from supportdesk.templatetags.desk import day, figure, moment

Kind = OpenedNotice.Kind


@dataclass(frozen=True)
class NoticeRow:
    """``words`` say what happened, ``about`` in which conversation; ``due`` is until when, in words."""

    address: str
    words: str
    about: str
    who: str
    at: datetime
    due: str
    is_late: bool
    is_new: bool


def notice_rows(notices: Sequence[Notice]) -> list[NoticeRow]:
    return [_row(one) for one in notices]


def address_of(notice: Notice) -> str:
    """Where the thing itself stands."""
    if notice.kind == Kind.DECISION:
        return reverse("quality-dispute", args=[notice.number])
    if notice.score is None:
        return reverse("agent-card", args=[notice.row.agent_id]) + "#co-h"
    return reverse("quality-score", args=[notice.score.pk])


def _row(notice: Notice) -> NoticeRow:
    words, who = _said(notice)
    return NoticeRow(
        address=reverse("quality-notice", args=[notice.kind, notice.number]),
        words=words,
        about=title_of(notice.score) if notice.score else notice.row.agreed,
        who=who.full_name if who else "",
        at=notice.at,
        due=_due(notice.due),
        is_late=_is_late(notice.due),
        is_new=not notice.is_read,
    )


def _said(notice: Notice) -> tuple[str, User | None]:
    row = notice.row
    if notice.kind == Kind.REVIEW:
        value = "—" if row.value is None else figure(row.value)
        said = _("Review to answer: %(value)s") if notice.waits else pgettext("notice", "Review: %(value)s")
        return said % {"value": value}, row.reviewer
    if notice.kind == Kind.DECISION:
        return _("Your dispute: %(decision)s") % {"decision": row.get_status_display().lower()}, row.decided_by
    if notice.kind == Kind.TALK:
        return _("Talk of %(day)s") % {"day": day(row.held_on)}, row.coach
    return _("Pinned as praise") if row.is_praise else _("Pinned to talk about"), row.by


def _due(due: datetime | date | None) -> str:
    if due is None:
        return ""
    return _("until %(at)s") % {"at": moment(due) if isinstance(due, datetime) else day(due)}


def _is_late(due: datetime | date | None) -> bool:
    if due is None:
        return False
    return due < timezone.now() if isinstance(due, datetime) else due < timezone.localdate()
