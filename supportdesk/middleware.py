"""What every answer of the desk carries: security headers, the user's language, and the facts every page shows."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

GetResponse = Callable[[HttpRequest], HttpResponse]

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; "
    "connect-src 'self' {sockets}; form-action 'self'; base-uri 'none'; frame-src 'self'; object-src 'none'; "
    "frame-ancestors {ancestors}"
)


def security_headers(get_response: GetResponse) -> GetResponse:
    """Add the strict policy; a view that may be framed by the lender sets ``response.frame_ancestors``."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        sockets = settings.PUBLIC_URL.replace("http", "ws", 1)
        ancestors = getattr(response, "frame_ancestors", "'none'")
        policy = CONTENT_SECURITY_POLICY.format(sockets=sockets, ancestors=ancestors)
        response.headers.setdefault("Content-Security-Policy", policy)
        return response

    return middleware


def speak_the_users_language(get_response: GetResponse) -> GetResponse:
    """Staff speak the language of their profile, borrowers that of their session, others that of the browser."""

    def middleware(request: HttpRequest) -> HttpResponse:
        language = getattr(request.user, "language", None) or translation.get_language_from_request(request)
        with translation.override(language):
            response = get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response

    return middleware


def page_context(request: HttpRequest) -> dict[str, object]:
    return {"lender_name": settings.LENDER_NAME, "lender_phone": settings.LENDER_PHONE}
