"""The checks by code, read by the first who needs them: patterns take a while to compile, and few processes score."""

from functools import cache

from quality.rules.outcomes import Check


@cache
def known_checks() -> dict[str, Check]:
    from quality.rules.checks import CHECKS

    return CHECKS


def settles_alone(code: str) -> bool:
    """Whether a failure of this check settles its criterion, whatever the others say. A check that is gone does not."""
    return bool(getattr(known_checks().get(code), "FAILURE_DECIDES", False))
