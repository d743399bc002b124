"""What this desk may learn from: its resolved tickets, what people said of findings, and complaints that came."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from chat.models import AuthorKind, Conversation, Entry, EntryKind
from quality.models import ComplaintForecast, FindingLabel, ModelKind, Verdict
from quality.queries.planted import genuine
from quality.rules.training.needs import NotEnough, enough_of_each, enough_of_sides
from quality.rules.training.text import Examples

MOST = 20_000  # newest conversations
LONGEST = 1000  # characters of a first message
NEGATIVE, CALM = "negative", "calm"
CONTENT = 4  # of five: a borrower who gave it was not upset


@dataclass(frozen=True)
class Foreseen:
    """What was known of conversations when they ended, and whether a complaint came."""

    rows: list[dict[str, float]]
    came: list[bool]


def topics(language: str) -> Examples:
    """The first words of conversations whose ticket was resolved, with the topic it had then."""
    return _first_words(_resolved(language).exclude(ticket__topic=None))


def negativity(language: str) -> Examples:
    """Messages that people judged, first messages of complaints, and those of borrowers who were content."""
    judged = _judged(language)
    complaints = _first_words(_resolved(language).filter(ticket__topic__is_complaint=True))
    calm = _first_words(_content(language))
    return Examples(
        [text for text, _ in judged] + list(complaints.texts) + list(calm.texts),
        [label for _, label in judged] + [NEGATIVE] * len(complaints.texts) + [CALM] * len(calm.texts),
    )


def foreseen() -> Foreseen:
    """Conversations whose horizon has passed, or after which a complaint came."""
    known = (
        ComplaintForecast.objects.filter(genuine("score__conversation"), came__isnull=False)
        .exclude(values={})
        .order_by("-created_at")[:MOST]
    )
    pairs = list(known.values_list("values", "came"))
    return Foreseen([values for values, _ in pairs], [bool(came) for _, came in pairs])


def lacking(kind: str, language: str) -> NotEnough | None:
    """How many examples there are and how many are needed, by counting alone; None when there are enough."""
    if kind == ModelKind.COMPLAINT:
        known = ComplaintForecast.objects.filter(genuine("score__conversation"), came__isnull=False).exclude(values={})
        return enough_of_sides([bool(came) for came in known.values_list("came", flat=True)[:MOST]])
    resolved = _resolved(language)
    if kind == ModelKind.TOPIC:
        found = enough_of_each(
            resolved.exclude(ticket__topic=None).values_list("ticket__topic__code", flat=True)[:MOST]
        )
        return found if isinstance(found, NotEnough) else None
    complaints = resolved.filter(ticket__topic__is_complaint=True).count()
    calm = _content(language).count()
    judged = [verdict != Verdict.NA for verdict in _labels(language).values_list("verdict", flat=True)[:MOST]]
    return enough_of_sides([*judged, *[True] * complaints, *[False] * calm])


def _resolved(language: str) -> QuerySet[Conversation]:
    resolved = Conversation.objects.filter(genuine(""), language=language, ticket__status="resolved")
    return resolved.order_by("-started_at")


def _content(language: str) -> QuerySet[Conversation]:
    """Of borrowers who were content, and did not complain."""
    rated = _resolved(language).filter(survey_answer__rating__gte=CONTENT)
    return rated.exclude(ticket__topic__is_complaint=True)


def _first_words(conversations: QuerySet[Conversation]) -> Examples:
    found = dict(conversations.values_list("pk", "ticket__topic__code")[:MOST])
    said = {pk: text for pk, text in _first_messages(found) if text.strip()}
    return Examples([said[pk][:LONGEST] for pk in said], [found[pk] or "" for pk in said])


def _first_messages(conversations: Iterable[UUID]) -> Iterable[tuple[UUID, str]]:
    by_borrower = Q(author_kind__in=[AuthorKind.BORROWER, AuthorKind.CORRESPONDENT])
    said = Entry.objects.filter(by_borrower, conversation__in=list(conversations), kind=EntryKind.MESSAGE)
    first = said.order_by("conversation", "seq").distinct("conversation")
    return first.values_list("conversation", "body")


def _judged(language: str) -> list[tuple[str, str]]:
    """«I disagree» and «agreed» on whether a borrower was upset: the message the finding rests on."""
    places = {
        (label.finding.score.conversation_id, label.finding.evidence[0]["seq"]): label.verdict
        for label in _labels(language).select_related("finding__score")
    }
    conversations = {conversation for conversation, _ in places}
    said = Entry.objects.filter(conversation__in=conversations, seq__in={seq for _, seq in places})
    return [
        (entry.body[:LONGEST], CALM if places[entry.conversation_id, entry.seq] == Verdict.NA else NEGATIVE)
        for entry in said
        if (entry.conversation_id, entry.seq) in places and entry.body.strip()
    ]


def _labels(language: str) -> QuerySet[FindingLabel]:
    """People's word on whether a borrower was upset, where a message is named."""
    judged = FindingLabel.objects.filter(genuine("finding__score__conversation"), finding__check_code="empathy")
    return judged.filter(finding__score__conversation__language=language).exclude(finding__evidence=[])
