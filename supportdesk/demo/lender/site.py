"""The cabinet, the token for the chat, and the read-only interface from which the desk learns about loans."""

import json
import secrets
from collections.abc import Callable
from functools import wraps
from hmac import compare_digest
from typing import Any
from urllib.parse import urlsplit

from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from supportdesk.demo.lender import settings
from supportdesk.demo.lender.people import PEOPLE, Debt, Person, person_of
from supportdesk.demo.lender.tokens import sign_token

GetResponse = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponse]
SECTIONS = (("/", "Мой займ"), ("/payments/", "Платежи"), ("/documents/", "Документы"), ("/profile/", "Профиль"))
POLICY = (
    "default-src 'none'; script-src 'self' {desk}; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src {desk}; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)


def strict_policy(get_response: GetResponse) -> GetResponse:
    """Nothing but this site may run here, and of other sites only the desk's script and frame."""
    policy = POLICY.format(desk=settings.DESK_URL)

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def for_borrowers(view: View) -> View:
    """Only for somebody who is signed in; the view gets the person."""

    @wraps(view)
    def guarded(request: HttpRequest, **given: Any) -> HttpResponse:
        person = person_of(request.session.get("customer_id", ""))
        return view(request, person, **given) if person else redirect("/login/")

    return guarded


def _page(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    context = {"person": person, "sections": SECTIONS, "desk": settings.DESK_URL}
    return render(request, f"{name}.html", context)


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """A real site asks for a password here; the demo lets you choose who you are."""
    person = person_of(request.POST.get("customer_id", ""))
    if person:
        return _enter(request, person)
    return render(request, "login.html", {"people": PEOPLE, "desk": settings.DESK_URL})


@require_GET
def sign_in_as(request: HttpRequest, customer_id: str) -> HttpResponse:
    """A link for the impatient, printed when the demo starts."""
    person = person_of(customer_id)
    return _enter(request, person) if person else redirect("/login/")


def _enter(request: HttpRequest, person: Person) -> HttpResponse:
    """``sid`` names this sign-in to the desk, so that signing out here ends the chats of this browser only."""
    request.session.flush()
    request.session["customer_id"] = person.customer_id
    request.session["sid"] = secrets.token_urlsafe(16)
    return redirect("/")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """The page's script has ended the chat just before (static/cabinet.js)."""
    request.session.flush()
    return redirect("/login/")


@csrf_exempt  # nothing changes here, and another site cannot read the answer
@require_http_methods(["GET", "POST"])
def support_token(request: HttpRequest) -> HttpResponse:
    """A fresh token about whoever is signed in; the loader asks for it from this very site, with its cookie."""
    person = person_of(request.session.get("customer_id", ""))
    if person is None or not _is_own(request):
        return JsonResponse({"code": "signed_out", "message": "Войдите в кабинет, чтобы открыть чат."}, status=401)
    token = sign_token(
        {**person.claims, "sid": request.session["sid"]},
        key=settings.PRIVATE_KEY,
        kid=settings.TOKEN_KID,
        issuer=settings.TOKEN_ISSUER,
        audience=settings.TOKEN_AUDIENCE,
    )
    return JsonResponse({"token": token})


def _is_own(request: HttpRequest) -> bool:
    """Whether a page of this site asks; browsers say so, and what is not a browser has no cookie to steal."""
    origin = request.headers.get("Origin", "")
    return (not origin or urlsplit(origin).netloc == request.get_host()) and request.headers.get(
        "Sec-Fetch-Site", "same-origin"
    ) in {"same-origin", "none"}


@require_GET
def loans(request: HttpRequest, customer_id: str) -> HttpResponse:
    """The interface LENDER_API_URL speaks; the contract is in docs/integrate.md."""
    if not compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {settings.API_KEY}".encode()):
        return JsonResponse({"code": "unauthorized"}, status=401)
    person = person_of(customer_id)
    if person is None:
        return JsonResponse({"code": "not_found"}, status=404)
    active = [_loan(person.debt)] if person.debt else []
    return JsonResponse({"customer_id": customer_id, "active": active, "closed_count": len(person.closed)})


@csrf_exempt  # nothing changes here, and only the desk's key is heard
@require_POST
def compare(request: HttpRequest, customer_id: str) -> HttpResponse:
    """One way only: the desk says what a person claims and hears yes or no for each field, never a value."""
    if not compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {settings.API_KEY}".encode()):
        return JsonResponse({"code": "unauthorized"}, status=401)
    person = person_of(customer_id)
    if person is None:
        return JsonResponse({"code": "not_found"}, status=404)
    try:
        said = json.loads(request.body[:4096])["fields"]
        verdicts = {field: "yes" if MATCHES[field](person, str(said[field])) else "no" for field in said}
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"code": "malformed"}, status=400)
    return JsonResponse({"fields": verdicts})


def _words(name: str) -> list[str]:
    return sorted(name.casefold().replace("ё", "е").split())


MATCHES: dict[str, Callable[[Person, str], bool]] = {
    "full_name": lambda person, said: _words(said) == _words(person.full_name),
    "birth_date": lambda person, said: said == person.born,
    "passport": lambda person, said: compare_digest(said.encode(), person.passport.encode()),
    "passport_tail": lambda person, said: compare_digest(said.encode(), person.passport[-4:].encode()),
    "loan": lambda person, said: said in person.loans,
}


def _loan(debt: Debt) -> dict[str, Any]:
    return {
        "number": debt.number,
        "status": "overdue" if debt.overdue_days else "active",
        "principal": f"{debt.principal}.00",
        "due_sum": f"{debt.due_sum}.00",
        "due_on": debt.due_on.isoformat(),
        "term_days": debt.term_days,
        "interest_today": f"{debt.interest_today}.00",
        "extensions_used": debt.extensions_used,
        "extensions_allowed": debt.extensions_allowed,
        "overdue_days": debt.overdue_days,
    }


@require_GET
def static(request: HttpRequest, name: str) -> HttpResponse:
    """One of the three files beside the pages; nothing else has an address."""
    files = {path.name: path for path in (settings.HERE / "static").iterdir()}
    if name not in files:
        return HttpResponse(status=404)
    kind = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}[files[name].suffix]
    return HttpResponse(files[name].read_bytes(), content_type=f"{kind}; charset=utf-8")


def _section(name: str) -> View:
    return require_GET(for_borrowers(lambda request, person: _page(request, person, name)))


urlpatterns = [
    path("", _section("loan")),
    path("payments/", _section("payments")),
    path("documents/", _section("documents")),
    path("profile/", _section("profile")),
    path("pay/", _section("pay")),
    path("extend/", _section("extend")),
    path("login/", sign_in),
    path("login/<str:customer_id>", sign_in_as),
    path("logout/", sign_out),
    path("support-token", support_token),
    path("api/borrowers/<str:customer_id>/loans", loans),
    path("api/borrowers/<str:customer_id>/compare", compare),
    path("static/<str:name>", static),
]
application = get_asgi_application()
