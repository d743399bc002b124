"""Scoring a conversation by the standard in force."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from chat.models import Conversation
from identity.models import User
from quality.models import Criterion, Finding, Score, StandardVersion
from quality.queries.standards import sections_of, version_in_force
from quality.queries.transcripts import content_hash, transcript_of
from quality.rules.catalogue import known_checks
from quality.rules.outcomes import Outcome
from quality.rules.scoring import Rated, combine, score
from quality.rules.transcript import Transcript
from supportdesk.realtime import failpoint

ENGINE_VERSION = 1  # grows with any change that may alter a verdict


@dataclass(frozen=True)
class Checked:
    """What one check said of one criterion."""

    criterion: Criterion
    code: str
    outcome: Outcome


@transaction.atomic
def score_conversation(*, conversation: Conversation) -> Score | None:
    """Check a conversation against the standard in force; the same content is scored once.

    None when there is no standard or nothing to judge: a conversation counts when both sides have spoken.
    """
    version = version_in_force()
    transcript = transcript_of(conversation)
    if version is None or not transcript.can_be_scored:
        return None
    checked = _check(version, transcript)
    result = score(_rated(checked))
    found = Score(
        conversation=conversation,
        version=version,
        engine_version=ENGINE_VERSION,
        content_hash=content_hash(transcript),
        agent=_agent(transcript),
        value=None if result.value is None else Decimal(result.value).quantize(Decimal("0.01")),
        critical_to_confirm=result.critical_to_confirm,
    )
    found, is_new = _keep(found)
    if is_new:
        failpoint("scores.kept")
        Finding.objects.bulk_create(_finding(found, one) for one in checked)
    return found


def _keep(made: Score) -> tuple[Score, bool]:
    """Stored, or the one that stands for the same content already, and whether it is new.

    A job that does the same at this moment is waited for, and nothing is refused by the database: its log stays clean.
    """
    same = Score.objects.filter(
        conversation=made.conversation,
        version=made.version,
        engine_version=made.engine_version,
        content_hash=made.content_hash,
    )
    if known := same.first():
        return known, False
    Score.objects.bulk_create([made], ignore_conflicts=True)
    stored = same.get()
    return stored, not stored.findings.exists()


def _agent(transcript: Transcript) -> User | None:
    """The score belongs to whoever wrote most."""
    author = transcript.main_author_id
    return User.objects.filter(pk=author).first() if author else None


def _check(version: StandardVersion, transcript: Transcript) -> list[Checked]:
    criteria = [criterion for section in sections_of(version) for criterion in section.criteria.all()]
    return [
        Checked(criterion, check["code"], known_checks()[check["code"]].run(transcript, check["parameters"]))
        for criterion in criteria
        for check in criterion.checks
    ]


def _rated(checked: list[Checked]) -> list[Rated]:
    by_criterion: dict[Criterion, list[str]] = {}
    for one in checked:
        by_criterion.setdefault(one.criterion, []).append(one.outcome.verdict)
    return [
        Rated(
            weight=criterion.weight,
            verdict=combine(verdicts, points=criterion.points),
            is_critical=criterion.is_critical,
        )
        for criterion, verdicts in by_criterion.items()
    ]


def _finding(found: Score, one: Checked) -> Finding:
    return Finding(
        score=found,
        criterion=one.criterion,
        check_code=one.code,
        check_version=known_checks()[one.code].VERSION,
        verdict=one.outcome.verdict,
        reason=one.outcome.reason,
        facts=one.outcome.facts,
        evidence=[{"seq": span.seq, "start": span.start, "end": span.end} for span in one.outcome.evidence],
    )
