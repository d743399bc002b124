"""The desk's own settings, without the limits that a load of few people at full speed would meet."""

from supportdesk.settings import *  # noqa: F403

PACE_UNLIMITED = True
LOGGING = {"version": 1, "disable_existing_loggers": False}
