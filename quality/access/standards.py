"""Who may change standards, lexicons and models."""

from identity.models import User
from quality.access.rows import found
from quality.errors import NotFound
from quality.models import (
    LexiconEntry,
    Rescoring,
    ServiceStandard,
    StandardVersion,
    TrainedModel,
)
from tickets.access import administrator_of, supervisor_of

TRAINABLE = {("topic", "ru"), ("topic", "en"), ("negativity", "ru"), ("negativity", "en"), ("complaint", "")}


def standard_for(user: User, code: str) -> ServiceStandard:
    """Supervisors and administrators write standards; for an agent there are none."""
    supervisor_of(user)
    return found(ServiceStandard.objects.filter(code=code))


def first_standard_for(user: User) -> ServiceStandard:
    supervisor_of(user)
    return found(ServiceStandard.objects.order_by("pk"))


def version_for_lead(user: User, id: int) -> StandardVersion:  # noqa: A002
    supervisor_of(user)
    return found(StandardVersion.objects.select_related("standard").filter(pk=id))


def rescoring_for(user: User, id: int) -> Rescoring:  # noqa: A002
    supervisor_of(user)
    return found(Rescoring.objects.select_related("version__standard").filter(pk=id))


def lexicon_entry_for(user: User, id: int) -> LexiconEntry:  # noqa: A002
    supervisor_of(user)
    return found(LexiconEntry.objects.filter(pk=id))


def trained_model_for(user: User, id: int) -> TrainedModel:  # noqa: A002
    administrator_of(user)
    return found(TrainedModel.objects.filter(pk=id))


def trainable_for(user: User, kind: str, language: str) -> tuple[str, str]:
    """A kind and language of model that exists; only an administrator has models trained."""
    administrator_of(user)
    if (kind, language) not in TRAINABLE:
        raise NotFound
    return kind, language
