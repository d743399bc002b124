"""Metrics as the API answers them, and what they are called."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.models import Channel
from identity.serializers import NUMBER, TEXT, WHOLE, YES_OR_NO, listed, or_null, shape
from quality.queries.metrics import MetricRow, names
from quality.rules.metrics import Metric
from quality.serializers.estimates import estimate_json

TITLES = {
    "auto_score": _("Score by the checks"),
    "coverage": _("Share of dialogs scored"),
    "iqs": _("IQS: score by reviews"),
    "craft": _("Score without critical zeroing"),
    "review_score": _("Mean of all reviews"),
    "pass_rate": _("Share of reviews that pass"),
    "review_gap": _("People less checks"),
    "assisted_score": _("Score by people and checks together"),
    "accuracy_borrower": _("Without errors critical for the borrower"),
    "accuracy_business": _("Without errors critical for the business"),
    "accuracy_compliance": _("Without errors critical for the law"),
    "csat": pgettext_lazy("metric", "CSAT"),
    "rating": _("Mean rating"),
    "nps": pgettext_lazy("metric", "NPS"),
    "ces": pgettext_lazy("metric", "CES"),
    "acsi": pgettext_lazy("metric", "ACSI"),
    "csi": pgettext_lazy("metric", "CSI"),
    "response_rate": _("Share of surveys answered"),
    "fcr_survey": _("Solved at first contact, by borrowers"),
    "fcr_system": _("Solved at first contact, by the system"),
    "fcr_system_1d": _("Solved at first contact, 1 day"),
    "fcr_system_3d": _("Solved at first contact, 3 days"),
    "fcr_system_30d": _("Solved at first contact, 30 days"),
    "fcr_net": _("Solved at first contact, where it is possible"),
    "first_response_time": _("First response time, mean"),
    "first_response_in_time": _("First answers in time"),
    "next_response_time": _("Next response time, mean"),
    "next_response_in_time": _("Next answers in time"),
    "resolution_time": _("Resolution time, mean"),
    "complaints": _("Dialogs that a complaint followed"),
}
CHANNELS = dict(Channel.choices)
METRIC = shape(
    metric=TEXT,
    title=TEXT,
    unit=TEXT,
    is_better_up=YES_OR_NO,
    group=TEXT,
    since=TEXT,
    until=TEXT,
    rows=listed(
        shape(
            key=or_null(TEXT),
            title=or_null(TEXT),
            value=or_null(NUMBER),
            lo=or_null(NUMBER),
            hi=or_null(NUMBER),
            n=WHOLE,
            method=TEXT,
            is_weak=YES_OR_NO,
        )
    ),
)


def metric_title(metric: Metric) -> str:
    """What a metric is called; a check or criterion by its own code."""
    return str(TITLES.get(metric.code, metric.code))


def metric_json(metric: Metric, rows: list[MetricRow], *, group_by: str, since: date, until: date) -> dict[str, Any]:
    """The answer of the API. Shares stay between 0 and 1, durations are seconds."""
    return {
        "metric": metric.code,
        "title": metric_title(metric),
        "unit": str(metric.unit),
        "is_better_up": metric.is_better_up,
        "group": group_by,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "rows": rows_json(rows, group_by),
    }


def rows_json(rows: list[MetricRow], group_by: str) -> list[dict[str, Any]]:
    """Each group with its key as text and what it is called; None where there is none."""
    titles = names(group_by, [row.key for row in rows])
    return [
        {"key": _key(row.key), "title": _title(row.key, group_by, titles), **estimate_json(row.estimate)}
        for row in rows
    ]


def _key(key: Any) -> str | None:
    return None if key is None or key == "" else key.isoformat() if hasattr(key, "isoformat") else str(key)


def _title(key: Any, group_by: str, titles: dict[Any, str]) -> str | None:
    if key is None or key == "":
        return None
    if group_by in {"agent", "topic"}:
        return titles.get(key, str(key))
    return str(CHANNELS.get(key, key)) if group_by == "channel" else _key(key)
