"""Starts the embedded services once, before Django reads its settings."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def start_services() -> None:
    """Set the environment of a test run; ``SD_TEST_VAR`` keeps parallel runs of several people apart."""
    var = Path(os.environ.get("SD_TEST_VAR", ROOT / "var" / "test"))
    var.mkdir(parents=True, exist_ok=True)
    os.environ["SD_VAR"] = str(var)
    os.environ.setdefault("SECRET_KEY", "a-secret-for-tests-only-0123456789")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportdesk.settings")
    if "DATABASE_URL" in os.environ:
        return
    from supportdesk import embedded

    os.environ["DATABASE_URL"] = embedded.start_postgres(var)
    os.environ["REDIS_URL"] = embedded.start_redis(var)
