"""The body of a webhook, byte by byte: Django would decode a letter, and what was decoded cannot be kept as it came."""

import json
import re
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from tickets.mailboxes.errors import HookMalformed

LIMIT = 40 * 1024 * 1024
NAME = re.compile(rb'name="([^"]*)"', re.I)


class Posted:
    """A webhook's request whose fields are bytes. Whoever checks its signature finds them in ``request.POST`` too."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.body: bytes = request.read(LIMIT + 1)
        if len(self.body) > LIMIT:
            raise HookMalformed("too_large")
        request._body = self.body
        texts = QueryDict(mutable=True)
        for name, value in self.fields.items():
            texts[name] = value.decode("utf-8", "replace")
        request._post, request._files = texts, MultiValueDict()  # type: ignore[attr-defined]

    @cached_property
    def fields(self) -> dict[str, bytes]:
        """The fields of a form; none of anything else."""
        kind = self.request.content_type
        if kind == "application/x-www-form-urlencoded":
            return {name.decode(): value for name, value in parse_qsl(self.body, keep_blank_values=True)}
        if kind != "multipart/form-data":
            return {}
        boundary = (self.request.content_params or {}).get("boundary", "").encode()
        if not boundary:
            raise HookMalformed("hook_malformed")
        parts = (b"\r\n" + self.body).split(b"\r\n--" + boundary)[1:]
        return dict(field for part in parts if not part.startswith(b"--") for field in _field(part))

    @cached_property
    def facts(self) -> Any:
        """The JSON of a body that is JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise HookMalformed("hook_malformed") from None


def _field(part: bytes) -> list[tuple[str, bytes]]:
    head, _, content = part.partition(b"\r\n\r\n")
    name = NAME.search(head)
    return [(name[1].decode("utf-8", "replace"), content)] if name else []
