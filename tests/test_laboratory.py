"""The laboratory of checks: labels measure, proof decides what counts, shadow is for supervisors, entries are tried."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from chat import actions as chat
from identity.models import AuditEntry
from quality import actions as quality
from quality.actions.checks import label_finding, set_check
from quality.models import CheckQuality, Finding, FindingLabel, LexiconEntry, Score
from quality.queries.checks import switches
from quality.rules.measuring import kappa_of, measured
from quality.rules.proof import Measured, switch_of

pytestmark = pytest.mark.django_db
SAID = ("Здравствуйте, какой у меня долг?", "Нужно было раньше думать. Пришлите код из смс")


@pytest.fixture
def scored(anna: Any, elena: Any) -> Callable[..., Score]:
    quality.seed_default_standard()

    def hold(asked: str = SAID[0], answered: str = SAID[1], agent: Any = None) -> Score:
        conversation = chat.start_conversation(channel="chat", borrower=anna)
        chat.add_participant(conversation=conversation, user=agent or elena)
        chat.post_message(conversation=conversation, author=anna, body=asked)
        chat.post_message(conversation=conversation, author=agent or elena, body=answered)
        chat.close_conversation(conversation=conversation, by=agent or elena)
        score = quality.score_conversation(conversation=conversation)
        assert score is not None
        return score

    return hold


def finding_of(score: Score, code: str) -> Finding:
    return score.findings.get(check_code=code)


@pytest.mark.parametrize(
    ("desk", "shipped", "basis", "counts"),
    [
        (None, None, "none", False),
        (None, Measured(is_exact=True), "exact", True),
        (None, Measured(tp=148, fp=6), "shipped", True),
        (None, Measured(tp=99, fp=0), "none", False),
        (None, Measured(tp=92, fp=8), "none", False),
        (Measured(tp=40, fp=1), Measured(tp=148, fp=6), "shipped", True),
        (Measured(tp=97, fp=3), None, "desk", True),
        (Measured(tp=80, fp=20), Measured(tp=148, fp=6), "desk", False),
    ],
)
def test_only_a_proved_check_counts_and_own_labels_go_before_shipped_ones(
    desk: Measured | None, shipped: Measured | None, basis: str, counts: bool
) -> None:
    switch = switch_of(is_enabled=True, is_shadow=False, desk=desk, shipped=shipped)
    assert (switch.basis, switch.may_count) == (basis, counts)
    shadowed = switch_of(is_enabled=True, is_shadow=True, desk=desk, shipped=shipped)
    assert not shadowed.may_count


def test_doubt_is_neither_right_nor_wrong_and_kappa_is_the_known_one() -> None:
    pairs = [("fail", "fail")] * 20 + [("fail", "pass")] * 5 + [("pass", "partial")] * 10 + [("na", "na")] * 15
    table = measured([*pairs, ("unsure", "fail")])
    assert (table.tp, table.fp, table.fn, table.tn) == (20, 5, 10, 15)
    assert kappa_of(table) == pytest.approx(0.4)


def test_an_unproved_check_is_shown_and_lowers_nothing(scored: Callable[..., Score]) -> None:
    score = scored()
    rude = finding_of(score, "forbidden_wording")
    assert (rude.verdict, rude.counts) == ("fail", False)
    assert finding_of(score, "greeting").counts
    assert finding_of(score, "code_request").counts, "a critical failure always asks a person"
    assert score.critical_to_confirm and score.value
    assert list(score.confirmations.values_list("criterion__code", flat=True)) == ["data_protection"]
    assert score.milliseconds is not None and score.milliseconds > 0


def test_a_criterion_is_asked_only_when_its_condition_holds(scored: Callable[..., Score]) -> None:
    calm = scored().findings.filter(check_code="condition")
    assert set(calm.values_list("criterion__code", flat=True)) == {"empathy", "identification"}
    upset = scored("Безобразие, буду жаловаться в прокуратуру!", "Здравствуйте, Анна.")
    assert upset.findings.get(criterion__code="empathy").check_code == "empathy"


def test_labels_of_supervisors_measure_and_an_agents_word_is_an_objection(
    scored: Callable[..., Score], as_staff: Any, elena: Any, olga: Any
) -> None:
    finding = finding_of(scored(), "forbidden_wording")
    address = f"/quality/findings/{finding.pk}/label/"
    assert as_staff(elena).post(address, {"verdict": "pass", "comment": "Это цитата"}).status_code == 302
    assert not CheckQuality.objects.exists()
    assert as_staff(olga).post(address, {"verdict": "fail"}).status_code == 302
    quality_row = CheckQuality.objects.get()
    assert (quality_row.check_code, quality_row.tp, quality_row.fp) == ("forbidden_wording", 1, 0)
    assert as_staff(olga).post(address, {"verdict": "pass"}).status_code == 302, "who thinks again says otherwise"
    quality_row.refresh_from_db()
    assert (quality_row.tp, quality_row.fp, FindingLabel.objects.count()) == (0, 1, 2)
    page = as_staff(olga).get("/quality/checks/of/forbidden_wording/").content.decode()
    assert page.count("data-disagreement") == 2 and "Это цитата" in page and "возражение специалиста" in page
    assert AuditEntry.objects.filter(code="finding_labelled").count() == 3


def test_a_hundred_good_labels_prove_a_check_from_the_next_score_on(scored: Callable[..., Score], olga: Any) -> None:
    score = scored()
    finding = finding_of(score, "forbidden_wording")
    copies = []
    for number in range(110):
        twin = Score.objects.get(pk=score.pk)
        twin.pk, twin.content_hash = None, f"{number}"
        twin.save()
        copies.append(Finding.objects.create(
            score=twin, criterion=finding.criterion, check_code=finding.check_code,
            check_version=finding.check_version, verdict="fail", reason=finding.reason,
        ))  # fmt: skip
    for place, copy in enumerate(copies):
        label_finding(finding=copy, by=olga, verdict="fail" if place > 2 else "pass")
    assert switches()["forbidden_wording"].basis == "desk"
    later = scored(answered="Нужно было раньше думать!")
    assert finding_of(later, "forbidden_wording").counts
    finding.refresh_from_db()
    assert not finding.counts, "what stands is not changed"


def test_shadow_is_for_supervisors_and_off_does_not_run(
    scored: Callable[..., Score], as_staff: Any, elena: Any, olga: Any
) -> None:
    lead = as_staff(olga)
    assert lead.post("/quality/checks/of/forbidden_wording/switch/", {"way": "shadow"}).status_code == 302
    score = scored()
    finding = finding_of(score, "forbidden_wording")
    address = f"/quality/scores/{score.pk}/findings/"
    assert 'data-finding="forbidden_wording"' in lead.get(address).content.decode()
    own = as_staff(elena).get(address)
    assert own.status_code == 200 and 'data-finding="forbidden_wording"' not in own.content.decode()
    assert as_staff(elena).post(f"/quality/findings/{finding.pk}/label/", {"verdict": "pass"}).status_code == 404
    lead.post("/quality/checks/of/forbidden_wording/switch/", {"way": "off"})
    assert not scored(answered="Раньше надо было думать").findings.filter(check_code="forbidden_wording").exists()
    assert AuditEntry.objects.filter(code="check_switched").count() == 2


def test_a_critical_check_in_shadow_asks_nobody(scored: Callable[..., Score], olga: Any) -> None:
    set_check(code="code_request", is_enabled=True, is_shadow=True, by=olga)
    score = scored()
    assert not score.critical_to_confirm and not score.confirmations.exists()


def test_an_agent_sees_findings_of_own_scores_only(
    scored: Callable[..., Score], as_staff: Any, elena: Any, dmitry: Any
) -> None:
    score = scored()
    page = as_staff(elena).get(f"/quality/scores/{score.pk}/findings/").content.decode()
    assert "Пришлите код из смс" in page
    assert as_staff(dmitry).get(f"/quality/scores/{score.pk}/findings/").status_code == 404
    for address in ("/quality/checks/", "/quality/checks/of/greeting/", "/quality/checks/lexicons/threats/"):
        assert as_staff(elena).get(address).status_code == 403
    conversation = score.conversation_id
    assert as_staff(elena).get(f"/api/v1/quality/dialogs/{conversation}/autoscore").json()["id"] == score.pk
    assert as_staff(dmitry).get(f"/api/v1/quality/dialogs/{conversation}/autoscore").status_code == 404


def test_the_laboratory_shows_every_check_with_its_interval(as_staff: Any, olga: Any) -> None:
    quality.seed_default_standard()
    page = as_staff(olga).get("/quality/checks/").content.decode().replace("\xa0", " ")
    assert page.count("data-check=") == 25
    assert re.search(r"<b>96 %</b>.*?n = 154", page), "the greeting as it was measured"
    assert re.search(r"<b>97 %</b>.*?n = 635", page), "the spelling as it was measured"


ENTRY = {
    "pattern": "шуруйте", "language": "ru", "severity": "major", "better": "Давайте разберёмся",
    "must_match": "Тогда шуруйте сами", "must_not_match": "Подойдите в офис",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"must_match": "Всё хорошо"}, "Всё хорошо"),
        ({"must_not_match": "Тогда шуруйте"}, "Тогда шуруйте"),
        ({"must_match": ""}, 'role="alert"'),
        ({"pattern": "(а+)+б", "is_regex": "on", "must_match": "аб"}, 'role="alert"'),
        ({"pattern": "((", "is_regex": "on"}, 'role="alert"'),
    ],
)
def test_an_entry_that_breaks_its_promises_is_not_kept_and_not_lost(
    as_staff: Any, olga: Any, change: dict[str, str], said: str
) -> None:
    response = as_staff(olga).post("/quality/checks/lexicons/forbidden_wording/", {**ENTRY, **change})
    page = response.content.decode()
    assert response.status_code == 400
    assert said in page and "Давайте разберёмся" in page
    assert not LexiconEntry.objects.exists()


def test_an_entry_is_looked_for_from_now_on_until_it_is_ended(
    scored: Callable[..., Score], as_staff: Any, olga: Any, django_capture_on_commit_callbacks: Any
) -> None:
    lead: Client = as_staff(olga)
    words = "Здравствуйте, Анна. Ну тогда шуруйте в банк"
    with django_capture_on_commit_callbacks(execute=True):
        assert lead.post("/quality/checks/lexicons/forbidden_wording/", ENTRY).status_code == 302
    assert finding_of(scored(answered=words), "forbidden_wording").verdict == "fail"
    entry = LexiconEntry.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        lead.post(f"/quality/checks/lexicons/entries/{entry.pk}/end/")
    assert finding_of(scored(answered=words + "!"), "forbidden_wording").verdict == "pass"


def test_findings_are_exported_masked_and_never_as_formulas(
    scored: Callable[..., Score], as_staff: Any, elena: Any, olga: Any
) -> None:
    scored(answered="Ваша карта 4111 1111 1111 1111? Пришлите код из смс")
    assert as_staff(elena).get("/quality/export/flags.csv").status_code == 403
    response = as_staff(olga).get("/quality/export/flags.csv")
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert response.streaming and lines[0].startswith("finding,scored_at,conversation")
    assert any(",code_request," in line for line in lines)
    assert "4111" not in "\n".join(lines)
