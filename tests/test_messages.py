"""Every word of the interface exists in Russian and in English."""

import pytest
from django.utils.translation import gettext, override

from supportdesk import messages
from supportdesk.words import plural_forms


@pytest.mark.parametrize("app", messages.APPS)
def test_every_message_has_its_russian_words(app: str) -> None:
    assert not list(map(str, messages.problems(app)))


def test_english_shows_the_words_of_the_source_although_the_desk_speaks_russian_by_default() -> None:
    with override("en"):
        assert gettext("Russian") == "Russian"
    with override("ru"):
        assert gettext("Russian") == "Русский"


def test_plural_forms_follow_the_language() -> None:
    with override("en"):
        assert plural_forms("%(n)d chat", "%(n)d chats")["few"] == "%(n)d chats"
        assert plural_forms("%(n)d chat", "%(n)d chats")["one"] == "%(n)d chat"


def test_templates_and_code_are_both_searched() -> None:
    found = {message.id for message in messages.extract("supportdesk")}
    assert "To the start" in found, "a word of templates/supportdesk"
    assert "Something broke on our side. Try again in a minute." in found, "a word of supportdesk/errors.py"
