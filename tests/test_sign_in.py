"""Signing in: passwords, lock-out, the profile and the list of staff, through the pages people use."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from identity import actions
from identity.errors import Conflict, WeakPassword
from identity.models import AuditEntry, SignInAttempt, StaffSession, User
from identity.rules import locks
from tests.cast import PASSWORD

NEW_PASSWORD = "новая длинная фраза 7"


def _sign_in(client, email, password, **more):
    return client.post("/login/", {"email": email, "password": password, **more})


def test_a_staff_member_signs_in_and_comes_to_the_page_they_wanted(elena):
    client = Client()
    assert client.get("/profile/").url == "/login/?next=/profile/"
    answer = _sign_in(client, "E.Voronova@lad.example ", PASSWORD, next="/profile/")
    assert (answer.status_code, answer.url) == (302, "/profile/")
    assert client.get("/profile/").status_code == 200
    assert AuditEntry.objects.get(code="staff.signed_in").user_id == elena.id


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.ru"])
def test_sign_in_never_leads_away_from_the_desk(elena, wanted):
    assert _sign_in(Client(), elena.email, PASSWORD, next=wanted).url == "/"


def test_the_session_changes_at_sign_in(elena):
    client = Client()
    client.get("/login/")
    client.cookies["sessionid"] = "planted-by-somebody-else"
    _sign_in(client, elena.email, PASSWORD)
    assert client.cookies["sessionid"].value != "planted-by-somebody-else"


def test_a_wrong_password_and_an_unknown_email_get_the_same_answer(elena):
    known = _sign_in(Client(), elena.email, "wrong")
    unknown = _sign_in(Client(), "nobody@lad.example", "wrong")
    assert known.status_code == unknown.status_code == 401
    assert _alert(known) == _alert(unknown)
    assert "Осталось 4 попытки" in _alert(known)


def test_five_failures_close_sign_in_and_say_until_when(elena):
    client = Client()
    for _ in range(locks.TRIES):
        answer = _sign_in(client, elena.email, "wrong")
    until = timezone.localtime(timezone.now() + timedelta(minutes=1))
    assert answer.status_code == 429
    assert f"до {until:%H:%M}" in _alert(answer) or f"до {until - timedelta(minutes=1):%H:%M}" in _alert(answer)
    assert _sign_in(client, elena.email, PASSWORD).status_code == 429  # the right one is not even tried
    assert AuditEntry.objects.filter(code="staff.locked_out").count() == 1


def test_a_closed_sign_in_opens_again_and_success_forgets_the_failures(elena):
    client = Client()
    for _ in range(locks.TRIES):
        _sign_in(client, elena.email, "wrong")
    SignInAttempt.objects.update(at=timezone.now() - timedelta(seconds=61))
    assert _sign_in(client, elena.email, PASSWORD).status_code == 302
    assert "Осталось 4 попытки" in _alert(_sign_in(Client(), elena.email, "wrong"))


def test_a_guesser_cannot_lock_a_colleague_out(elena, dmitry):
    for _ in range(locks.TRIES):
        Client(REMOTE_ADDR="203.0.113.9").post("/login/", {"email": elena.email, "password": "wrong"})
    assert _sign_in(Client(REMOTE_ADDR="203.0.113.9"), dmitry.email, PASSWORD).status_code == 302
    assert _sign_in(Client(REMOTE_ADDR="198.51.100.4"), elena.email, PASSWORD).status_code == 302


def test_the_wait_grows_and_never_exceeds_a_quarter_of_an_hour():
    assert [locks.wait_after(failures) for failures in (0, 4, 5, 6, 7, 100)] == [0, 0, 60, 300, 900, 900]


def test_a_deactivated_person_cannot_sign_in(elena, ivan):
    actions.deactivate(user=elena, by=ivan)
    assert _sign_in(Client(), elena.email, PASSWORD).status_code == 401


def test_the_audit_log_holds_no_typed_email(elena):
    _sign_in(Client(), "мой-пароль-в-чужом-поле", "wrong")
    detail = AuditEntry.objects.get(code="staff.sign_in_failed").detail
    assert set(detail) == {"email_hash"}
    assert "пароль" not in str(detail)


@pytest.mark.parametrize("weak", ["short", "1qaz2wsx3edc", "e.voronova@lad.example"])
def test_a_weak_password_is_refused_in_words(db, weak):
    with pytest.raises(WeakPassword) as refusal:
        actions.create_staff(
            email="e.voronova@lad.example", full_name="Елена", display_name="Елена", role="agent", password=weak
        )
    assert refusal.value.problems


def test_passwords_are_kept_by_argon2(elena):
    assert User.objects.get(id=elena.id).password.startswith("argon2$argon2id$")


def test_the_language_of_the_sign_in_page_can_be_switched(db):
    client = Client(headers={"accept-language": "ru"})
    assert "Вход для сотрудников" in client.get("/login/").content.decode()
    assert client.get("/login/?language=en&next=/profile/").url == "/login/?next=%2Fprofile%2F"
    assert "Sign-in for staff" in client.get("/login/").content.decode()


def test_password_managers_and_pasting_work(db):
    page = Client().get("/login/").content.decode()
    assert 'autocomplete="username"' in page and 'autocomplete="current-password"' in page
    assert "onpaste" not in page and "<script>" not in page


def test_signing_out_needs_a_form_and_ends_the_session(as_staff, elena):
    client = as_staff(elena)
    assert client.get("/logout/").status_code == 405
    answer = client.post("/logout/")
    assert (answer.url, answer.headers["Clear-Site-Data"]) == ("/login/", '"cache", "storage"')
    assert StaffSession.objects.get().ended_at
    assert client.get("/profile/").status_code == 302


def test_unsafe_requests_need_the_csrf_token(elena):
    client = Client(enforce_csrf_checks=True)
    client.force_login(elena)
    for address in ("/logout/", "/profile/", "/profile/password/", "/staff/add/"):
        assert client.post(address).status_code == 403
    assert client.post("/api/v1/socket-tickets").status_code == 403
    client.get("/profile/")
    token = re.search(r'csrf-token" content="(\w+)"', client.get("/profile/").content.decode()).group(1)
    assert client.post("/api/v1/socket-tickets", headers={"x-csrftoken": token}).status_code == 201


def test_a_profile_is_changed_by_its_owner(as_staff, elena):
    client = as_staff(elena)
    answer = client.post("/profile/", {"display_name": "Лена", "language": "en", "theme": "dark"})
    assert answer.status_code == 302
    elena.refresh_from_db()
    assert (elena.display_name, elena.language, elena.theme, elena.sound_on) == ("Лена", "en", "dark", False)
    page = client.get("/profile/").content.decode()
    assert '<html lang="en" data-theme="dark">' in page and "Where you are signed in" in page


def test_nobody_grants_themselves_a_role_through_the_profile(as_staff, elena):
    as_staff(elena).post("/profile/", {"display_name": "Елена", "language": "ru", "theme": "", "role": "admin"})
    elena.refresh_from_db()
    assert elena.role == "agent"


def test_a_new_password_ends_the_other_sign_ins_and_keeps_this_one(as_staff, elena):
    here, elsewhere = as_staff(elena), as_staff(elena)
    answer = here.post("/profile/password/", {"old": PASSWORD, "new": NEW_PASSWORD})
    assert answer.status_code == 302
    assert here.get("/profile/").status_code == 200
    assert elsewhere.get("/profile/").status_code == 302
    assert _sign_in(Client(), elena.email, PASSWORD).status_code == 401
    assert _sign_in(Client(), elena.email, NEW_PASSWORD).status_code == 302


def test_a_new_password_needs_the_old_one_and_the_rules(as_staff, elena):
    client = as_staff(elena)
    assert "не ваш нынешний пароль" in _alert(client.post("/profile/password/", {"old": "no", "new": NEW_PASSWORD}))
    assert "12" in _alert(client.post("/profile/password/", {"old": PASSWORD, "new": "short"}))


def test_a_sign_in_elsewhere_is_listed_and_can_be_ended(as_staff, elena):
    here, elsewhere = as_staff(elena), as_staff(elena)
    session = StaffSession.objects.get(key=elsewhere.session.session_key)
    assert str(session.id) in here.get("/profile/").content.decode()
    assert here.post(f"/profile/sessions/{session.id}/end/").status_code == 302
    assert elsewhere.get("/profile/").status_code == 302
    assert here.get("/profile/").status_code == 200


def test_another_persons_sign_in_does_not_exist(as_staff, elena, dmitry, olga, ivan):
    session = StaffSession.objects.get(key=as_staff(elena).session.session_key)
    for stranger in (dmitry, olga):
        assert as_staff(stranger).post(f"/profile/sessions/{session.id}/end/").status_code == 404
    assert as_staff(ivan).post(f"/profile/sessions/{session.id}/end/").status_code == 302


def test_only_an_administrator_manages_staff(as_staff, elena, olga, ivan, dmitry):
    for person, status in ((elena, 403), (olga, 403), (ivan, 200)):
        client = as_staff(person)
        assert client.get("/staff/").status_code == status
        for change in ("role", "deactivate", "activate", "password"):
            answer = client.post(f"/staff/{dmitry.id}/{change}/", {"role": "agent", "password": "short"})
            assert answer.status_code == (302 if status == 200 else 403)
    dmitry.refresh_from_db()
    assert dmitry.is_active and dmitry.role == "agent"


def test_an_administrator_adds_a_person_who_can_then_sign_in(as_staff, ivan):
    form = {"email": "new@lad.example", "full_name": "Айгуль Рахимова", "display_name": "Айгуль", "role": "agent"}
    client = as_staff(ivan)
    assert client.post("/staff/add/", form | {"password": "short"}).status_code == 400
    assert client.post("/staff/add/", form | {"password": NEW_PASSWORD}).status_code == 302
    assert client.post("/staff/add/", form | {"password": NEW_PASSWORD}).status_code == 400  # the e-mail is taken
    assert _sign_in(Client(), "new@lad.example", NEW_PASSWORD).status_code == 302


def test_the_desk_keeps_an_administrator(ivan, elena):
    with pytest.raises(Conflict, match="own_account"):
        actions.deactivate(user=ivan, by=ivan)
    with pytest.raises(Conflict, match="last_administrator"):
        actions.change_role(user=ivan, role="agent", by=None)
    actions.change_role(user=elena, role="admin", by=ivan)
    elena.refresh_from_db()
    actions.change_role(user=ivan, role="agent", by=elena)


def _alert(response):
    said = re.findall(r'role="alert">.*?<span>(.*?)</span>', response.content.decode(), re.S)
    return " ".join(said).replace("\xa0", " ")
