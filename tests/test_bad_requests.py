"""The published description of the interface, tried by schemathesis in every role: it is true, and nothing breaks."""

import json
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.bad_input.rows import amount
from tests.bad_input.witness import witness
from tests.test_authorisation import World, world

__all__ = ["world"]
ROLES = ("anonymous", "anna", "sergey", "elena", "olga", "ivan")
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EACH = {"database": None, "deadline": None, "derandomize": True, "phases": (Phase.generate,)}
EVERY_CHECK_OFF = list(HealthCheck)


@dataclass
class Found:
    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)


@pytest.fixture
def interface(db: None) -> Iterator[Any]:
    """The description as it is published, and the application behind it, in the transaction of the test."""
    described = schemathesis.openapi.from_dict(Client().get("/api/v1/schema/").json())
    described.config.generation.with_security_parameters = False  # they would replace those of the person who asks
    described.app = get_wsgi_application()
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)  # Django's client connects it again after each request of its own
    yield described
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


def credentials(world: World, person: str) -> dict[str, Any]:
    """How this person proves who they are: a secret in a header, or a cookie with the token of a form."""
    client = world.clients[person]
    if person in {"anna", "sergey"}:
        return {"headers": {"Authorization": f"Bearer {client.secret}"}}  # type: ignore[attr-defined]
    if person == "anonymous":
        return {}
    token = _get_new_csrf_string()
    return {
        "headers": {"X-CSRFToken": token},
        "cookies": {"sessionid": client.cookies["sessionid"].value, "csrftoken": token},
    }


def try_operation(world: World, operation: Any, person: str, mode: GenerationMode, count: int, found: Found) -> None:
    """``count`` requests, half of them about what exists; each is taken back."""
    named = {name: str(world.arguments[name]) for name in names_in(operation.path) if name in world.arguments}
    proof = credentials(world, person)
    can_vary = mode is GenerationMode.POSITIVE or operation.body or operation.query
    for path in ({}, named) if named and can_vary else ({},):
        strategy = operation.as_strategy(generation_mode=mode, **({"path_parameters": path} if path else {}))

        @settings(max_examples=max(1, count // (2 if named else 1)), suppress_health_check=EVERY_CHECK_OFF, **EACH)
        @given(case=strategy)
        def ask(case: Any) -> None:
            with transaction.atomic():
                response = case.call(**deepcopy(proof))
                transaction.set_rollback(True)
            found.requests += 1
            found.statuses[response.status_code] += 1
            try:
                case.validate_response(response, checks=CHECKS)
            except FailureGroup as group:
                found.violations += [f"{operation.label} as {person}: {failure}" for failure in group.exceptions]

        ask()


def names_in(path: str) -> list[str]:
    return [part.strip("{}") for part in path.split("/") if part.startswith("{")]


def test_the_interface_answers_as_it_is_described_whoever_asks_whatever(
    world: World, interface: Any, say_row: Any
) -> None:
    each = amount(2, 120)
    operations = [result.ok() for result in interface.get_all_operations()]
    found: dict[str, Found] = {}
    with witness() as seen:
        for person in ROLES:
            found[person] = Found()
            for operation in operations:
                for mode in modes_of(operation):
                    try_operation(world, operation, person, mode, each, found[person])
    for person, what in found.items():
        answers = ", ".join(f"{count:,} × {status}" for status, count in sorted(what.statuses.items()))
        said, expected = f"{len(what.violations)} violations; {answers}", "0 × 5xx, 0 violations of the schema"
        say_row("H-HTTP", f"schemathesis as {person}", what.requests, expected, said)
    violations = [text for what in found.values() for text in what.violations]
    assert not violations, "\n".join(sorted(set(violations))[:20])
    assert not any(status >= 500 for what in found.values() for status in what.statuses)
    assert not seen.seen, seen.seen[:2]


def modes_of(operation: Any) -> list[GenerationMode]:
    """Right requests, and wrong ones where anything can be wrong."""
    can_be_wrong = operation.body or operation.query or operation.path_parameters
    return [GenerationMode.POSITIVE, GenerationMode.NEGATIVE] if can_be_wrong else [GenerationMode.POSITIVE]


def test_everything_under_the_interface_is_described(interface: Any) -> None:
    from tests.test_authorisation import addresses

    paths = {"/" + str(pattern.pattern) for pattern in addresses() if str(pattern.pattern).startswith("api/v1/")}
    wanted = {path.replace("<uuid:", "{").replace("<int:", "{").replace(">", "}") for path in paths}
    assert wanted - {"/api/v1/schema/"} == set(interface.raw_schema["paths"])


def test_every_answer_and_every_refusal_has_a_shape(interface: Any) -> None:
    for path, operations in interface.raw_schema["paths"].items():
        for method, operation in operations.items():
            good = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
            assert good and "4XX" in operation["responses"], f"{method} {path}"
            for answer in good:
                for content in answer.get("content", {}).values():
                    assert content["schema"] not in ({}, {"type": "object"}), f"{method} {path}: {json.dumps(answer)}"
