"""Findings as lines of a table, read piece by piece; words of the transcript are masked."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from chat.models import Entry
from identity.rules.pii import mask_cards, mask_documents
from quality.models import Finding, Score
from tickets.rules.spreadsheets import plain

HEADER = (
    "finding", "scored_at", "conversation", "agent", "standard", "version", "criterion", "check", "check_version",
    "verdict", "counts", "reason", "words",
)  # fmt: skip
PIECE = 500
LONGEST = 200


def flag_rows(scores: QuerySet[Score], since: datetime | None) -> Iterator[tuple[str, ...]]:
    """Failures in these scores, the oldest first; the header comes first of all."""
    yield HEADER
    last = 0
    flagged = Finding.objects.filter(verdict__in=["fail", "partial", "unsure"], score__in=scores)
    if since is not None:
        flagged = flagged.filter(score__created_at__gte=since)
    related = ("score__agent", "score__version__standard", "criterion")
    while piece := list(flagged.filter(pk__gt=last).select_related(*related).order_by("pk")[:PIECE]):
        bodies = _bodies(piece)
        yield from (_row(finding, bodies) for finding in piece)
        last = piece[-1].pk


def _row(finding: Finding, bodies: dict[tuple[object, int], str]) -> tuple[str, ...]:
    score = finding.score
    values = (
        finding.pk, score.created_at.isoformat(), score.conversation_id, score.agent.full_name if score.agent else "",
        score.version.standard.code, score.version.number, finding.criterion.code, finding.check_code,
        finding.check_version, finding.verdict, "yes" if finding.counts else "no", finding.reason,
        _words(finding, bodies),
    )  # fmt: skip
    return tuple(plain(str(value)) for value in values)


def _words(finding: Finding, bodies: dict[tuple[object, int], str]) -> str:
    """What the finding rests on, cut and masked: the whole message is masked first, so that no cut hides a number."""
    found = []
    for span in finding.evidence:
        body = bodies.get((finding.score.conversation_id, span["seq"]), "")
        words = masked(body)[span["start"] : span["end"]].strip()
        if words:
            found.append(words[:LONGEST])
    return " … ".join(found)


def masked(text: str) -> str:
    """Without card and document numbers; every other character keeps its place when lengths allow."""
    hidden = mask_documents(mask_cards(text))
    return hidden if len(hidden) == len(text) else "•" * len(text)


def _bodies(piece: list[Finding]) -> dict[tuple[object, int], str]:
    conversations = {finding.score.conversation_id for finding in piece}
    seqs = {span["seq"] for finding in piece for span in finding.evidence}
    entries = Entry.objects.filter(conversation__in=conversations, seq__in=seqs)
    return {(id, seq): body for id, seq, body in entries.values_list("conversation_id", "seq", "body")}  # noqa: A001
