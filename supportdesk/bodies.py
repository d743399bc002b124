"""How much one request may bring: more is refused before Django keeps a byte of it."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

LIMIT = 12 * 1024 * 1024  # the largest file, and what is sent around it
HOOKS, HOOKS_LIMIT = "/hooks/", 41 * 1024 * 1024  # where providers hand in whole letters
TOO_LARGE = _("This is too large: at most 12 MB can be sent at once.")
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class BodyLimit:
    """Answers 413 at once to a length that is too large, and as soon as a body without a length becomes it."""

    def __init__(self, application: Any, limit: int = LIMIT) -> None:
        self._application = application
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = HOOKS_LIMIT if scope.get("path", "").startswith(HOOKS) else self._limit
        if _declared(scope) > limit:
            await refuse(scope, send, 413, "too_large", TOO_LARGE, connection="close")
            return
        taken, has_answered, is_refused = 0, False, False

        async def count() -> dict[str, Any]:
            nonlocal taken, is_refused
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit and not is_refused:
                is_refused = True
                if not has_answered:
                    await refuse(scope, send, 413, "too_large", TOO_LARGE, connection="close")
            return {"type": "http.disconnect"} if is_refused else message

        async def answer(message: dict[str, Any]) -> None:
            nonlocal has_answered
            has_answered = True
            if not is_refused:
                await send(message)

        await self._application(scope, count, answer)


def _declared(scope: Scope) -> int:
    lengths = [value for name, value in scope.get("headers", ()) if name.lower() == b"content-length"]
    return max((int(value) for value in lengths if value.isdigit()), default=0)


async def refuse(scope: Scope, send: Send, status: int, code: str, words: Any, **headers: str) -> None:
    """Answer before Django does: JSON like that of any error, in the language that is asked for."""
    wished = next((value for name, value in scope.get("headers", ()) if name.lower() == b"accept-language"), b"ru")
    with translation.override("en" if wished[:2].lower() == b"en" else "ru"):
        content = json.dumps({"code": code, "message": str(words)}, ensure_ascii=False).encode()
    headers = {
        "content-type": "application/json",
        "content-length": str(len(content)),
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        **headers,
    }
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": content})
