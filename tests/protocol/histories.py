"""How many histories are tried, and how long: a few each time, with ``PROTOCOL_LONG`` many that are new each time."""

import os

from hypothesis import HealthCheck, Phase, settings

IS_LONG = bool(os.environ.get("PROTOCOL_LONG"))


def histories(count: int, steps: int) -> settings:
    """A failing history is made shorter in the long form only: against the desk itself that takes minutes."""
    return settings(
        max_examples=count,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=not IS_LONG,
        database=None,
        phases=[Phase.generate, Phase.shrink] if IS_LONG else [Phase.generate],
        report_multiple_bugs=False,  # the first broken promise says enough; a group of them is no AssertionError
    )
