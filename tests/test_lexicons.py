"""Wordings that the desk adds itself: tried on their examples before they are kept, and then looked for."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from identity.models import AuditEntry
from quality.actions.lexicons import add_entry, end_entry, lexicon_codes
from quality.errors import EntryNotTaken
from quality.models import LexiconEntry
from quality.queries.aids import active_lexicon, aids, forget_aids
from quality.rules.lexicon_entries import SLOWEST, EntryText, slowest
from quality.rules.wording import lexicon
from tests.transcripts import run, talk

pytestmark = pytest.mark.django_db(transaction=True)

GOOD = EntryText(
    language="ru",
    pattern="холодный клиент",
    severity="major",
    better="Просто «вы».",
    must_match=("Вы у нас холодный клиент", "К холодным клиентам не едем"),
    must_not_match=("Клиенту холодно", "Холодный чай"),
)


@pytest.fixture(autouse=True)
def fresh_aids() -> Any:
    forget_aids()
    yield
    forget_aids()


def verdict_of(text: str) -> str:
    return run("forbidden_wording", talk("B: Вопрос", f"A: {text}", aids=aids())).verdict.value


def test_a_wording_in_any_form_is_looked_for_once_it_is_kept(ivan: Any) -> None:
    assert verdict_of("Мы не берём холодных клиентов") == "pass"
    kept = add_entry(lexicon="forbidden_wording", entry=GOOD, by=ivan)
    found = run("forbidden_wording", talk("B: Вопрос", "A: Мы не берём холодных клиентов", aids=aids()))
    assert (found.verdict, found.facts["phrases"][0]["better"]) == ("fail", "Просто «вы».")
    assert verdict_of("Читайте договор") == "partial"  # what is shipped stays in force
    assert AuditEntry.objects.filter(code="lexicon.added", object_id=str(kept.pk)).exists()
    end_entry(entry=kept, by=ivan)
    assert verdict_of("Мы не берём холодных клиентов") == "pass"
    assert AuditEntry.objects.filter(code="lexicon.ended").count() == 1


def test_a_wording_is_looked_for_from_its_day_on(ivan: Any) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    add_entry(lexicon="forbidden_wording", entry=GOOD, by=ivan, valid_from=tomorrow)
    assert verdict_of("Холодный клиент") == "pass"
    later = active_lexicon("forbidden_wording", tomorrow + timedelta(hours=1))
    assert later.search("холодный клиент")


@pytest.mark.parametrize(
    ("change", "reason", "about"),
    [
        ({"pattern": "  "}, "empty", ""),
        ({"must_match": ()}, "no_examples", ""),
        ({"must_not_match": ()}, "no_examples", ""),
        ({"pattern": "!!!"}, "not_words", ""),
        ({"pattern": "(холод", "is_regex": True}, "not_a_pattern", None),
        ({"pattern": "(?:холод)?", "is_regex": True}, "matches_nothing", ""),
        ({"pattern": r"(?:х+)+ю", "is_regex": True}, "repeats_repetition", ""),
        ({"pattern": r"(?:\w+\s*)*клиент", "is_regex": True}, "repeats_repetition", ""),
        ({"pattern": r"(?:х|х)*ю", "is_regex": True}, "too_slow", None),
        ({"pattern": r".*холод.*клиент", "is_regex": True}, "too_slow", None),
        ({"must_match": ("Тёплый клиент",)}, "example_not_found", "Тёплый клиент"),
        ({"must_not_match": ("Холодного клиента",)}, "example_found", "Холодного клиента"),
    ],
)
def test_a_wording_that_breaks_a_promise_is_refused_with_the_reason(
    ivan: Any, change: dict[str, Any], reason: str, about: str | None
) -> None:
    entry = EntryText(**{**GOOD.__dict__, **change})
    with pytest.raises(EntryNotTaken) as refusal:
        add_entry(lexicon="forbidden_wording", entry=entry, by=ivan)
    assert refusal.value.reason == reason
    assert about is None or refusal.value.about == about
    assert str(refusal.value.message)
    assert not LexiconEntry.objects.exists()


def test_an_unknown_lexicon_and_a_second_copy_are_refused(ivan: Any) -> None:
    with pytest.raises(EntryNotTaken):
        add_entry(lexicon="nothing", entry=GOOD, by=ivan)
    add_entry(lexicon="threats", entry=GOOD, by=ivan)
    with pytest.raises(EntryNotTaken) as refusal:
        add_entry(lexicon="threats", entry=GOOD, by=ivan)
    assert refusal.value.reason == "known_already"
    assert isinstance(refusal.value.__cause__, IntegrityError)


@pytest.mark.parametrize("code", lexicon_codes())
def test_no_shipped_wording_is_slow(code: str) -> None:
    """Twice the bound of a new entry, as this machine has other work; a pattern that is not linear takes far more."""
    for phrase in lexicon(code).phrases:
        assert slowest(phrase, phrase.must_match) < 2 * SLOWEST, phrase.pattern.pattern
