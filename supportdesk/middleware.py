"""What every answer of the desk carries: security headers, the user's language, and the facts every page shows."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from whitenoise.middleware import WhiteNoiseMiddleware

from identity.models import Borrower, User
from quality.queries.waiting import quality_waits
from supportdesk.errors import page_error
from supportdesk.logs import TRAFFIC, route_of
from supportdesk.realtime import traces
from supportdesk.statics import earlier_releases
from tickets.queries.letters import letters_to_look_at

REQUEST_ID = re.compile(r"[\w.-]{8,64}", re.ASCII)
traffic = logging.getLogger(TRAFFIC)
GetResponse = Callable[[HttpRequest], HttpResponse]

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; "
    "media-src 'self'; connect-src 'self' {sockets}; form-action 'self'; base-uri 'none'; frame-src 'self'; "
    "object-src 'none'; manifest-src 'self'; worker-src 'self'; frame-ancestors {ancestors}"
)
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"


def name_the_request(get_response: GetResponse) -> GetResponse:
    """Give every request an id, which its log lines and its answer carry; one from our own proxy is kept."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "") if settings.SECURE_PROXY_SSL_HEADER else ""
        id_ = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        began_at, token = time.perf_counter(), traces.request.set(id_)
        try:
            response = get_response(request)
            took = round((time.perf_counter() - began_at) * 1000)
            facts = {"method": request.method, "route": route_of(request), "status": response.status_code, "ms": took}
            whose = _actor_of(request) if response.status_code < 500 else {}
            traffic.info("request", extra={"facts": facts | whose})
        finally:
            traces.request.reset(token)
        response.headers["X-Request-ID"] = id_
        return response

    return middleware


def _actor_of(request: HttpRequest) -> dict[str, str]:
    """Who asked, where that is known already."""
    user = request.__dict__.get("user")
    if isinstance(user, User | Borrower):
        return {"actor": f"{'staff' if isinstance(user, User) else 'borrower'}:{user.pk}"}
    return {}


class StaticFiles(WhiteNoiseMiddleware):
    """Static files in one piece: under ASGI Django would read the stream of a file whole anyway, and warn each time.

    Those of earlier releases stay: pages that are open ask for them, and other nodes may not be restarted yet.
    """

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        for folder in earlier_releases(settings.STATIC_FOLDER) if settings.STATIC_COLLECTED else ():
            self.add_files(folder, prefix=f"static/{folder.name}/")

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        found = static_file.get_response(request.method, request.META)
        content = b""
        if found.file is not None:
            with closing(found.file):
                content = found.file.read()
        response = HttpResponse(content, status=int(found.status))
        del response.headers["Content-Type"]
        for name, value in found.headers:
            response.headers[name] = value
        return response


def security_headers(get_response: GetResponse) -> GetResponse:
    """Add the strict defaults; a view loosens one of them by setting that header itself.

    A view that the lender may frame sets ``response.frame_ancestors``, one whose answer other sites may load (the
    loader) sets ``Cross-Origin-Resource-Policy``, one whose answer may be kept sets ``Cache-Control``.
    """
    sockets = settings.PUBLIC_URL.replace("http", "ws", 1)

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        ancestors = getattr(response, "frame_ancestors", "'none'")
        policy = CONTENT_SECURITY_POLICY.format(sockets=sockets, ancestors=ancestors)
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def speak_the_users_language(get_response: GetResponse) -> GetResponse:
    """Staff speak the language of their profile, others that of the browser (``Accept-Language``)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        language = getattr(request.user, "language", None) or translation.get_language_from_request(request)
        with translation.override(language):
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Accept-Language"])
        return response

    return middleware


def refusals_become_pages(get_response: GetResponse) -> GetResponse:
    """A domain refusal raised in the view of a page is answered by the page for it, in the user's language."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    middleware.process_exception = page_error  # type: ignore[attr-defined]
    return middleware


def page_context(request: HttpRequest) -> dict[str, object]:
    """What every page may show: whose desk it is, which release, and what waits for a supervisor."""
    return {
        "lender_name": settings.LENDER_NAME,
        "lender_phone": settings.LENDER_PHONE,
        "is_demo": settings.DEMO,
        "release": settings.RELEASE,
        "letters_set_aside": letters_to_look_at().count,  # asked only where a page shows it
        "quality_waits": lambda: quality_waits(request.user),
    }
