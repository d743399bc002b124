"""A critical failure with the words it rests on."""

from dataclasses import dataclass

from django.utils import timezone

from identity.models import User
from quality.models import Confirmation
from quality.queries.quotes import quoted
from quality.serializers.queue import topic_of
from quality.words import reason_words


@dataclass(frozen=True)
class ConfirmationRow:
    confirmation: Confirmation
    topic: str
    agent: str
    reasons: list[str]
    quotes: list[str]
    is_late: bool
    may_settle: bool


def confirmation_row(one: Confirmation, reader: User) -> ConfirmationRow:
    findings = list(one.score.findings.filter(criterion=one.criterion, verdict="fail").order_by("id"))
    spans = [span for finding in findings for span in finding.evidence]
    return ConfirmationRow(
        confirmation=one,
        topic=topic_of(one.score),
        agent=one.score.agent.full_name if one.score.agent else "",
        reasons=[reason_words(finding.reason, finding.facts) for finding in findings],
        quotes=quoted(one.score.conversation, spans),
        is_late=one.is_confirmed is None and one.due_at < timezone.now(),
        may_settle=one.is_confirmed is None and one.score.agent_id != reader.pk,
    )
