"""The picture of the service report: how soon first answers came, channel by channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chat.models import Channel
from tickets.rules.curves import NARROW, SHARES, TICKS, TIMES, WIDE, Frame, path_of
from tickets.rules.histograms import Counts, share_within

DRAWN = ((Channel.CHAT, "chat"), (Channel.EMAIL, "mail"))


@dataclass(frozen=True)
class Line:
    """One channel's curve, and the same numbers for the table."""

    channel: Channel
    css: str
    d: str
    n: int


@dataclass(frozen=True)
class Picture:
    """One drawing of the curves, wide or narrow."""

    css: str
    frame: Frame
    lines: list[Line]
    ticks: list[tuple[float, int]]
    grid: list[tuple[float, int]]


@dataclass(frozen=True)
class Row:
    """A moment of the axis, and the share of each channel that was answered by then."""

    seconds: int
    shares: list[float | None]


def first_answers(waits: Mapping[Channel, Counts]) -> tuple[list[Picture], list[Row]]:
    """The drawings, and the table of the same numbers, from histograms of the waits."""
    points = {channel: [(at, share_within(waits[channel], at) or 0.0) for at in TIMES] for channel in waits}
    points = {channel: each for channel, each in points.items() if waits[channel]}
    points = {channel: points.get(channel, []) for channel, _ in DRAWN}
    counts = {channel: int(sum(waits.get(channel, {}).values())) for channel, _ in DRAWN}
    pictures = [_picture(css, frame, points, counts) for css, frame in (("ch--w", WIDE), ("ch--n", NARROW))]
    by_time = {channel: dict(each) for channel, each in points.items()}
    rows = [Row(seconds, [by_time[channel].get(seconds) for channel, _ in DRAWN]) for seconds in TICKS]
    return pictures, rows


def _picture(css: str, frame: Frame, points: dict[Channel, Any], counts: dict[Channel, int]) -> Picture:
    lines = [
        Line(channel, look, path_of(frame, points[channel]), counts[channel])
        for channel, look in DRAWN
        if points[channel]
    ]
    ticks = [tick for tick in TICKS if css == "ch--w" or tick in (10, 60, 300, 1800, 28800)]
    return Picture(
        css=css,
        frame=frame,
        lines=lines,
        ticks=[(frame.x(seconds), seconds) for seconds in ticks],
        grid=[(frame.y(share / 100), share) for share in SHARES],
    )
