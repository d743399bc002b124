"""What may tell that a complaint follows a conversation: figures of the conversation and of what was around it."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from quality.rules.transcript import Message, Side, Transcript

HORIZON = 30  # days within which a complaint counts as foreseen
REPEAT_DAYS = 7
NAMES = (
    *("negativity_max", "negativity_last", "negativity_slope", "markers", "anger", "first_wait", "longest_wait"),
    *("repeats", "unanswered", "broken_promises", "topic_rate", "overdue", "past_complaints"),
)
SHOWN = 5
UNANSWERED, PROMISES = "questions", "promise"  # checks whose failure counts
Place = dict[str, int]  # {"seq", "start", "end"}


@dataclass(frozen=True)
class Surroundings:
    """What is known beside the transcript; a None is not known and counts as average."""

    repeats: int = 0
    past_complaints: int = 0
    topic_rate: float | None = None
    is_overdue: bool | None = None
    failed_checks: Collection[str] = ()


@dataclass
class Figures:
    """The figures by name, and the places in the transcript each rests on."""

    values: dict[str, float] = field(default_factory=dict)
    places: dict[str, list[Place]] = field(default_factory=dict)

    @property
    def markers(self) -> int:
        return int(self.values.get("markers", 0))


def figures_of(transcript: Transcript, around: Surroundings) -> Figures:
    """Everything a forecast may rest on; how negative messages are is missing while no model says so."""
    figures = Figures()
    _add_words(figures, transcript)
    _add_negativity(figures, transcript)
    _add_waits(figures, transcript)
    figures.values |= {
        "repeats": float(around.repeats),
        "past_complaints": float(around.past_complaints),
        "unanswered": float(UNANSWERED in around.failed_checks),
        "broken_promises": float(PROMISES in around.failed_checks),
    }
    if around.topic_rate is not None:
        figures.values["topic_rate"] = around.topic_rate
    if around.is_overdue is not None:
        figures.values["overdue"] = float(around.is_overdue)
    return figures


def _add_words(figures: Figures, transcript: Transcript) -> None:
    """Strong words, by the lexicon."""
    words = transcript.aids.lexicon("discontent")
    counts = {"complaint": 0, "anger": 0}
    names = {"complaint": "markers", "anger": "anger"}
    for message in transcript.borrower_messages:
        for found in words.search(message.own_words):
            if found.phrase.kind in counts:
                counts[found.phrase.kind] += 1
                places = figures.places.setdefault(names[found.phrase.kind], [])
                places.append({"seq": message.seq, "start": found.start, "end": found.end})
    figures.values |= {names[kind]: float(count) for kind, count in counts.items()}


def _add_negativity(figures: Figures, transcript: Transcript) -> None:
    """How negative the borrower was at most and at last, and whether it grew over the conversation."""
    judged = [
        (message, chance)
        for message, chance in zip(transcript.borrower_messages, transcript.discontent, strict=True)
        if chance is not None
    ]
    if not judged:
        return
    chances = [chance for _, chance in judged]
    worst = max(judged, key=lambda one: one[1])[0]
    figures.values |= {
        "negativity_max": max(chances),
        "negativity_last": chances[-1],
        "negativity_slope": _slope(chances),
    }
    figures.places["negativity_max"] = [_whole(worst)]
    figures.places["negativity_last"] = [_whole(judged[-1][0])]


def _add_waits(figures: Figures, transcript: Transcript) -> None:
    """Logarithms of minutes: the first wait and the longest one."""
    waits = _waits(transcript)
    if not waits:
        return
    longest = max(waits, key=lambda one: one[1])
    figures.values |= {
        "first_wait": round(math.log1p(waits[0][1] / 60), 4),
        "longest_wait": round(math.log1p(longest[1] / 60), 4),
    }
    figures.places["longest_wait"] = [_whole(longest[0])]


def _waits(transcript: Transcript) -> list[tuple[Message, float]]:
    """Each first message of a borrower's block with the seconds until an answer, or until the end."""
    blocks = transcript.blocks
    ends = [block.messages[0].at for block in blocks[1:]] + [transcript.ended_at]
    return [
        (block.messages[0], max(0.0, end - block.messages[0].at))
        for block, end in zip(blocks, ends, strict=True)
        if block.side == Side.BORROWER and end is not None
    ]


def _slope(values: list[float]) -> float:
    """The change over the whole conversation along the straight line nearest to the values."""
    n = len(values)
    if n < 2:
        return 0.0
    middle, mean = (n - 1) / 2, sum(values) / n
    spread = sum((at - middle) ** 2 for at in range(n))
    return sum((at - middle) * (value - mean) for at, value in enumerate(values)) / spread * (n - 1)


def _whole(message: Message) -> Place:
    return {"seq": message.seq, "start": 0, "end": len(message.text)}


def factors_of(figures: Figures, weights: Mapping[str, float]) -> list[dict[str, object]]:
    """What raised the chance, the weightiest first, with the places it rests on."""
    raised = sorted(((name, weight) for name, weight in weights.items() if weight > 0), key=lambda one: -one[1])
    return [
        {
            "code": name,
            "value": round(figures.values.get(name, 0.0), 4),
            "weight": round(weight, 3),
            "evidence": figures.places.get(name, [])[:SHOWN],
        }
        for name, weight in raised[:SHOWN]
    ]
