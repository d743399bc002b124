"""The desk's settings for browser tests: files are read anew, so that editing one does not break a running desk."""

from supportdesk.settings import *  # noqa: F403

WHITENOISE_AUTOREFRESH = True
