"""Asking Redis in haste: whoever asks so has something better to do than to wait for one that hangs."""

from contextlib import closing
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

PATIENCE = 0.5  # seconds


def client(url: str) -> "redis.Redis":
    """One that tries once: the library's own would try again and wait in between."""
    limits: dict[str, Any] = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
    return redis.Redis.from_url(url, retry=Retry(NoBackoff(), 0), **limits)


def answers(url: str) -> bool:
    """Whether Redis is there just now."""
    try:
        with closing(client(url)) as asked:
            return bool(asked.ping())
    except (redis.RedisError, OSError, ValueError):
        return False
