"""The service standard as it is written, and which version of which standard judges a conversation."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from chat.models import Conversation
from quality.models import Criterion, Section, ServiceStandard, StandardVersion
from quality.rules.standards import CRITERION_FIELDS, SectionText, StandardText, criterion_text

DRAFT, SCHEDULED, PUBLISHED = (
    StandardVersion.Status.DRAFT,
    StandardVersion.Status.SCHEDULED,
    StandardVersion.Status.PUBLISHED,
)


@dataclass(frozen=True)
class Card:
    """A version that never changes again: what it says, and its criteria in the same order."""

    text: StandardText
    criteria: tuple[Criterion, ...]


VersionKey = tuple[Any, ...]
KEY = ("pk", "sha256", "published_at")
_versions: dict[VersionKey, StandardVersion] = {}
_cards: dict[tuple[object, ...], Card] = {}
KEPT = 20  # versions a process remembers


def version_in_force(code: str = "service") -> StandardVersion | None:
    return StandardVersion.objects.filter(standard__code=code, status=PUBLISHED).first()


def version_by_id(id: int) -> StandardVersion | None:  # noqa: A002
    return StandardVersion.objects.select_related("standard").filter(pk=id).first()


def version_for(conversation: Conversation) -> StandardVersion | None:
    """The version in force that judges a conversation.

    Of the standards for its channel and topic the most particular one: a named topic goes before a named channel, and a
    named channel before none. Of equals the oldest standard. None when no standard is meant for it.
    """
    topic = _topic_of(conversation)
    fitting = [
        (bool(topics), bool(channels), key)
        for key, (channels, topics) in _meant_for().items()
        if (not topics or topic in topics) and (not channels or conversation.channel in channels)
    ]
    return _published(max(fitting, key=lambda one: one[:2])[2]) if fitting else None


def _meant_for() -> dict[VersionKey, tuple[list[str], set[int]]]:
    """The channels and topics of each version in force, the oldest standard first: one query, asked for every score."""
    in_force = StandardVersion.objects.filter(status=PUBLISHED, standard__is_active=True).order_by("standard_id")
    found: dict[VersionKey, tuple[list[str], set[int]]] = {}
    for *key, channels, topic in in_force.values_list(*KEY, "standard__channels", "standard__topics"):
        topics = found.setdefault(tuple(key), (channels, set()))[1]
        if topic is not None:
            topics.add(topic)
    return found


def _published(key: VersionKey) -> StandardVersion | None:
    """Remembered by the process: a published version never changes."""
    if key not in _versions:
        version = version_by_id(key[0])
        if version is None:
            return None
        if len(_versions) >= KEPT:
            _versions.clear()
        _versions[key] = version
    return _versions[key]


def card_of(version: StandardVersion) -> Card:
    """Remembered by the process, as a published version says the same for ever."""
    key = (version.pk, version.sha256, version.published_at)
    if version.status in {DRAFT, SCHEDULED} or key not in _cards:
        sections = sections_of(version)
        card = Card(text_of(version), tuple(one for section in sections for one in section.criteria.all()))
        if version.status in {DRAFT, SCHEDULED}:
            return card
        if len(_cards) >= KEPT:
            _cards.clear()
        _cards[key] = card
    return _cards[key]


def sections_of(version: StandardVersion) -> list[Section]:
    """The scorecard in order, its criteria fetched."""
    criteria = Prefetch("criteria", Criterion.objects.order_by("position"))
    return list(version.sections.order_by("position").prefetch_related(criteria))


def text_of(version: StandardVersion) -> StandardText:
    """Everything a version says, as a value."""
    return StandardText(
        code=version.standard.code,
        title_ru=version.standard.title_ru,
        title_en=version.standard.title_en,
        pass_mark=version.pass_mark,
        critical_policy=version.critical_policy,
        changelog=version.changelog,
        sections=tuple(_section(section) for section in sections_of(version)),
    )


def standards() -> list[ServiceStandard]:
    """Every standard, the oldest first."""
    return list(ServiceStandard.objects.order_by("pk").prefetch_related("topics", "versions"))


def versions_of(standard: ServiceStandard) -> list[StandardVersion]:
    """All versions, the newest first."""
    return list(standard.versions.select_related("published_by", "created_by").order_by("-number"))


def draft_of(standard: ServiceStandard) -> StandardVersion | None:
    """The version somebody is writing or has scheduled."""
    waiting = standard.versions.filter(status__in=[DRAFT, SCHEDULED])
    return waiting.select_related("standard", "based_on", "created_by").order_by("-number").first()


def in_force_of(standard: ServiceStandard) -> StandardVersion | None:
    return standard.versions.filter(status=PUBLISHED).select_related("standard").first()


def _section(section: Section) -> SectionText:
    criteria = tuple(
        criterion_text({name: getattr(criterion, name) for name in CRITERION_FIELDS})
        for criterion in section.criteria.all()
    )
    return SectionText(title_ru=section.title_ru, title_en=section.title_en, criteria=criteria)


def _topic_of(conversation: Conversation) -> int | None:
    ticket = getattr(conversation, "ticket", None)
    return ticket.topic_id if ticket else None


def standard_by_code(code: str) -> ServiceStandard | None:
    return ServiceStandard.objects.filter(code=code).first()


def version_of(standard: ServiceStandard, id: str) -> StandardVersion | None:  # noqa: A002
    """One of its versions by id; without an id the one in force, else the newest."""
    if id:
        return standard.versions.filter(pk=id).first() if id.isdecimal() and len(id) < 10 else None
    return in_force_of(standard) or standard.versions.order_by("-number").first()


def topics_by_code(standard: ServiceStandard) -> list[str]:
    return list(standard.topics.values_list("code", flat=True))
