"""Wordings that checks look for, edited without a release: tried on their examples before they are kept."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from identity.actions import record_audit
from identity.models import User
from quality.errors import EntryNotTaken
from quality.models import LexiconEntry
from quality.queries.aids import forget_aids
from quality.rules.lexicon_entries import EntryRefused, EntryText, tried
from quality.rules.wording import LEXICONS


def lexicon_codes() -> tuple[str, ...]:
    """The lexicons that can be added to."""
    return tuple(sorted(path.stem for path in LEXICONS.glob("*.toml")))


def add_entry(*, lexicon: str, entry: EntryText, by: User, valid_from: datetime | None = None) -> LexiconEntry:
    """Keep an entry that compiles, finds its examples, spares the others and is quick; else say what is wrong."""
    if lexicon not in lexicon_codes():
        raise EntryNotTaken("unknown_lexicon", lexicon)
    try:
        tried(entry)
    except EntryRefused as refusal:
        raise EntryNotTaken(refusal.code, refusal.about) from refusal
    try:
        with transaction.atomic():
            return _keep(lexicon, entry, by, valid_from or timezone.now())
    except IntegrityError as conflict:
        raise EntryNotTaken("known_already", entry.pattern) from conflict


@transaction.atomic
def end_entry(*, entry: LexiconEntry, by: User) -> LexiconEntry:
    """From now on it is not looked for; what was found with it stays explained."""
    if entry.valid_to is None:
        entry.valid_to = timezone.now()
        entry.save(update_fields=["valid_to"])
        record_audit(code="lexicon.ended", actor=by, object_kind="lexicon_entry", object_id=str(entry.pk))
        transaction.on_commit(forget_aids)
    return entry


def _keep(lexicon: str, entry: EntryText, by: User, valid_from: datetime) -> LexiconEntry:
    kept = LexiconEntry.objects.create(
        lexicon=lexicon,
        language=entry.language,
        pattern=entry.pattern,
        is_regex=entry.is_regex,
        severity=entry.severity,
        hint_ru=entry.better if entry.language == "ru" else "",
        hint_en=entry.better if entry.language == "en" else "",
        must_match=list(entry.must_match),
        must_not_match=list(entry.must_not_match),
        valid_from=valid_from,
        created_by=by,
    )
    record_audit(code="lexicon.added", actor=by, object_kind="lexicon_entry", object_id=str(kept.pk), lexicon=lexicon)
    transaction.on_commit(forget_aids)
    return kept
