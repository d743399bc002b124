"""What a standard may set of each check: name, kind and the value without any setting."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Parameter:
    """``name`` may be a path: ``limits.chat``. ``kind``: time (seconds), count, share (0 to 1) or words (a list)."""

    name: str
    kind: str
    usual: Any


LIMITS = "limits."
PARAMETERS: dict[str, tuple[Parameter, ...]] = {
    "first_response": (Parameter("limits.chat", "time", 60), Parameter("limits.email", "time", 3600)),
    "gaps": (Parameter("limits.chat", "time", 120),),
    "foreign_links": (Parameter("allowed_hosts", "words", ()),),
    "spelling": (Parameter("allowed", "count", 1), Parameter("known", "words", ())),
    "empathy": (Parameter("negative", "share", 0.7),),
    "template_overuse": (Parameter("same", "count", 93),),
    "complaint": (Parameter("topics", "words", ()),),
}


def value_of(parameters: dict[str, Any], name: str) -> Any:
    """By path; None when it is not set."""
    for part in name.split("."):
        if not isinstance(parameters, dict) or part not in parameters:
            return None
        parameters = parameters[part]
    return parameters


def with_value(parameters: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    """The same parameters with one set by path; None takes it out."""
    first, _, rest = name.partition(".")
    inner = with_value(parameters.get(first, {}), rest, value) if rest else value
    kept = {key: one for key, one in parameters.items() if key != first}
    return kept if inner is None or inner == {} else kept | {first: inner}
