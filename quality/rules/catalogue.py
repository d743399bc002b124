"""The checks by code, read by the first who needs them: patterns take a while to compile, and few processes score."""

from functools import cache

from quality.rules.outcomes import Check


@cache
def known_checks() -> dict[str, Check]:
    from quality.rules.checks import CHECKS

    return CHECKS
