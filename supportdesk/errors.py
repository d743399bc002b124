"""Where refusals become HTTP answers, in the user's language: JSON for the API, a page for people.

A domain refusal is any exception with ``code``, ``status`` and ``message`` (``identity.errors.DeskError``).
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import TemplateDoesNotExist, loader
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

WORDS = {  # what to do, where the framework only says what happened
    "not_authenticated": gettext_lazy("You are not signed in, or the session has ended. Sign in again."),
    "authentication_failed": gettext_lazy("You are not signed in, or the session has ended. Sign in again."),
    "permission_denied": gettext_lazy("Your role does not allow this. Ask a supervisor or an administrator."),
    "not_found": gettext_lazy("There is nothing here. Check the address or go to the start page."),
    "throttled": gettext_lazy("Too many requests. Wait a little and try again."),
    "parse_error": gettext_lazy("This request cannot be read. Go back and try once more."),
}


def is_refusal(error: Exception) -> bool:
    """Whether the exception is a domain refusal that may be told to the user."""
    return all(hasattr(error, name) for name in ("code", "status", "message"))


def api_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Any refusal as ``{"code", "message"}``; Django's and DRF's own errors in the same form."""
    if is_refusal(error):
        set_rollback()
        return Response(_refusal(error), status=error.status, headers=_headers(error))  # type: ignore[attr-defined]
    response = exception_handler(error, context)
    if response is not None:
        response.data = _framework_refusal(error, response)
    return response


def page_error(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """A domain refusal raised in a page's view, as the right page; None leaves the exception to Django."""
    if not is_refusal(error):
        return None
    refusal = _refusal(error)
    answer = _answer(request, error.status, refusal["code"], refusal["message"])  # type: ignore[attr-defined]
    for name, value in _headers(error).items():
        answer.headers[name] = value
    return answer


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 400, "bad_request", _("This request cannot be read. Go back and try once more."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 403, "forbidden", _("Your role does not allow this. Ask a supervisor or an administrator."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _answer(request, 403, "csrf", _("The page was open for too long. Open it again and repeat."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 404, "not_found", _("There is nothing here. Check the address or go to the start page."))


def server_error(request: HttpRequest) -> HttpResponse:
    return _answer(request, 500, "server_error", _("Something broke on our side. Try again in a minute."))


def _refusal(error: Any) -> dict[str, str]:
    return {"code": str(error.code), "message": str(error.message)}


def _framework_refusal(error: Exception, response: Response) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        return {"code": "invalid", "message": _first_words(response.data), "fields": response.data}
    detail = response.data.get("detail", "") if isinstance(response.data, dict) else ""
    code = getattr(detail, "code", "refused")
    return {"code": code, "message": str(WORDS.get(code, detail))}


def _first_words(data: Any) -> str:
    """The first sentence of DRF's nested lists and dictionaries of problems."""
    if isinstance(data, dict):
        name, problems = next(iter(data.items()), ("", ""))
        words = _first_words(problems)
        return words if name in ("", "non_field_errors") else f"{name}: {words}"
    if isinstance(data, list):
        return _first_words(data[0]) if data else ""
    return str(data)


def _headers(error: Any) -> dict[str, str]:
    """When to come again, and (RFC 9110, 11.6.1) how to prove who one is."""
    seconds = getattr(error, "retry_after", None)
    headers = {} if seconds is None else {"Retry-After": str(max(1, round(seconds)))}
    return headers | ({"WWW-Authenticate": "Bearer"} if error.status == 401 else {})


def _answer(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"code": code, "message": message}, status=status)
    names = [f"supportdesk/errors/{name}.html" for name in (code, status, 400)]
    context = {"status": status, "code": code, "message": message}
    lean = None if status == 500 else request  # after a failure no context processor may ask the database again
    try:
        return HttpResponse(loader.select_template(names).render(context, lean), status=status)
    except TemplateDoesNotExist:
        return HttpResponse(message, status=status, content_type="text/plain; charset=utf-8")
