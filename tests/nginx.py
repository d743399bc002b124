"""A real nginx in front of a test's web processes, with deploy/nginx.conf as it is deployed."""

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from supportdesk.processes import die_with_parent, free_port
from tests.webs import ROOT, until_it_listens

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
WHY_NOT = "nginx is not installed here (Debian: nginx-light), so the desk was not tried behind it"
MAIN = """
daemon off; master_process off; pid {home}/pid; error_log {home}/error.log warn; {user}
worker_rlimit_nofile 8192; events {{ worker_connections 4000; }}
http {{
    types {{ text/css css; text/javascript js; image/svg+xml svg; }}
    client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi; scgi_temp_path {home}/scgi;
    include {home}/desk.conf;
}}
"""


class Nginx:
    """nginx on a port of its own; ``servers`` are the ports of the web processes."""

    def __init__(self, home: Path, servers: Sequence[int], static: Path | None = None) -> None:
        self.home = home
        self.port = free_port()
        self._servers = servers
        self._static = static or home / "static"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        assert NGINX is not None, WHY_NOT
        self.home.mkdir(parents=True, exist_ok=True)
        user = "user root;" if os.geteuid() == 0 else ""
        (self.home / "nginx.conf").write_text(MAIN.format(home=self.home, user=user))
        (self.home / "desk.conf").write_text(self._filled_in().replace("/dev/stdout", f"{self.home}/access.log"))
        command = [NGINX, "-p", str(self.home), "-e", f"{self.home}/error.log", "-c", f"{self.home}/nginx.conf"]
        leash = die_with_parent(signal.SIGTERM)
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=leash, start_new_session=True)
        until_it_listens(self.port)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)

    def _filled_in(self) -> str:
        """What ``envsubst`` makes of the file."""
        servers, sockets = (
            "\n    ".join(f"server 127.0.0.1:{port} max_fails={fails} fail_timeout=2s;" for port in self._servers)
            for fails in (1, 0)
        )
        text = (ROOT / "deploy" / "nginx.conf").read_text()
        values = {"LISTEN": f"listen 127.0.0.1:{self.port};", "RESOLVER": "", "SERVERS": servers, "SOCKETS": sockets}
        for name, value in (values | {"STATIC": str(self._static)}).items():
            text = text.replace(f"${{DESK_{name}}}", value)
        return text
