"""The published description of the interface (OpenAPI 3.1): each answer in its shape, and all refusals in one."""

from functools import lru_cache
from typing import Any, Literal

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

from identity.serializers import ANYTHING, TEXT, shape

REFUSAL = shape(code=TEXT, message=TEXT) | {"properties": {"code": TEXT, "message": TEXT, "fields": ANYTHING}}
REFUSED = {
    "description": "Refused: 400 not understood, 401 not signed in, 403 not for this role, 404 not there or not yours, "
    "405 and 415 not so, 409 not as things stand now, 413 too large, 429 too often (`Retry-After`).",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}},
}
AWAY = REFUSED | {"description": "Not just now: the database is away. Try again."}


class BorrowersSecret(OpenApiAuthenticationExtension):
    target_class = "identity.authentication.BorrowerAuthentication"
    name = "borrower"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "`session_token` of POST /api/v1/borrower-sessions"}


class StaffCookie(OpenApiAuthenticationExtension):
    target_class = "identity.authentication.StaffAuthentication"
    name = "staff"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        words = "the cookie of sign-in; with `X-CSRFToken` for everything but GET"
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME, "description": words}


class DeskSchema(AutoSchema):
    """What the framework finds out by itself, and the refusals, which look alike everywhere."""

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        return {**super()._get_response_bodies(direction), "4XX": REFUSED, "503": AWAY}


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """Made once in each process; it depends on the code alone."""
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    made["components"]["schemas"]["Refusal"] = REFUSAL
    return made


@login_not_required
@require_safe
def schema(request: HttpRequest) -> JsonResponse:
    """For whoever writes a client; it holds nothing that the documents do not say."""
    response = JsonResponse(description())
    response["Cache-Control"] = "public, max-age=300"
    return response
