"""The list of scored conversations, each with the reasons to look at it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from quality.models import Score
from quality.serializers.review_words import plan_tag
from quality.serializers.scorecard import score_tone
from quality.words import tag_words

MOST_TAGS = 3
LOW_RATING = 3


@dataclass(frozen=True)
class Tag:
    words: str
    tone: str = ""


@dataclass(frozen=True)
class QueueRow:
    """One scored conversation in a list."""

    id: int
    agent: str
    topic: str
    number: int | None
    borrower: str
    at: datetime
    value: Any
    tone: str
    is_reviewed: bool
    rating: int | None
    tags: list[Tag] = field(default_factory=list)


def queue_row(score: Score, *, is_blind: bool = False) -> QueueRow:
    """A row of the list; blind, without what the checks made of it."""
    reviews = list(score.reviews.all())
    value = reviews[0].value if reviews else None if is_blind else score.value
    rating = rating_in(score)
    return QueueRow(
        id=score.pk,
        agent=score.agent.full_name if score.agent else "",
        topic=topic_of(score),
        number=number_of(score),
        borrower=borrower_of(score),
        at=score.conversation.closed_at or score.created_at,
        value=value,
        tone=score_tone(value),
        is_reviewed=bool(reviews),
        rating=rating,
        tags=_drawn_by(score) or ([] if is_blind else _tags(score, rating, is_reviewed=bool(reviews))),
    )


def topic_of(score: Score) -> str:
    """Why the borrower wrote, by topic or by the letter's subject."""
    ticket = getattr(score.conversation, "ticket", None)
    return (ticket.topic.title if ticket and ticket.topic else score.conversation.subject) or pgettext(
        "quality", "No topic"
    )


def number_of(score: Score) -> int | None:
    ticket = getattr(score.conversation, "ticket", None)
    return ticket.number if ticket else None


def borrower_of(score: Score) -> str:
    conversation = score.conversation
    return conversation.borrower.full_name if conversation.borrower else conversation.correspondent_name


def rating_in(score: Score) -> int | None:
    answer = getattr(score.conversation, "survey_answer", None)
    return answer.rating if answer else None


def _drawn_by(score: Score) -> list[Tag]:
    """The plan whose task waits for the reader, told instead of the checks' opinion."""
    kind = getattr(score, "task_kind", None)
    return [Tag(plan_tag(kind), "warn" if kind in {"risk", "outliers"} else "")] if kind else []


def _tags(score: Score, rating: int | None, *, is_reviewed: bool) -> list[Tag]:
    tags = []
    if score.critical_to_confirm and not is_reviewed:
        tags.append(Tag(_("Confirm a critical failure"), "danger"))
    if rating is not None and rating <= LOW_RATING:
        tags.append(Tag(_("Rating %(n)d") % {"n": rating}, "danger"))
    tags += [Tag(words, tone) for words, tone in _found(score)]
    if not tags and score.value is not None:
        points = round(score.value)
        words = ngettext("System: %(n)d point", "System: %(n)d points", points) % {"n": points}
        tags.append(Tag(words, "machine"))
    return tags[:MOST_TAGS]


def _found(score: Score) -> list[tuple[str, str]]:
    """Failures worth a word, the gravest first."""
    failed = [finding for finding in score.findings.all() if finding.verdict in {"fail", "partial"}]
    failed.sort(key=lambda finding: finding.verdict != "fail")
    words = [(tag_words(finding.reason, finding.facts), finding.verdict) for finding in failed]
    unique = {text: verdict for text, verdict in reversed(words) if text}
    return [(text, "danger" if unique[text] == "fail" else "warn") for text, _ in words if text in unique][:MOST_TAGS]
