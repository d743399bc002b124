"""The editor of a service standard through its pages: nothing typed is lost, nothing of others is written over."""

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from django.test import Client

from identity.models import AuditEntry
from quality import actions as quality
from quality.models import ServiceStandard, StandardVersion
from quality.queries.standards import text_of, version_in_force
from quality.rules.standards import default_standard
from tickets.actions.outbox import run_due_jobs

pytestmark = pytest.mark.django_db
EDITOR = "/settings/standards/of/service/"


@pytest.fixture
def lead(as_staff: Any, olga: Any) -> Client:
    client = as_staff(olga)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "ru"
    return client


@pytest.fixture
def draft(lead: Client) -> StandardVersion:
    quality.seed_default_standard()
    assert lead.post(f"{EDITOR}draft/").status_code == 302
    return StandardVersion.objects.get(status="draft")


def form_of(response: Any) -> dict[str, Any]:
    """What a browser would send: the fields of the draft's form as they stand."""
    html = response.content.decode()
    form = html[html.index('id="draft"') : html.index("</form>", html.index('id="draft"'))]
    data: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>|<textarea.*?</textarea>|<select.*?</select>", form, re.S):
        name = re.search(r'name="([^"]*)"', tag)
        value = value_of(tag)
        if name and value is not None:
            data.setdefault(unescape(name[1]), []).append(unescape(value))
    return data


def value_of(tag: str) -> str | None:
    if tag.startswith("<textarea"):
        return tag[tag.index(">") + 1 : tag.rindex("</textarea>")]
    if tag.startswith("<select"):
        chosen = re.search(r'<option value="([^"]*)" selected', tag) or re.search(r'<option value="([^"]*)"', tag)
        return chosen[1] if chosen else None
    value = re.search(r'value="([^"]*)"', tag)
    if "checkbox" in tag:
        return (value[1] if value else "on") if " checked" in tag else None
    return value[1] if value else ""


def save(client: Client, draft: StandardVersion, form: dict[str, Any], do: str = "save", **more: Any) -> Any:
    return client.post(f"/settings/standards/drafts/{draft.pk}/", {**form, "do": do, **more})


def test_the_version_in_force_is_read_and_a_draft_is_begun_over_it(lead: Client) -> None:
    quality.seed_default_standard()
    page = lead.get(EDITOR).content.decode()
    assert "Действует версия 1" in page and '<fieldset class="plain col gap24" disabled>' in page
    lead.post(f"{EDITOR}draft/")
    page = lead.get(EDITOR).content.decode()
    assert "Вы правите черновик версии 2" in page
    assert "disabled" not in page[page.index('id="draft"') : page.index("Скорость ответа")]


def test_saving_what_was_shown_changes_nothing(lead: Client, draft: StandardVersion) -> None:
    response = save(lead, draft, form_of(lead.get(EDITOR)))
    assert response.status_code == 302
    assert text_of(draft) == default_standard()


def test_every_field_of_a_criterion_is_kept_and_marked(lead: Client, draft: StandardVersion) -> None:
    form = form_of(lead.get(EDITOR))
    form |= {
        "c-greeting-weight": "6", "c-by_name-weight": "2", "c-greeting-text_ru": "Поздоровался",
        "c-greeting-points": "own", "c-greeting-scale": "1 | Да | Yes | +\n0,5 | Почти | Almost | +\n0 | Нет | No | -",
        "c-greeting-gravity": "major", "c-greeting-asked": ["complaint"], "c-greeting-channels": ["email"],
        "c-greeting-root_causes": "rush | Спешил | Hurried", "c-gaps-set-gaps-limits.chat": "3:00",
        "c-data_protection-set-foreign_links-allowed_hosts": "lad.example, cbr.ru", "pass_mark": "85",
        "critical_policy": "cap50", "changelog": "Приветствие важнее",
    }  # fmt: skip
    assert save(lead, draft, form).status_code == 302
    draft.refresh_from_db()
    text = text_of(draft)
    criteria = {one.code: one for one in text.criteria}
    greeting = criteria["greeting"]
    assert (greeting.weight, greeting.text_ru, greeting.is_major) == (6, "Поздоровался", True)
    assert [one["value"] for one in greeting.scale] == [1, 0.5, 0]
    assert greeting.condition == {"channels": ["email"], "complaint": True}
    assert greeting.root_causes == ({"code": "rush", "ru": "Спешил", "en": "Hurried"},)
    assert criteria["gaps"].checks[0]["parameters"] == {"limits": {"chat": 180}}
    assert criteria["data_protection"].checks[2]["parameters"] == {"allowed_hosts": ["lad.example", "cbr.ru"]}
    assert (text.pass_mark, text.critical_policy, text.changelog) == (85, "cap50", "Приветствие важнее")
    page = unescape(lead.get(EDITOR).content.decode()).replace("\xa0", " ")
    assert "«Поздоровался»: вес 4 → 6" in page and "Чат, каждый следующий ответ: 2:00 → 3:00" in page
    assert '<span class="was">4</span>' in page and "было 2:00" in page


def test_a_mistake_is_said_beside_its_field_and_nothing_typed_is_lost(lead: Client, draft: StandardVersion) -> None:
    form = form_of(lead.get(EDITOR)) | {
        "c-greeting-weight": "много", "c-closing-root_causes": "без кода", "c-by_name-code": "greeting",
        "c-greeting-text_ru": "<script>alert(1)</script>", "changelog": "Мои мысли",
    }  # fmt: skip
    response = save(lead, draft, form)
    page = response.content.decode()
    assert response.status_code == 400
    assert page.count('role="alert"') == 4, "one for the page, one for each field"
    assert 'value="много"' in page and "без кода" in page and "Мои мысли" in page
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page
    assert text_of(draft) == default_standard()


def test_criteria_and_sections_are_added_moved_and_removed(lead: Client, draft: StandardVersion) -> None:
    save(lead, draft, form_of(lead.get(EDITOR)), do="down:c-greeting")
    save(lead, draft, form_of(lead.get(EDITOR)), do="up:c-gaps")
    save(lead, draft, form_of(lead.get(EDITOR)), do="remove:c-notes")
    save(lead, draft, form_of(lead.get(EDITOR)), do="add:s1")
    save(lead, draft, form_of(lead.get(EDITOR)), do="up:s3")
    sections = text_of(StandardVersion.objects.get(pk=draft.pk)).sections
    assert [section.title_en for section in sections][:3] == ["Contact", "Resolution", "Speed"]
    assert [one.code for one in sections[0].criteria] == ["by_name", "greeting", "closing", "criterion_1"]
    assert [one.code for one in sections[2].criteria] == ["gaps", "first_response"]
    assert [one.code for one in sections[-1].criteria] == ["topic_scenario"]


def test_whoever_saves_second_is_told_and_keeps_every_word(lead: Client, draft: StandardVersion, ivan: Any) -> None:
    form = form_of(lead.get(EDITOR)) | {"changelog": "Слова Ольги"}
    theirs = replace(text_of(draft), changelog="Слова Ивана")
    quality.save_draft(version=draft, text=theirs, seen=text_of(draft).sha256, by=ivan)
    response = save(lead, draft, form)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Слова Ольги" in page
    over = re.search(r'name="over" value="([^"]+)"', page)
    assert over and save(lead, draft, form, over=over[1]).status_code == 302
    assert text_of(StandardVersion.objects.get(pk=draft.pk)).changelog == "Слова Ольги"


def test_a_draft_is_published_only_when_it_is_complete(lead: Client, draft: StandardVersion, olga: Any) -> None:
    form = form_of(lead.get(EDITOR)) | {"c-greeting-weight": "9"}
    response = save(lead, draft, form, do="publish", when="now")
    assert response.status_code == 400
    assert 'value="9"' in response.content.decode()
    assert (
        save(lead, draft, form_of(response) | {"c-greeting-weight": "4"}, do="publish", when="now").status_code == 302
    )
    in_force = version_in_force()
    assert in_force is not None and (in_force.pk, in_force.published_by) == (draft.pk, olga)
    assert save(lead, draft, form_of(lead.get(EDITOR)) | {"seen": "x"}).status_code == 409, "it never changes again"
    assert AuditEntry.objects.filter(code="standard_published").count() == 1


def test_a_version_is_scheduled_shown_and_called_back(lead: Client, draft: StandardVersion) -> None:
    form = form_of(lead.get(EDITOR))
    response = save(lead, draft, form, do="publish", when="moment", moment="2020-01-01T00:00")
    assert response.status_code == 400 and "Этот момент уже прошёл" in response.content.decode()
    assert save(lead, draft, form, do="publish", when="moment", moment="2090-12-01T00:00").status_code == 302
    draft.refresh_from_db()
    assert draft.status == "scheduled"
    assert "Отозвать" in lead.get(EDITOR).content.decode()
    lead.post(f"/settings/standards/drafts/{draft.pk}/call-back/")
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_any_two_versions_are_compared(lead: Client, draft: StandardVersion) -> None:
    save(lead, draft, form_of(lead.get(EDITOR)) | {"c-greeting-text_en": "Said hello", "pass_mark": "70"})
    first = version_in_force()
    assert first is not None
    page = unescape(lead.get(f"{EDITOR}versions/?from={first.pk}&to={draft.pk}").content.decode())
    assert "<del>Greeted and introduced oneself in the first reply</del>" in page
    assert "<ins>Said hello</ins>" in page and "80 → 70" in page


def test_the_script_saves_without_leaving_the_page(lead: Client, draft: StandardVersion) -> None:
    form = form_of(lead.get(EDITOR)) | {"c-greeting-weight": "5"}
    kept = lead.post(f"/settings/standards/drafts/{draft.pk}/", {**form, "do": "save"}, HTTP_ACCEPT="application/json")
    assert kept.status_code == 200 and len(kept.json()["seen"]) == 64
    assert kept.json()["problems"] == ["Сумма весов — 101, а не 100."]
    late = lead.post(f"/settings/standards/drafts/{draft.pk}/", {**form, "do": "save"}, HTTP_ACCEPT="application/json")
    assert late.status_code == 409
    wrong = form | {"seen": kept.json()["seen"], "pass_mark": "x"}
    refused = lead.post(
        f"/settings/standards/drafts/{draft.pk}/", {**wrong, "do": "save"}, HTTP_ACCEPT="application/json"
    )
    assert refused.status_code == 400 and refused.json()["message"]


def test_another_standard_begins_as_a_draft_for_its_channel(lead: Client, draft: StandardVersion) -> None:
    new = {"code": "letters", "title_ru": "Письма", "title_en": "Letters", "like": "service"}
    assert lead.post("/settings/standards/add/", new).status_code == 302
    assert lead.post("/settings/standards/add/", new).status_code == 400, "the code is taken"
    lead.post("/settings/standards/of/letters/scope/", {"channels": ["email"], "is_active": "on"})
    letters = ServiceStandard.objects.get(code="letters")
    assert (letters.channels, letters.is_active, letters.versions.get().status) == (["email"], True, "draft")


def test_the_interface_reads_clones_publishes_and_tries(lead: Client, draft: StandardVersion) -> None:
    listed = lead.get("/api/v1/quality/standards").json()
    assert [one["number"] for one in listed[0]["versions"]] == [2, 1]
    wording = lead.get(f"/api/v1/quality/versions/{draft.pk}").json()
    assert wording["sections"][0]["criteria"][0]["code"] == "greeting"
    simulated = lead.post(f"/api/v1/quality/versions/{draft.pk}/simulate")
    assert simulated.status_code == 202
    run_due_jobs(kind="rescore_slice")
    assert lead.get(f"/api/v1/quality/rescorings/{simulated.json()['id']}").json()["status"] == "done"
    at = {"at": "2090-01-01T00:00:00Z"}
    scheduled = lead.post(f"/api/v1/quality/versions/{draft.pk}/publish", at, content_type="application/json")
    assert scheduled.json()["status"] == "scheduled"
    cloned = lead.post(f"/api/v1/quality/versions/{draft.pk}/clone").json()
    assert (cloned["number"], cloned["status"]) == (3, "draft")
