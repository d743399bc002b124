"""The identity desk: who wrote the letter is proved without keeping what proves it, and until then nothing is shown."""

import logging
import socket
from typing import Any

import pytest

from identity import lender
from tests.identity_desk import BORN, LOAN, PASSPORT, SERGEY, TWIN, Panel, everything_stored, letter_of

pytestmark = pytest.mark.django_db(transaction=True)
TOLD = {"full_name": "Мельников Сергей Павлович", "birth_date": "11.02.1984"}


def test_candidates_come_with_their_reasons_and_nobody_is_chosen_for_good(
    panel: Panel, known: dict[str, Any], letter: Any
) -> None:
    page = panel.shown()
    assert page.index("Сергей Павлович Мельников") < page.index("Сергей Петрович Мельников")
    assert "ФИО из письма" in page and "совпали имя и фамилия" in page and "телефон из письма" in page
    letter.conversation.refresh_from_db()
    assert letter.conversation.borrower is None


def test_the_lender_says_yes_or_no_for_each_field_and_only_that_is_kept(panel: Panel, known: dict[str, Any]) -> None:
    from tickets.models import Verification

    answer = panel.compare(known[SERGEY], **TOLD, loan=LOAN, passport="36 09 № 000000")
    assert answer.status_code == 200
    kept = Verification.objects.get()
    assert kept.verdicts == {"full_name": "yes", "birth_date": "yes", "loan": "yes", "passport": "no"}
    assert (kept.by.display_name, kept.method, kept.borrower) == ("Елена", "fields", known[SERGEY])
    page = answer.content.decode()
    assert "2 из 3" in page and "не совпали" in page
    assert "000000" not in page and "1984" not in page


def test_after_a_check_the_database_and_the_logs_contain_no_digit_of_the_passport(
    panel: Panel, known: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        panel.compare(known[SERGEY], **TOLD, passport=PASSPORT)
        panel.compare(known[SERGEY], passport="5604731920")
        panel.compare(known[SERGEY], **TOLD, passport="12345")
        panel.confirm(known[SERGEY])
    stored = everything_stored()
    assert "identity.compared" in stored and "Мельников" in stored
    for value in (PASSPORT, "3609 518274", "518274", "5604731920", "731920", BORN, "12345"):
        assert value not in stored.replace("11.02.1984", ""), value
        assert value not in caplog.text, value


def test_three_matches_with_the_passport_among_them_open_the_loans_and_the_history(
    panel: Panel, known: dict[str, Any], letter: Any, elena: Any
) -> None:
    from identity.models import AuditEntry
    from tickets.access import disclosure_level

    assert "data-loan" not in panel.shown()
    panel.prove(known[SERGEY])
    letter.refresh_from_db()
    assert disclosure_level(letter) == 2
    page = panel.shown()
    assert "data-loan" in page and "24-117930" in page and "data-history" in page
    assert "подтверждена проверкой" in page and "Елена Воронова" in page
    assert AuditEntry.objects.get(code="identity.confirmed").user_id == elena.pk
    assert letter.conversation.entries.filter(kind="verified", public_seq=None, author_id=elena.pk).exists()


def test_less_than_three_matches_or_none_that_is_reliable_confirm_nothing(panel: Panel, known: dict[str, Any]) -> None:
    panel.compare(known[SERGEY], **TOLD, loan=LOAN)
    answer = panel.confirm(known[SERGEY])
    assert answer.status_code == 409
    assert "Нужно три совпадения" in answer.content.decode()
    panel.compare(known[SERGEY], passport_tail=PASSPORT[-4:])
    assert panel.confirm(known[SERGEY]).status_code == 200


def test_one_no_outweighs_every_yes_until_it_is_asked_again(panel: Panel, known: dict[str, Any]) -> None:
    panel.compare(known[SERGEY], **TOLD | {"birth_date": "12.02.1984"}, loan=LOAN, passport=PASSPORT)
    assert panel.confirm(known[SERGEY]).status_code == 409
    panel.compare(known[SERGEY], birth_date="11.02.1984")
    assert panel.confirm(known[SERGEY]).status_code == 200


def test_what_was_proved_of_one_candidate_proves_nothing_of_another(panel: Panel, known: dict[str, Any]) -> None:
    panel.compare(known[SERGEY], **TOLD, passport=PASSPORT)
    assert panel.confirm(known[TWIN]).status_code == 409


def test_somebody_who_is_no_candidate_cannot_be_chosen_before_a_search_that_is_recorded(
    panel: Panel, anna: Any, elena: Any
) -> None:
    from identity.models import AuditEntry

    assert panel.compare(anna, **TOLD).status_code == 400
    assert panel.confirm(anna).status_code == 400
    found = panel.client.post(f"{panel.root}identity/", {"query": "anna.kovaleva@mail.example"}).content.decode()
    assert "Анна Игоревна Ковалёва" in found and "нашли вы" in found
    searched = AuditEntry.objects.get(code="identity.searched")
    assert (searched.user_id, "kovaleva" in str(searched.detail)) == (elena.pk, False)


def test_a_field_that_cannot_be_compared_is_marked_and_only_the_name_stays(panel: Panel, known: dict[str, Any]) -> None:
    from tickets.models import Verification

    answer = panel.compare(known[SERGEY], full_name="Мельников Сергей", birth_date="31.02.1984", passport="360951")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="Мельников Сергей"' in page and page.count('aria-invalid="true"') == 2
    assert "31.02.1984" not in page and "360951" not in page
    assert not Verification.objects.exists(), "a slip costs no comparison"


def test_questions_to_the_lender_are_limited_for_each_letter(panel: Panel, known: dict[str, Any], elena: Any) -> None:
    for tail in range(6):
        assert panel.compare(known[SERGEY], passport_tail=f"000{tail}").status_code == 200
    answer = panel.compare(known[SERGEY], passport_tail=PASSPORT[-4:])
    assert answer.status_code == 429
    assert "слишком много сверок" in answer.content.decode()
    other = letter_of("other@mail.example", agent=elena)
    assert Panel(panel.client, other).compare(known[SERGEY], passport_tail=PASSPORT[-4:]).status_code == 200


def test_an_agents_questions_are_limited_over_all_letters(
    panel: Panel, known: dict[str, Any], elena: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickets.actions.verification.AGENT_CHECKS", 2)
    for number in range(3):
        other = Panel(panel.client, letter_of(f"o{number}@mail.example", agent=elena))
        answer = other.compare(known[SERGEY], passport_tail="0000")
    assert answer.status_code == 429


def test_a_silent_lender_is_said_and_nothing_is_decided(panel: Panel, known: dict[str, Any], settings: Any) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        settings.LENDER_API_URL, settings.LENDER_API_TIMEOUT = f"http://127.0.0.1:{deaf.getsockname()[1]}", 0.3
        lender.forget_answers()
        answer = panel.compare(known[SERGEY], **TOLD, passport=PASSPORT)
    assert answer.status_code == 503
    assert PASSPORT not in answer.content.decode()
    assert panel.confirm(known[SERGEY]).status_code == 409


def test_declining_closes_what_had_opened(panel: Panel, known: dict[str, Any], letter: Any) -> None:
    from tickets.access import disclosure_level
    from tickets.models import IdentityDecision

    panel.prove(known[SERGEY])
    assert panel.send("decline").status_code == 200
    letter.refresh_from_db()
    assert disclosure_level(letter) == 0
    assert letter.conversation.borrower is None
    assert "data-loan" not in panel.shown() and "Отклонено." in panel.shown()
    assert [each.outcome for each in IdentityDecision.objects.order_by("pk")] == ["confirmed", "declined"]


def test_only_whoever_leads_the_letter_checks_and_a_supervisor_sees_the_evidence(
    panel: Panel, known: dict[str, Any], letter: Any, dmitry: Any, olga: Any, as_staff: Any
) -> None:
    panel.compare(known[SERGEY], **TOLD, passport=PASSPORT)
    colleague = Panel(as_staff(dmitry), letter)
    assert colleague.compare(known[SERGEY], **TOLD).status_code in {403, 404}
    assert "Павлович" not in colleague.shown()
    page = Panel(as_staff(olga), letter).shown()
    assert "Как проверяли" in page and "Елена Воронова" in page and "Сверил займодавец" in page


def test_an_equal_address_counts_only_when_the_sender_is_proved(
    known: dict[str, Any], elena: Any, as_staff: Any, asked_lender: Any
) -> None:
    from tickets.queries.identity import address_verdict

    ticket = letter_of("s.melnikov@mail.example", agent=elena)
    assert address_verdict(ticket, known[SERGEY]) == "same"
    assert "отправитель не доказан" in Panel(as_staff(elena), ticket).shown()


def test_signing_in_by_a_link_proves_a_person_without_an_agent(
    panel: Panel, known: dict[str, Any], letter: Any
) -> None:
    from tickets.access import disclosure_level
    from tickets.actions.verification import confirm_by_sign_in

    confirm_by_sign_in(ticket=letter, borrower=known[SERGEY])
    assert disclosure_level(letter) == 3
    assert "подтверждена входом" in panel.shown()
