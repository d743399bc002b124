"""What the desk lends to the checks: lexicons as edited, trained models, prepared answers; kept for half a minute."""

import re
import time
from datetime import datetime
from itertools import chain

from django.db.models import Q
from django.utils import timezone

from quality.models import LexiconEntry, ModelKind
from quality.queries.models import text_models
from quality.rules.aids import Aids
from quality.rules.lexicon_entries import EntryText, joined
from quality.rules.wording import Lexicon, fold, lexicon, sentences
from tickets.models import CannedAnswer

KEPT_TIME = 30  # seconds
SHORTEST = 15  # characters: a shorter sentence of a prepared answer is anybody's
_VARIABLE = re.compile(r"\{[^{}]*\}")

_kept: tuple[float, Aids] | None = None
_compiled: dict[tuple[str, tuple[int, ...]], Lexicon] = {}


def aids() -> Aids:
    global _kept
    now = time.monotonic()
    if _kept is None or _kept[0] < now:
        _kept = (now + KEPT_TIME, _read())
    return _kept[1]


def forget_aids() -> None:
    """Read them anew next time; called by whoever changes them."""
    global _kept
    _kept = None


def active_lexicon(code: str, at: datetime | None = None) -> Lexicon:
    """The shipped phrases and those of the desk that are in force; what the desk wrote goes first."""
    entries = list(entries_in_force(code, at))
    if not entries:
        return lexicon(code)
    key = (code, tuple(entry.pk for entry in entries))
    if key not in _compiled:
        _compiled[key] = joined(lexicon(code), [_text_of(entry) for entry in entries])
    return _compiled[key]


def entries_in_force(code: str, at: datetime | None = None) -> list[LexiconEntry]:
    now = at or timezone.now()
    in_force = Q(valid_to=None) | Q(valid_to__gt=now)
    return list(LexiconEntry.objects.filter(in_force, lexicon=code, valid_from__lte=now).order_by("pk"))


def _text_of(entry: LexiconEntry) -> EntryText:
    return EntryText(
        language=entry.language,
        pattern=entry.pattern,
        is_regex=entry.is_regex,
        severity=entry.severity,
        better=entry.hint_ru if entry.language == "ru" else entry.hint_en,
        must_match=tuple(entry.must_match),
        must_not_match=tuple(entry.must_not_match),
    )


def _read() -> Aids:
    now = timezone.now()
    edited = {code: active_lexicon(code, now) for code in _edited_codes()}
    return Aids(
        negativity=text_models(ModelKind.NEGATIVITY),
        topic=text_models(ModelKind.TOPIC),
        lexicon=lambda code: edited.get(code) or lexicon(code),
        prepared=_prepared(),
    )


def _edited_codes() -> list[str]:
    return list(LexiconEntry.objects.values_list("lexicon", flat=True).distinct())


def _prepared() -> frozenset[str]:
    """The folded sentences of prepared answers that hold no variable."""
    found = set()
    for body in chain.from_iterable(CannedAnswer.objects.values_list("body", "body_en")):
        folded = fold(body)
        parts = (folded[start:end].strip() for start, end in sentences(folded))
        found |= {part for part in parts if len(part) >= SHORTEST and not _VARIABLE.search(part)}
    return frozenset(found)
