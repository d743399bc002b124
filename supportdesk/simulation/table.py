"""The table at the end: the desk's own figures, the inputs named as inputs."""

from typing import Any

from supportdesk.simulation.inputs import Inputs

CHANNELS = {"chat": "chat", "email": "e-mail"}
HEADINGS = ("channel", "opened", "resolved", "first response", "handle time", "resolution time")
WIDTHS = (9, 8, 10, 24, 24, 24)


def describe(report: dict[str, Any], inputs: Inputs) -> str:
    """Text for a terminal. Durations are simulated ones: what the desk measured, times the speed of the run."""
    lines = ["", "Measured by the desk (/api/v1/reports/service), median / p90, in simulated minutes", ""]
    lines.append(_row(HEADINGS))
    lines += [_row(_figures(channel, inputs)) for channel in report["channels"]]
    lines += ["", *_parallel(report, inputs), *_ratios(report), "", *_named_inputs(inputs), ""]
    return "\n".join(lines)


def _row(cells: tuple[str, ...]) -> str:
    return "".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


def _figures(channel: dict[str, Any], inputs: Inputs) -> tuple[str, ...]:
    return (
        CHANNELS[channel["channel"]],
        str(channel["opened"]),
        str(channel["resolved"]),
        _spread(channel["first_response"]["wait"], inputs),
        _spread(channel["handle_time"], inputs),
        _spread(channel["resolution_time"], inputs),
    )


def _spread(spread: dict[str, Any], inputs: Inputs) -> str:
    return f"{minutes(spread['median'], inputs)} / {minutes(spread['p90'], inputs)}"


def minutes(seconds: float | None, inputs: Inputs) -> str:
    """Real seconds as simulated minutes; missing is said, not shown as nought."""
    return "no data" if seconds is None else f"{seconds * inputs.speed / 60:.1f}"


def _parallel(report: dict[str, Any], inputs: Inputs) -> list[str]:
    parallel = report["parallel"]
    if parallel["mean"] is None:
        return ["Parallel chats of an agent: no data"]
    cost = minutes(parallel["effective_handle_time"], inputs)
    return [
        f"Parallel chats of an agent: {parallel['mean']:.1f} on average, {parallel['p95']} at p95;"
        f" one chat costs {cost} minutes of an agent"
    ]


def _ratios(report: dict[str, Any]) -> list[str]:
    named = {"resolution_ratio": "Chat solves", "first_response_ratio": "Chat gives the first answer"}
    return [_ratio(words, report[key]) for key, words in named.items()]


def _ratio(words: str, ratio: dict[str, Any] | None) -> str:
    if ratio is None:
        return f"{words}: not enough data"
    return (
        f"{words} {ratio['value']:.1f} times faster than e-mail (95 % interval {ratio['low']:.1f}–{ratio['high']:.1f})"
    )


def _named_inputs(inputs: Inputs) -> list[str]:
    expected = inputs.letter_time / inputs.service_time
    return [
        "Inputs of this run, not results:",
        f"  average service of a chat       {inputs.service_time / 60:.0f} minutes",
        f"  a letter is answered within     {inputs.letter_time / 60:.0f} minutes",
        f"  parallel chats of an agent      {inputs.parallel_chats} at most (the desk's slots)",
        f"  people                          {inputs.borrowers} borrowers, {inputs.letters} letters, "
        f"{inputs.agents} agents",
        f"  arrival                         over {inputs.arrival_time / 60:.0f} minutes",
        f"  speed                           {inputs.speed:.0f} simulated seconds a second, seed {inputs.seed}",
        f"The lender's published figures give {inputs.letter_time:.0f} s / {inputs.service_time:.0f} s = "
        f"{expected:.1f}; the measured ratio above also holds queueing, typing and the mail's own way.",
    ]
