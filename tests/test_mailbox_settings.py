"""An administrator sets mailboxes up, sees whether they work, and mends them; nobody else gets near."""

import json
import threading
from base64 import b64encode, urlsafe_b64encode
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from tests.mailserver import ADDRESS, PASSWORD, MailServer, a_letter
from tests.small_imap import SmallImap
from tests.test_letters import letters, until

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/settings/mail/"


def typed(server: MailServer, **changed: Any) -> dict[str, Any]:
    values = {"address": ADDRESS, "name": "Лад: поддержка", "kind": "imap", "folder": "INBOX", "auth": "password"}
    values |= {"imap_host": "127.0.0.1", "imap_port": server.imap, "imap_security": "plain"}
    values |= {"smtp_host": "127.0.0.1", "smtp_port": server.smtp, "smtp_security": "plain"}
    return (
        values | {"username": "", "password": PASSWORD, "authserv_ids": "MX.Lad.Example, ", "is_silent": "on"} | changed
    )


def box() -> Any:
    from tickets.models import Mailbox

    return Mailbox.objects.get()


def steps(page: str) -> list[str]:
    return [line.split('data-step="')[1].split('"')[0] + ":" + line.split('data-went="')[1].split('"')[0]
            for line in page.split("<li ") if "data-step" in line]  # fmt: skip


def test_a_mailbox_is_added_checked_and_read(mail_server: MailServer, ivan: Any, as_staff: Any) -> None:
    mail_server.deliver(a_letter())
    client = as_staff(ivan)
    page = client.post(f"{PAGE}new/", typed(mail_server)).content.decode()
    assert steps(page) == ["imap:well", "imap_sign_in:well", "folder:well", "smtp:well"]
    assert "Папка открывается; писем в ней: 1" in page
    assert PASSWORD not in page
    assert box().authserv_ids == ["mx.lad.example"]
    assert box().silent_until is not None, "what lies there is imported silently"
    assert "Ещё не читался" in client.get(PAGE).content.decode()


def test_each_step_that_fails_is_told_in_words(mail_server: MailServer, ivan: Any, as_staff: Any) -> None:
    client = as_staff(ivan)
    page = client.post(f"{PAGE}new/", typed(mail_server, password="wrong")).content.decode()
    assert steps(page) == ["imap:well", "imap_sign_in:wrong", "smtp:wrong"]
    one = f"{PAGE}{box().pk}/"
    page = client.post(one, typed(mail_server, folder="Nowhere")).content.decode()
    assert steps(page) == ["imap:well", "imap_sign_in:well", "folder:wrong", "smtp:well"]
    page = client.post(one, typed(mail_server, imap_port=1)).content.decode()
    assert steps(page) == ["imap:wrong", "smtp:well"]
    page = client.post(one, typed(mail_server, password="", imap_security="tls")).content.decode()
    assert steps(page) == ["imap:wrong", "smtp:well"], "the password is kept; a server without TLS is not spoken with"
    page = client.post(f"{one}check/").content.decode()
    assert steps(page) == ["imap:wrong", "smtp:well"]


def test_wrong_input_keeps_what_was_typed_but_no_password(mail_server: MailServer, ivan: Any, as_staff: Any) -> None:
    from tickets.models import Mailbox

    values = typed(mail_server, address="no address", imap_host="mail.example.com", password="my secret words")
    answer = as_staff(ivan).post(f"{PAGE}new/", values)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="no address"' in page and 'value="mail.example.com"' in page
    assert "my secret words" not in page
    assert "Без шифрования можно обращаться только к этой же машине." in page.replace("\xa0", " ")
    assert not Mailbox.objects.exists()


def test_a_wrong_certificate_is_an_error_and_never_a_way_around(
    small_imap: SmallImap, ivan: Any, as_staff: Any, tmp_path: Any
) -> None:
    import ssl
    import subprocess

    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=elsewhere"]
    subprocess.run([*command, "-keyout", tmp_path / "key", "-out", tmp_path / "cert"], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    server = SmallImap(context)
    from tickets.actions.mailboxes import ensure_mailbox
    from tickets.management.watching import Watcher

    places = {"imap_host": "127.0.0.1", "imap_port": server.port, "imap_security": "tls"}
    mailbox = ensure_mailbox(address=ADDRESS, name="Лад", password="right", **places)
    Watcher(mailbox).watch_while_leased()
    assert (box().state, server.said) == ("unreachable", []), "not one word was said"
    assert "Сертификату сервера нельзя доверять." in as_staff(ivan).get(PAGE).content.decode().replace("\xa0", " ")
    server.stop()


def test_pause_and_resume(mail_server: MailServer, ivan: Any, as_staff: Any) -> None:
    client = as_staff(ivan)
    client.post(f"{PAGE}new/", typed(mail_server))
    client.post(f"{PAGE}{box().pk}/pause/")
    assert "Приостановлен" in client.get(PAGE).content.decode()
    client.post(f"{PAGE}{box().pk}/", typed(mail_server, name="Иначе"))
    assert (box().state, box().name) == ("disabled", "Иначе"), "a change does not end the pause"
    client.post(f"{PAGE}{box().pk}/resume/")
    assert box().state == "ok"


def test_a_refused_sign_in_stops_until_the_password_is_mended(
    mail_server: MailServer, mailbox: Any, ivan: Any, as_staff: Any
) -> None:
    from tickets.actions.mailboxes import record_trouble
    from tickets.mailboxes.errors import SignInRefused

    record_trouble(mailbox=mailbox, error=SignInRefused("NO [AUTHENTICATIONFAILED]"))
    page = as_staff(ivan).get(PAGE).content.decode().replace("\xa0", " ")
    assert "Сервер не принимает логин или пароль." in page
    as_staff(ivan).post(f"{PAGE}{mailbox.pk}/", typed(mail_server))
    assert box().state == "ok"


def test_what_was_encrypted_before_keys_were_derived_in_one_place_is_still_read(
    mail_server: MailServer, mailbox: Any, ivan: Any, as_staff: Any, settings: Any
) -> None:
    from cryptography.fernet import Fernet

    from tickets.mailboxes.credentials import credentials_of

    for settings.MAIL_KEY in ("", "a key of its own"):
        secret = (settings.MAIL_KEY or settings.SECRET_KEY).encode()
        old = Fernet(urlsafe_b64encode(sha256(b"mailbox-password\0" + secret).digest()))
        mailbox.password_encrypted = old.encrypt(PASSWORD.encode()).decode()
        mailbox.credentials_encrypted = old.encrypt(b'{"client_secret": "hush"}').decode()
        mailbox.save()
        page = as_staff(ivan).post(f"{PAGE}{mailbox.pk}/check/").content.decode()
        assert steps(page) == ["imap:well", "imap_sign_in:well", "folder:well", "smtp:well"]
        assert credentials_of(box()) == {"client_secret": "hush"}
    settings.MAIL_KEY = "lost"
    type(mailbox).objects.update(credentials_encrypted="")
    assert "imap_sign_in:well" not in steps(as_staff(ivan).post(f"{PAGE}{mailbox.pk}/check/").content.decode())


def test_credentials_under_a_lost_key_can_be_entered_anew(
    mail_server: MailServer, mailbox: Any, ivan: Any, as_staff: Any, settings: Any
) -> None:
    from tickets.mailboxes.credentials import sealed

    type(mailbox).objects.update(credentials_encrypted=sealed({"client_secret": "hush"}))
    settings.MAIL_KEY = "lost"
    assert as_staff(ivan).get(f"{PAGE}{mailbox.pk}/").status_code == 200
    as_staff(ivan).post(f"{PAGE}{mailbox.pk}/", typed(mail_server))
    assert box().state == "ok"


def test_a_webhook_gets_its_address_and_a_password_that_is_shown_once(
    mail_server: MailServer, ivan: Any, as_staff: Any, client: Any
) -> None:
    page = as_staff(ivan).post(f"{PAGE}new/", typed(mail_server, kind="hook:postmark", password="")).content.decode()
    secret = page.split('class="mono once">')[1].split("<")[0]
    assert f"/hooks/{box().pk}/mime" in page
    assert secret not in as_staff(ivan).get(f"{PAGE}{box().pk}/").content.decode()
    said = json.dumps({"MessageID": "1", "RawEmail": a_letter().as_string()})
    proof = {"Authorization": "Basic " + b64encode(f"hook:{secret}".encode()).decode()}
    assert (
        client.post(f"/hooks/{box().pk}/mime", said, content_type="application/json", headers=proof).status_code == 200
    )
    assert len(letters()) == 1


class TokenServer(HTTPServer):
    """A provider's token address: what it was asked, and what it answers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.asked: list[dict[str, str]] = []
        self.says: dict[str, Any] = {"access_token": "first", "refresh_token": "again", "expires_in": 3600}
        self.status = 200
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Answer(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append(dict(parse_qsl(body)))  # type: ignore[attr-defined]
        content = json.dumps(self.server.says).encode()  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *words: Any) -> None:
        pass


@pytest.fixture
def tokens(monkeypatch: pytest.MonkeyPatch) -> Any:
    from dataclasses import replace

    from tickets.mailboxes import oauth

    server = TokenServer()
    place = f"http://127.0.0.1:{server.server_address[1]}/{{tenant}}/token"
    changed = {kind: replace(each, token=place) for kind, each in oauth.PROVIDERS.items()}
    monkeypatch.setattr(oauth, "PROVIDERS", changed)
    yield server
    server.shutdown()


def oauth_mailbox(small_imap: SmallImap, mail_server: MailServer, client: Any, **changed: Any) -> Any:
    values = typed(mail_server, auth="oauth_google", client_id="desk", client_secret="hush", password="", smtp_host="")
    client.post(f"{PAGE}new/", values | {"imap_port": small_imap.port, "smtp_host": "127.0.0.1"} | changed)
    return box()


def connected(client: Any, mailbox: Any) -> dict[str, list[str]]:
    """Press "Connect", say yes at the provider, come back."""
    went = client.get(f"{PAGE}{mailbox.pk}/connect/")
    asked = parse_qs(urlsplit(went["Location"]).query)
    client.get(f"{PAGE}leave/", {"state": asked["state"][0], "code": "the-code"})
    return asked


def test_google_gives_leave_by_code_state_and_pkce(
    small_imap: SmallImap, mail_server: MailServer, tokens: TokenServer, ivan: Any, as_staff: Any
) -> None:
    client = as_staff(ivan)
    mailbox = oauth_mailbox(small_imap, mail_server, client)
    assert "Подключить через Google" in client.get(f"{PAGE}{mailbox.pk}/").content.decode()
    assert client.get(f"{PAGE}leave/", {"state": "guessed", "code": "x"}).status_code == 302
    assert tokens.asked == [], "an answer that nobody asked for is not believed"
    asked = connected(client, mailbox)
    [exchange] = tokens.asked
    challenge = urlsafe_b64encode(sha256(exchange["code_verifier"].encode()).digest()).rstrip(b"=").decode()
    assert (asked["code_challenge"], asked["code_challenge_method"]) == ([challenge], ["S256"])
    assert (exchange["code"], exchange["client_secret"]) == ("the-code", "hush")
    assert exchange["scope"] == asked["scope"][0] == "https://mail.google.com/"
    assert "first" not in box().credentials_encrypted and "hush" not in box().credentials_encrypted
    small_imap.tokens = {"first"}
    small_imap.add(a_letter().as_bytes())
    assert fetched() == 1


def fetched() -> int:
    from tickets.actions.mailbox_sign_in import open_folder
    from tickets.actions.mailboxes import import_new_letters

    with open_folder(mailbox=box()) as folder:
        return import_new_letters(mailbox=box(), folder=folder)


def test_a_token_is_renewed_at_four_fifths_of_its_life_by_one_at_a_time(
    small_imap: SmallImap, mail_server: MailServer, tokens: TokenServer, ivan: Any, as_staff: Any
) -> None:
    import time

    from django.db import connection

    from tickets.actions.mailbox_sign_in import keep_credentials, ready_to_sign_in
    from tickets.mailboxes.credentials import credentials_of

    connected(as_staff(ivan), oauth_mailbox(small_imap, mail_server, as_staff(ivan)))
    now = time.time()
    keep_credentials(mailbox=box(), issued_at=now - 2800, expires_at=now + 800)
    ready_to_sign_in(mailbox=box())
    assert len(tokens.asked) == 1, "not yet"
    keep_credentials(mailbox=box(), issued_at=now - 2900, expires_at=now + 700)
    tokens.says = {"access_token": "second", "expires_in": 3600}
    together = threading.Barrier(4)

    def ready() -> None:
        mailbox = box()
        together.wait()
        ready_to_sign_in(mailbox=mailbox)
        connection.close()

    threads = [threading.Thread(target=ready) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    [_, renewal] = tokens.asked
    assert (renewal["grant_type"], renewal["refresh_token"]) == ("refresh_token", "again")
    assert renewal["scope"] == "https://mail.google.com/", "a renewal without scope is refused by some"
    assert credentials_of(box())["refresh_token"] == "again", "a provider that repeats none means the old one"


def test_a_token_that_ends_while_the_desk_waits_is_renewed_and_nothing_lost(
    small_imap: SmallImap, mail_server: MailServer, tokens: TokenServer, ivan: Any, as_staff: Any
) -> None:
    from tests.test_mail_import import watching

    connected(as_staff(ivan), oauth_mailbox(small_imap, mail_server, as_staff(ivan)))
    small_imap.tokens = {"first"}
    with watching(box()):
        until(lambda: "IDLE" in small_imap.said)
        tokens.says = {"access_token": "second", "expires_in": 3600}
        small_imap.tokens = {"second"}
        small_imap.add(a_letter().as_bytes())
        small_imap.cut()
        until(letters)
        assert box().state == "ok"


def test_withdrawn_leave_stops_the_mailbox_and_offers_to_reconnect(
    small_imap: SmallImap, mail_server: MailServer, tokens: TokenServer, ivan: Any, as_staff: Any
) -> None:
    from tickets.management.watching import Watcher

    connected(as_staff(ivan), oauth_mailbox(small_imap, mail_server, as_staff(ivan)))
    tokens.status, tokens.says = 400, {"error": "invalid_grant", "error_description": "withdrawn"}
    for _ in range(2):
        Watcher(box()).watch_while_leased()
    assert (box().state, box().failures) == ("auth_error", 1)
    page = as_staff(ivan).get(PAGE)
    assert page.status_code == 200
    assert "Провайдер отозвал доступ." in page.content.decode().replace("\xa0", " ")
    assert "Подключить заново" in page.content.decode()
    tokens.status, tokens.says = 200, {"access_token": "third", "refresh_token": "anew", "expires_in": 3600}
    connected(as_staff(ivan), box())
    assert box().state == "ok"


def test_an_application_of_microsoft_signs_in_by_itself(
    small_imap: SmallImap, mail_server: MailServer, tokens: TokenServer, ivan: Any, as_staff: Any
) -> None:
    small_imap.tokens = {"first"}
    values = {"auth": "oauth_m365", "tenant": "lad", "is_application": "on", "username": "shared@lad.example"}
    oauth_mailbox(small_imap, mail_server, as_staff(ivan), **values)
    assert tokens.asked[0]["grant_type"] == "client_credentials"
    assert tokens.asked[0]["scope"] == "https://outlook.office365.com/.default"
    assert box().username == "shared@lad.example"
    small_imap.add(a_letter().as_bytes())
    assert fetched() == 1


def test_a_provider_that_is_away_is_tried_again(
    small_imap: SmallImap, mail_server: MailServer, tokens: TokenServer, ivan: Any, as_staff: Any
) -> None:
    from tickets.actions.mailbox_sign_in import keep_credentials
    from tickets.management.watching import Watcher

    connected(as_staff(ivan), oauth_mailbox(small_imap, mail_server, as_staff(ivan)))
    keep_credentials(mailbox=box(), issued_at=0.0, expires_at=1.0)
    tokens.status = 503
    Watcher(box()).watch_while_leased()
    assert box().state == "unreachable"


@pytest.mark.parametrize("address", ["", "new/", "leave/", "1/"])
def test_nobody_but_an_administrator_sees_mailboxes(address: str, olga: Any, elena: Any, as_staff: Any) -> None:
    for person in (olga, elena):
        assert as_staff(person).get(f"{PAGE}{address}").status_code == 404
