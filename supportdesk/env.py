"""Typed readers of the environment, so that a wrong value stops the start with one clear sentence."""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TIMEOUTS = "-c statement_timeout=10s -c idle_in_transaction_session_timeout=60s"  # of a connection to Postgres


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list, without empty items."""
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None


def yes(name: str, default: bool) -> bool:
    value = text(name, "yes" if default else "no").lower()
    if value in {"1", "yes", "true", "on"}:
        return True
    if value in {"0", "no", "false", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be yes or no, not {value!r}.")


def services(var: Path) -> dict[str, str]:
    """Addresses of the embedded services, as the running desk wrote them; empty when none is running."""
    try:
        return json.loads((var / "services.json").read_text())
    except FileNotFoundError:
        return {}


def database(url: str) -> dict[str, Any]:
    """Django's database settings from ``postgresql://user:password@host:port/name?host=/socket/dir``."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": str(query.get("port") or parts.port or ""),
    }


def replica(url: str) -> dict[str, Any]:
    """The same for a copy that is only read, by reports, which may take longer than a page of the desk."""
    limits = "-c default_transaction_read_only=on -c statement_timeout=30s"
    return database(url) | {"CONN_MAX_AGE": 0, "OPTIONS": {"connect_timeout": 2, "options": limits}}


def broker(url: str) -> str:
    """The same Redis in Celery's spelling, which knows ``unix:`` sockets under another name."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    return f"redis+socket://{parts.path}?virtual_host={dict(parse_qsl(parts.query)).get('db', '0')}"
