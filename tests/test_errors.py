"""What people and programs are told when something cannot be done, and what every answer carries."""

import types
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client, override_settings
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity.errors import DeskError


class TeaIsOut(DeskError):
    code = "tea_is_out"
    status = 409
    message: str | Promise = _("There is nothing here. Check the address or go to the start page.")


@login_not_required
def refuse(request: HttpRequest) -> HttpResponse:
    raise TeaIsOut


@login_not_required
def break_down(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a secret word")


class Refusing(APIView):
    permission_classes = ()

    def get(self, request: Request) -> Response:
        raise TeaIsOut


urls = types.ModuleType("tests.error_urls")
urls.urlpatterns = [  # type: ignore[attr-defined]
    path("refuse/", refuse),
    path("break/", break_down),
    path("api/refuse", Refusing.as_view()),
    path("api/break", break_down),
]
for number in ("400", "403", "404", "500"):
    from supportdesk import urls as real

    setattr(urls, f"handler{number}", getattr(real, f"handler{number}"))


@pytest.fixture
def visitor(db: None) -> Iterator[Client]:
    with override_settings(ROOT_URLCONF=urls):
        yield Client(raise_request_exception=False)


def test_a_refusal_in_the_api_has_a_code_and_words_in_the_users_language(visitor: Client) -> None:
    for language, word in (("ru", "Здесь ничего нет"), ("en", "There is nothing here")):
        answer = visitor.get("/api/refuse", headers={"Accept-Language": language})
        assert (answer.status_code, answer.json()["code"]) == (409, "tea_is_out")
        assert answer.json()["message"].startswith(word)


def test_a_refusal_in_a_page_becomes_a_page_with_its_status(visitor: Client) -> None:
    answer = visitor.get("/refuse/", headers={"Accept-Language": "en"})
    assert answer.status_code == 409
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_broken_page_says_so_without_saying_why(visitor: Client) -> None:
    page, api = visitor.get("/break/"), visitor.get("/api/break")
    assert (page.status_code, api.status_code) == (500, 500)
    assert api.json()["code"] == "server_error"
    assert "a secret word" not in page.content.decode() + api.content.decode()


def test_an_unknown_address_is_a_page_for_people_and_json_for_programs(visitor: Client) -> None:
    assert "<h1" in visitor.get("/nowhere", headers={"Accept-Language": "ru"}).content.decode()
    assert visitor.get("/api/nowhere").json()["code"] == "not_found"


def test_an_old_form_is_explained(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post(
        "/login/", {"email": "a@b.example"}, headers={"Accept-Language": "en"}
    )
    assert answer.status_code == 403
    assert "too long" in answer.content.decode()


def test_an_answer_without_a_session_says_what_to_do(db: None) -> None:
    answer = Client().get("/api/v1/home", headers={"Accept-Language": "ru"})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert "Войдите заново" in answer.json()["message"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}])
def test_an_answer_without_a_session_says_how_to_prove_who_one_is(db: None, headers: dict[str, str]) -> None:
    answer = Client().get("/api/v1/home", headers=headers)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_every_answer_carries_the_strict_headers(db: None) -> None:
    headers = Client().get("/login/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_health_is_told_without_a_session(db: None) -> None:
    assert Client().get("/livez").json() == {"status": "alive"}
    assert Client().get("/readyz").json() == {"status": "ready"}


async def test_a_static_file_comes_whole_and_without_a_warning(recwarn: pytest.WarningsRecorder) -> None:
    address = f"{settings.STATIC_URL}css/tokens.css"
    whole = await AsyncClient().get(address)
    assert (whole.status_code, whole.headers["Content-Type"]) == (200, 'text/css; charset="utf-8"')
    assert not whole.streaming
    assert int(whole.headers["Content-Length"]) == len(whole.content) > 1000
    part = await AsyncClient().get(address, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    known = await AsyncClient().get(address, headers={"If-Modified-Since": whole.headers["Last-Modified"]})
    assert (known.status_code, known.content) == (304, b"")
    assert not [one for one in recwarn if "StreamingHttpResponse" in str(one.message)]
