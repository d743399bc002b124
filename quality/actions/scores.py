"""Scoring a conversation by the standard in force for it."""

from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from chat.models import Conversation
from identity.actions import record_audit
from identity.models import User
from quality.actions.confirmations import ask_for_confirmation
from quality.models import Criterion, Finding, Score, StandardVersion
from quality.queries.checks import switches
from quality.queries.standards import card_of, version_for
from quality.queries.transcripts import content_hash, transcript_of
from quality.rules.engine import Checked, Judgement, Switches, judge
from quality.rules.outcomes import Answer
from quality.rules.transcript import Transcript
from supportdesk.realtime import failpoint

ENGINE_VERSION = 4  # grows with any change that may alter a verdict


def score_conversation(
    *, conversation: Conversation, version: StandardVersion | None = None, as_set: Switches | None = None
) -> Score | None:
    """Check a conversation against the standard in force for it, or the version given; the same content is scored once.

    None when there is no standard or nothing to judge: a conversation counts when both sides have spoken.
    """
    version = version or version_for(conversation)
    transcript = transcript_of(conversation) if version else None
    if version is None or transcript is None or not transcript.can_be_scored:
        return None
    with transaction.atomic():
        return _score(conversation, version, transcript, as_set)


def _score(
    conversation: Conversation, version: StandardVersion, transcript: Transcript, as_set: Switches | None
) -> Score:
    made = Score(
        conversation=conversation,
        version=version,
        engine_version=ENGINE_VERSION,
        content_hash=content_hash(transcript),
        agent=_agent(transcript),
    )
    if known := _same_as(made).first():
        return known
    card = card_of(version)
    judgement = judge(card.text, transcript, switches() if as_set is None else as_set)
    made.value = None if judgement.value is None else Decimal(judgement.value).quantize(Decimal("0.01"))
    made.critical_to_confirm = judgement.result.critical_to_confirm
    made.milliseconds = round(judgement.milliseconds, 3)
    return _keep(made, judgement, card.criteria)


def _keep(made: Score, judgement: Judgement, criteria: tuple[Criterion, ...]) -> Score:
    """Stored with its findings, or the one that stands for the same content already.

    A job that does the same at this moment is waited for, and nothing is refused by the database: its log stays clean.
    """
    Score.objects.bulk_create([made], ignore_conflicts=True)
    stored = _same_as(made).annotate(has_findings=Exists(Finding.objects.filter(score=OuterRef("pk")))).get()
    stored.conversation, stored.version = made.conversation, made.version
    if not stored.has_findings:
        failpoint("scores.kept")
        _note_change(stored)
        Finding.objects.bulk_create(_finding(stored, criteria[one.place], one) for one in judgement.checked)
        if stored.critical_to_confirm:
            ask_for_confirmation(score=stored, criteria=_to_confirm(judgement, criteria))
    return stored


def _note_change(score: Score) -> None:
    """Whoever looks later finds when the checks came to another score, and from which."""
    earlier = Score.objects.filter(
        conversation=score.conversation_id, version__standard=score.version.standard_id, pk__lt=score.pk
    )
    before = earlier.order_by("-pk").values_list("value").first()
    if before is not None and before[0] != score.value:
        record_audit(
            code="score_changed",
            object_kind="score",
            object_id=score.pk,
            before=_words(before[0]),
            value=_words(score.value),
        )


def _words(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _same_as(made: Score) -> QuerySet[Score]:
    return Score.objects.filter(
        conversation=made.conversation,
        version=made.version,
        engine_version=made.engine_version,
        content_hash=made.content_hash,
    )


def _agent(transcript: Transcript) -> User | None:
    """The score belongs to whoever wrote most."""
    author = transcript.main_author_id
    return User.objects.filter(pk=author).first() if author else None


def _to_confirm(judgement: Judgement, criteria: tuple[Criterion, ...]) -> list[Criterion]:
    pairs = zip(criteria, judgement.answers, strict=True)
    return [criterion for criterion, answer in pairs if criterion.is_critical and answer == Answer.FAIL]


def _finding(score: Score, criterion: Criterion, one: Checked) -> Finding:
    return Finding(
        score=score,
        criterion=criterion,
        check_code=one.code,
        check_version=one.version,
        verdict=one.outcome.verdict,
        reason=one.outcome.reason,
        facts=one.outcome.facts,
        evidence=[{"seq": span.seq, "start": span.start, "end": span.end} for span in one.outcome.evidence],
        counts=one.counts,
    )
