"""The demo lender's site: another process on another origin, which signs tokens and tells about loans."""

import os
import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from django.test import Client

from identity import lender
from identity.models import Borrower
from supportdesk.processes import free_port

API_KEY = "key-of-the-loans-interface"
DESK = "http://127.0.0.1:8000"
ANNA = "C-104577"


@contextmanager
def running_site(key, folder, *, port, desk):
    """The site as a process of its own, with this private key, embedding that desk."""
    private = folder / "private.pem"
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    private.write_bytes(key.private_bytes(pem, pkcs8, serialization.NoEncryption()))
    settings = {"LENDER_PORT": str(port), "LENDER_PRIVATE_KEY": str(private), "LENDER_API_KEY": API_KEY}
    settings |= {"LENDER_TOKEN_KID": "test", "TOKEN_ISSUER": "lender", "PUBLIC_URL": desk}
    command = [sys.executable, "-m", "supportdesk.demo.lender"]
    process = subprocess.Popen(command, env=os.environ | settings, cwd=Path(__file__).parent.parent)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address)
        yield address
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def site(lender_key, tmp_path_factory):
    """The address of the running site."""
    with running_site(lender_key, tmp_path_factory.mktemp("site"), port=free_port(), desk=DESK) as address:
        yield address


@pytest.fixture
def cabinet(site):
    with httpx.Client(base_url=site, follow_redirects=True) as browser:
        browser.get(f"/login/{ANNA}")
        yield browser


@pytest.fixture
def desk_asks(settings, site):
    """The desk's settings name the running site as the lender's interface."""
    settings.LENDER_API_URL, settings.LENDER_API_KEY = site, API_KEY
    lender.forget_answers()
    yield settings
    lender.forget_answers()


def test_a_borrower_chooses_who_they_are_and_sees_their_loan(site):
    with httpx.Client(base_url=site, follow_redirects=True) as browser:
        page = browser.get("/")
        assert "Вход в кабинет" in page.text and "data-token-url" not in page.text, "no chat before a sign-in"
        form = {"customer_id": ANNA, "csrfmiddlewaretoken": _csrf(page)}
        text = browser.post("/login/", data=form).text.replace("\xa0", " ")
    for words in ("Мой займ", "17 640 ₽", "Осталось 4 дня", "18 из 22 дней", "2 160 ₽", "Анна К."):
        assert words in text


@pytest.mark.parametrize("page", ["/", "/payments/", "/documents/", "/profile/", "/pay/", "/extend/"])
@pytest.mark.parametrize("customer_id", [ANNA, "C-101933", "C-098214", "C-106841"])
def test_every_page_shows_the_chat_under_a_strict_policy(site, page, customer_id):
    with httpx.Client(base_url=site, follow_redirects=True) as browser:
        browser.get(f"/login/{customer_id}")
        answer = browser.get(page)
    assert answer.status_code == 200
    assert f'<script src="{DESK}/loader.js" data-token-url="/support-token"' in answer.text
    policy = answer.headers["content-security-policy"]
    assert f"script-src 'self' {DESK};" in policy and f"frame-src {DESK};" in policy and "unsafe" not in policy
    assert not re.search(r"<script>|<style|style=|onclick", answer.text)


def test_the_site_signs_a_token_that_the_desk_believes_once(cabinet, trust_the_lender, db):
    token = cabinet.post("/support-token").json()["token"]
    first = Client().post("/api/v1/borrower-sessions", {"token": token}, content_type="application/json")
    assert first.status_code == 201
    assert first.json()["borrower"] == {"first_name": "Анна", "full_name": "Анна Игоревна Ковалёва", "language": "ru"}
    again = Client().post("/api/v1/borrower-sessions", {"token": token}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (401, "token_refused")
    anna = Borrower.objects.get()
    assert (anna.customer_id, anna.city, anna.initials) == (ANNA, "Тверь", "АК")


def test_nobody_signed_out_gets_a_token(site, cabinet):
    assert httpx.post(f"{site}/support-token").status_code == 401
    assert cabinet.post("/support-token", headers={"origin": "https://evil.example"}).status_code == 401
    assert cabinet.post("/support-token", headers={"sec-fetch-site": "cross-site"}).status_code == 401
    cabinet.post("/logout/", data={"csrfmiddlewaretoken": _csrf(cabinet.get("/"))})
    assert cabinet.post("/support-token").status_code == 401


def test_signing_out_needs_the_form_of_the_site(cabinet):
    assert cabinet.get("/logout/").status_code == 405
    assert cabinet.post("/logout/").status_code == 403
    assert cabinet.post("/support-token").status_code == 200


def test_the_loans_interface_wants_its_key(site):
    address = f"{site}/api/borrowers/{ANNA}/loans"
    assert httpx.get(address).status_code == 401
    assert httpx.get(address, headers={"authorization": "Bearer wrong"}).status_code == 401
    assert httpx.get(address, headers={"authorization": f"Bearer {API_KEY}"}).status_code == 200


def test_the_desk_reads_the_loan_of_a_borrower(desk_asks):
    loans = lender.loans_of(ANNA)
    assert loans is not None and loans.closed_count == 2
    (loan,) = loans.active
    assert (loan.number, loan.status, loan.principal, loan.due_sum) == ("24-118406", "active", 15_000, 17_640)
    assert (loan.due_on, loan.term_days) == (date.today() + timedelta(days=4), 22)
    assert (loan.interest_today, loan.extensions_used, loan.extensions_allowed, loan.overdue_days) == (2_160, 1, 3, 0)


def test_the_desk_reads_overdue_closed_and_unknown(desk_asks):
    (late,) = lender.loans_of("C-106841").active
    assert (late.status, late.overdue_days, late.is_overdue) == ("overdue", 5, True)
    assert lender.loans_of("C-098214") == lender.Loans(active=[], closed_count=3)
    assert lender.loans_of("nobody/../x") == lender.Loans(active=[], closed_count=0)


def test_a_silent_lender_costs_one_timeout_and_then_nothing(desk_asks):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        desk_asks.LENDER_API_URL = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        desk_asks.LENDER_API_TIMEOUT = 0.3
        begun = time.monotonic()
        assert lender.loans_of(ANNA) is None
        assert 0.25 < time.monotonic() - begun < 2
        begun = time.monotonic()
        assert [lender.loans_of(f"C-{number}") for number in range(20)] == [None] * 20
        assert time.monotonic() - begun < 0.2


def test_a_wrong_key_or_no_address_is_loans_not_available(desk_asks):
    desk_asks.LENDER_API_KEY = "wrong"
    assert lender.loans_of(ANNA) is None
    lender.forget_answers()
    desk_asks.LENDER_API_URL = ""
    assert lender.loans_of(ANNA) is None


def _csrf(page):
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text).group(1)


def _wait_for(address):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            httpx.get(address)
            return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise AssertionError("the lender's site did not start")
