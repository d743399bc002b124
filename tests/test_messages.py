"""Every word of the interface exists in Russian and in English."""

import re
from collections import defaultdict

import pytest
from babel.messages.pofile import read_po
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


OTHER_WORDS = {  # for what has one word in this desk
    r"заёмщик": "клиент",
    r"оператор": "специалист",
    r"супервизор|руководител|менеджер": "наставник",
    r"пользовател|юзер": "клиент or сотрудник",
    r"разговор": "диалог",
    r"уважаем|к сожалению|должник": "nothing of the kind",
    r"\b(?:еще|ее|нее|ждет|придет|уйдет|учтем|отчет|счет|объем)\b": "ё",
}


def russian_words() -> list[tuple[str, tuple[str | None, str], list[str]]]:
    """App, key and forms of every message of the five catalogues."""
    found = []
    for app in messages.APPS:
        with messages.catalogue_path(app).open("rb") as file:
            for message in read_po(file):
                one = isinstance(message.id, str)
                forms = [message.string] if one else list(message.string)
                if message.id:
                    found.append((app, (message.context, message.id if one else message.id[0]), forms))
    return found


def test_one_message_has_the_same_russian_words_everywhere() -> None:
    """The catalogues become one when they are read: of two translations one would be shown in the other's place."""
    said = defaultdict(set)
    for _, key, forms in russian_words():
        said[key].add(tuple(forms))
    assert [key for key, translations in said.items() if len(translations) > 1] == []


def test_one_idea_has_one_word_and_nobody_is_shouted_at() -> None:
    found = [
        f"{app}: {text!r}: say {better}"
        for app, _, forms in russian_words()
        for text in (re.sub("«[^»]*»", "«»", form) for form in forms)
        for pattern, better in (OTHER_WORDS | {r"!": ".", r"\.\.\.": "…", r" - ": "—", r"  ": "one space"}).items()
        if re.search(pattern, text, re.IGNORECASE)
    ]
    assert found == []


def test_every_plural_has_the_four_forms_of_russian() -> None:
    plural = [forms for _, _, forms in russian_words() if len(forms) > 1]
    assert plural
    assert {len(forms) for forms in plural} == {4}
    assert all(all(forms) for forms in plural)
