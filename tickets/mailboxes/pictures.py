"""Pictures of foreign servers, fetched for staff who asked for them: the sender learns nothing of who looks.

The desk never speaks to its own network: https only, a public address that is asked for once and then kept (whatever
the name says later), a few redirects each checked the same way, limits on bytes and on time. What comes back is no
picture until the re-encoder wrote it anew.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import dns.exception
import dns.resolver

from tickets.mailboxes.errors import PictureRefused

SIZE = 5 * 1024 * 1024
SECONDS = 8.0
REDIRECTS = 3
AT_ONCE = 4  # of one process, so that slow foreign servers do not take the desk's own time
PORT = 443
HEADERS = {"Accept": "image/*", "User-Agent": "Mozilla/5.0", "Accept-Encoding": "identity", "Connection": "close"}

_turns = threading.BoundedSemaphore(AT_ONCE)


def addresses_of(host: str) -> list[str]:
    """What the name stands for now, asked for once."""
    try:
        ipaddress.ip_address(host)
        return [host]
    except ValueError:
        pass
    found: list[str] = []
    for kind in ("A", "AAAA"):
        try:
            found += [str(each) for each in dns.resolver.resolve(host, kind, lifetime=3)]
        except (dns.exception.DNSException, ValueError):
            continue
    return found


def is_public(address: str) -> bool:
    """Whether the address is one of the open internet, also behind its disguises in IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None) or _nat64(found)
        if inner is not None and not is_public(str(inner)):
            return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def _nat64(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in ipaddress.IPv6Network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


@dataclass(frozen=True, kw_only=True)
class Network:
    """How the outside is reached; tests have a small outside of their own."""

    resolve: Callable[[str], list[str]] = addresses_of
    may_reach: Callable[[str], bool] = is_public
    trust: Callable[[], ssl.SSLContext] = ssl.create_default_context
    port: int = PORT
    seconds: float = SECONDS
    size: int = SIZE


class _Pinned(http.client.HTTPSConnection):
    """A connection to the address that was checked, while certificate and Host are those of the name."""

    def __init__(self, name: str, address: str, network: Network, until: float) -> None:
        super().__init__(name, network.port)
        self.address, self.network, self.until = address, network, until
        self.sealed: ssl.SSLSocket | None = None

    def connect(self) -> None:
        left = max(0.1, self.until - time.monotonic())
        plain = socket.create_connection((self.address, self.network.port), timeout=left)
        self.sealed = self.sock = self.network.trust().wrap_socket(plain, server_hostname=self.host)

    def cut(self) -> None:
        """The time is over, however slowly the other side goes on."""
        if self.sealed is not None:
            with suppress(OSError):
                socket.socket.shutdown(self.sealed, socket.SHUT_RDWR)  # below TLS, which another thread is reading


def fetch_picture(address: str, network: Network | None = None) -> bytes:
    """The bytes behind an address, or PictureRefused with the reason."""
    network = network or Network()
    until = time.monotonic() + network.seconds
    if not _turns.acquire(timeout=network.seconds):
        raise PictureRefused("busy")
    try:
        for _ in range(REDIRECTS + 1):
            content, address = _look(address, network, until)
            if not address:
                return content
        raise PictureRefused("redirects")
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise PictureRefused(type(error).__name__) from None
    finally:
        _turns.release()


def _look(address: str, network: Network, until: float) -> tuple[bytes, str]:
    """One request: the content, or the address it leads on to."""
    name, path = _checked(address, network)
    found = network.resolve(name)
    if not found or not all(network.may_reach(each) for each in found):
        raise PictureRefused("not_public")
    connection = _Pinned(name, found[0], network, until)
    watchdog = threading.Timer(max(0.1, until - time.monotonic()), connection.cut)
    watchdog.start()
    try:
        connection.request("GET", path, headers=HEADERS)
        answer = connection.getresponse()
        if answer.status in {301, 302, 303, 307, 308}:
            return b"", urljoin(address, answer.headers.get("Location", "")) or "nowhere"
        if answer.status != 200:
            raise PictureRefused(f"status_{answer.status}")
        return _read(answer, network, until), ""
    finally:
        watchdog.cancel()
        connection.close()


def _checked(address: str, network: Network) -> tuple[str, str]:
    """Host and path of an address that may be asked for."""
    parts = urlsplit(address)
    if parts.scheme != "https":
        raise PictureRefused("not_https")
    if parts.username is not None or parts.port not in {None, network.port} or not parts.hostname:
        raise PictureRefused("address")
    name = parts.hostname.encode("idna").decode() if not parts.hostname.isascii() else parts.hostname
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    if not path.isascii() or any(char <= " " for char in path):
        raise PictureRefused("address")
    return name, path


def _read(answer: http.client.HTTPResponse, network: Network, until: float) -> bytes:
    content = answer.read(network.size + 1)
    if len(content) > network.size:
        raise PictureRefused("size")
    if time.monotonic() > until:
        raise PictureRefused("time")
    return content
