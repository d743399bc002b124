"""What staff see of a letter: the sheet, the letter as it was sent, its pictures; and what none of it can do."""

import io
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image

from tests.mailserver import MailServer, a_letter
from tests.test_letters import letters, tickets

pytestmark = pytest.mark.django_db(transaction=True)

HTML = """<p>Добрый день! <a href="https://evil.example/login?x=1">bank.example</a>
<a href="https://lad.example/">https://lad.example/</a></p><script>alert(1)</script>
<form action="https://evil.example"><input name="password"></form><iframe src="//evil.example"></iframe>
<p onclick="alert(2)" style="position:fixed">Текст</p>
<img src="cid:scheme@mail.example" alt="схема"><img src="https://tracker.example/pixel.gif?u=7" alt="счётчик">
<a href="javascript:alert(3)">нажмите</a>"""


def picture(kind: str = "PNG", size: tuple[int, int] = (30, 20)) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, "teal").save(content, kind)
    return content.getvalue()


def a_dressed_letter(html: str = HTML, **headers: str) -> EmailMessage:
    letter = a_letter("Добрый день! Текст.", **headers)
    letter.add_alternative(html, subtype="html")
    part = letter.get_payload()[1]  # type: ignore[index]
    part.add_related(picture(), "image", "png", cid="<scheme@mail.example>", filename="схема.png")  # type: ignore[union-attr]
    return letter


@pytest.fixture
def shown(mail_server: MailServer, fetch: Any, elena: Any, as_staff: Any) -> Callable[..., Any]:
    """``shown()`` is the page of the letter as it was sent, asked for by Elena."""
    mail_server.deliver(a_dressed_letter())
    fetch()
    [letter] = letters()
    client = as_staff(elena)
    return lambda query="", by=None: (by or client).get(f"/letters/{letter.pk}/html/{query}")


def images_of(page: Any) -> list[str]:
    return re.findall(r'<img[^>]*? src="([^"]+)"', page.content.decode())


# The letter as it was sent


def test_the_page_of_a_letter_can_do_nothing(shown: Any) -> None:
    page = shown()
    policy = page["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy and "allow-same-origin" not in policy and "allow-forms" not in policy
    text = page.content.decode()
    for hostile in ("<script", "onclick", "<form", "<iframe", "<input", "javascript:", "position:fixed", "style="):
        assert hostile not in text, hostile
    assert "Добрый день!" in text
    assert page["Referrer-Policy"] == "no-referrer"


def test_a_link_says_where_it_leads_unless_it_is_written_so(shown: Any) -> None:
    text = shown().content.decode()
    assert "bank.example</a> [evil.example]" in text
    assert "[lad.example]" not in text
    assert text.count('rel="noopener noreferrer nofollow"') >= 2


def test_a_letter_of_nobodys_is_not_there(shown: Any, as_staff: Any, dmitry: Any, anna: Any, as_borrower: Any) -> None:
    from identity.models import User
    from tickets import actions

    [ticket] = tickets()
    assert shown(by=as_staff(dmitry)).status_code == 200  # nobody has taken it: it is there to be read
    actions.take(ticket=ticket, by=User.objects.get(email="e.voronova@lad.example"))
    assert shown(by=as_staff(dmitry)).status_code == 404
    assert shown(by=as_borrower(anna)).status_code == 302


def test_a_picture_inside_the_letter_is_shown_and_one_outside_is_not_fetched(shown: Any, client: Any) -> None:
    page = shown()
    [address] = images_of(page)
    assert "tracker.example" not in page.content.decode()
    answer = client.get(address)  # the frame has no cookie
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert Image.open(io.BytesIO(answer.content)).size == (30, 20)


def test_the_address_of_a_picture_ends_with_the_session_and_with_its_time(
    shown: Any, client: Any, elena: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from identity.models import StaffSession
    from tickets import access

    [address] = images_of(shown())
    assert client.get(address[:-3] + "x/").status_code == 404
    monkeypatch.setattr(access, "PICTURE_TIME", -1)
    assert client.get(address).status_code == 404
    monkeypatch.undo()
    assert client.get(address).status_code == 200
    StaffSession.objects.filter(user=elena).update(ended_at=datetime.now(UTC))
    assert client.get(address).status_code == 404


def test_pictures_from_outside_have_addresses_of_ours_once_asked_for_and_none_where_switched_off(
    shown: Any, settings: Any
) -> None:
    page = shown("?pictures=yes")
    assert len(images_of(page)) == 2
    assert all(address.startswith("/letters/pictures/") for address in images_of(page))
    settings.MAIL_REMOTE_PICTURES = False
    assert len(images_of(shown("?pictures=yes"))) == 1


def test_a_letter_without_html_says_so(mail_server: MailServer, fetch: Any, elena: Any, as_staff: Any) -> None:
    mail_server.deliver(a_letter())
    fetch()
    page = as_staff(elena).get(f"/letters/{letters()[0].pk}/html/")
    assert "В этом письме нет оформленного текста." in page.content.decode()


# Pictures of foreign servers

REFUSED = re.findall(
    r"\S+",
    """
http://pictures.example/a.png https://127.0.0.1/a.png https://localhost/a.png https://10.0.0.7/a https://192.168.1.1/
https://172.16.0.1/ https://169.254.169.254/latest/meta-data/ https://[::1]/ https://[::ffff:127.0.0.1]/ https://0/
https://[fe80::1]/ https://[fd00::1]/ https://[64:ff9b::7f00:1]/ https://[2002:7f00:1::]/ https://2130706433/a
https://0x7f.1/a https://0177.0.0.1/ https://user:word@example.com/a.png https://example.com:8443/a file:///etc/passwd
gopher://127.0.0.1/ https://100.64.0.1/ https://224.0.0.1/ https:///a.png https://198.18.0.1/ https://[::]/
""",
)


@pytest.mark.parametrize("address", REFUSED)
def test_the_desk_never_speaks_to_a_network_that_is_not_public(address: str) -> None:
    from tickets.mailboxes.errors import PictureRefused
    from tickets.mailboxes.pictures import fetch_picture

    with pytest.raises(PictureRefused):
        fetch_picture(address)


LEADS_TO = {"/to-inside": "https://10.0.0.1/a", "/to-clear": "http://pictures.example/a.png"}


class Outside(BaseHTTPRequestHandler):
    """A small foreign server: pictures, redirects, endless and slow answers."""

    asked: list[tuple[str, dict[str, str]]] = []  # noqa: RUF012

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        Outside.asked.append((self.path, dict(self.headers)))
        if self.path.startswith("/to"):
            self.send_response(302)
            self.send_header("Location", LEADS_TO.get(self.path, "/to"))
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        with suppress(OSError):
            if self.path == "/endless":
                while True:
                    self.wfile.write(b"x" * 65536)
            elif self.path == "/slow":
                for _ in range(100):
                    self.wfile.write(b"x")
                    self.wfile.flush()
                    time.sleep(0.1)
            else:
                self.wfile.write(picture())


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """``outside(resolve)`` is a network in which pictures.example is a server of this test."""
    from tickets.mailboxes.pictures import Network, is_public

    folder = tmp_path_factory.mktemp("outside")
    certificate(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Outside)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]

    def network(resolve: Callable[[str], list[str]] | None = None, **options: Any) -> Network:
        ours = {"may_reach": lambda address: True, "port": port, "seconds": 2.0, "size": 200_000} | options
        trust = lambda: ssl.create_default_context(cafile=str(folder / "cert.pem"))  # noqa: E731
        return Network(resolve=resolve or (lambda name: ["127.0.0.1"]), trust=trust, **ours)  # type: ignore[arg-type]

    network.is_public = is_public  # type: ignore[attr-defined]
    yield network
    server.shutdown()


def certificate(folder: Path) -> None:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "pictures.example")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
    builder = builder.not_valid_after(now + timedelta(days=2))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("pictures.example")]), critical=False)
    made = builder.sign(key, hashes.SHA256())
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def test_a_picture_is_fetched_without_telling_who_looks(outside: Any) -> None:
    from tickets.mailboxes.pictures import fetch_picture

    Outside.asked.clear()
    content = fetch_picture("https://pictures.example/a.png?u=7", outside())
    assert content == picture()
    [(path, headers)] = Outside.asked
    assert path == "/a.png?u=7"
    assert headers["Host"].startswith("pictures.example")
    assert set(headers) <= {"Host", "Accept", "User-Agent", "Accept-Encoding", "Connection"}


def test_a_name_is_asked_for_once_and_only_where_all_its_addresses_are_public(outside: Any) -> None:
    from tickets.mailboxes.errors import PictureRefused
    from tickets.mailboxes.pictures import fetch_picture

    asked: list[str] = []

    def rebinding(name: str) -> list[str]:
        asked.append(name)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    assert fetch_picture("https://pictures.example/a.png", outside(rebinding))
    assert asked == ["pictures.example"]
    mixed = outside(lambda name: ["93.184.216.34", "127.0.0.1"], may_reach=outside.is_public)
    with pytest.raises(PictureRefused):
        fetch_picture("https://pictures.example/a.png", mixed)


def as_named(name: str) -> list[str]:
    """The small outside stands at this machine's own address; a number stands for itself."""
    return [name] if name[0].isdigit() else ["127.0.0.1"]


@pytest.mark.parametrize("path", ["/to-inside", "/to-clear", "/to", "/endless", "/slow"])
def test_redirects_to_the_inside_and_answers_without_end_are_refused(outside: Any, path: str) -> None:
    from tickets.mailboxes.errors import PictureRefused
    from tickets.mailboxes.pictures import fetch_picture

    inside = outside(may_reach=lambda address: address == "127.0.0.1", resolve=as_named)
    began = time.monotonic()
    with pytest.raises(PictureRefused):
        fetch_picture(f"https://pictures.example{path}", inside)
    assert time.monotonic() - began < 10


def test_another_servers_certificate_is_refused(outside: Any) -> None:
    from tickets.mailboxes.errors import PictureRefused
    from tickets.mailboxes.pictures import fetch_picture

    with pytest.raises(PictureRefused):
        fetch_picture("https://another.example/a.png", outside())
