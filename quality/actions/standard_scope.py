"""What a standard judges, and new standards. Versions are written in ``quality.actions.standards``."""

import re
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from chat.models import Channel
from identity.actions import record_audit
from identity.models import User
from quality.actions.standards import create_draft
from quality.errors import StandardNotReady
from quality.models import ServiceStandard, StandardVersion
from quality.queries.standards import text_of, version_of
from tickets.models import Topic

CODE = re.compile(r"[a-z][a-z0-9_-]{0,49}")
CHANNELS = tuple(one.value for one in Channel if one != Channel.PROBE)


@transaction.atomic
def set_scope(
    *, standard: ServiceStandard, channels: Sequence[str], topics: Sequence[str], is_active: bool, by: User
) -> ServiceStandard:
    """For which channels and topics it is, from now on; nothing named means all."""
    standard.channels = [one for one in CHANNELS if one in channels]
    standard.is_active = is_active
    standard.save(update_fields=["channels", "is_active"])
    standard.topics.set(Topic.objects.filter(code__in=topics))
    record_audit(
        code="standard_scope_changed",
        actor=by,
        object_kind="standard",
        object_id=standard.pk,
        channels=standard.channels,
        topics=sorted(topics),
        is_active=is_active,
    )
    return standard


@transaction.atomic
def add_standard(*, like: ServiceStandard, code: str, title_ru: str, title_en: str, by: User) -> StandardVersion:
    """Another standard whose first draft says what this one says; it judges nothing until it is published."""
    source = version_of(like, "")
    is_free = CODE.fullmatch(code) and not ServiceStandard.objects.filter(code=code).exists()
    if source is None or not is_free or not title_ru.strip() or not title_en.strip():
        raise StandardNotReady
    text = replace(text_of(source), code=code, title_ru=title_ru.strip()[:120], title_en=title_en.strip()[:120])
    draft = create_draft(text=replace(text, changelog=""), by=by)
    record_audit(code="standard_added", actor=by, object_kind="standard", object_id=draft.standard_id, of=like.code)
    return draft
