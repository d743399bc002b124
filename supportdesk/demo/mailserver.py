"""The demo's own mail server: letters come in by SMTP, are kept as files, and are read by IMAP.

Two accounts: the desk's mailbox, and ``world``, which gets everything that leaves the desk, whoever it is for. Letters
survive a restart with the same UIDs; folders and flags do not. For demos and tests only: it knows no TLS.
"""

import asyncio
import contextlib
import logging
import os
import signal
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from pymap.backend.dict import DictBackend
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxSet
from pymap.imap import IMAPService
from pymap.parsing.message import AppendMessage
from pymap.user import Passwords, UserMetadata

WORLD = "world"
UID_VALIDITY = 20261123
LARGEST_LETTER = 50 * 1024 * 1024
SMTP.line_length_limit = 10**6  # real letters have longer lines than the standard allows

log = logging.getLogger("demo.mail")


@dataclass(frozen=True)
class Account:
    """One mailbox of the server; its letters are files of ``folder``, numbered as they came."""

    name: str
    password: str
    folder: Path
    letters: MailboxSet

    async def open(self) -> None:
        """Read the letters kept from earlier runs."""
        self.folder.mkdir(parents=True, exist_ok=True)
        inbox = await self.letters.get_mailbox("INBOX")
        inbox._uid_validity = UID_VALIDITY  # the same files get the same UIDs
        for path in sorted(self.folder.glob("*.eml")):
            await inbox.append(AppendMessage(path.read_bytes()))

    async def deliver(self, content: bytes) -> None:
        """Keep a letter durably, then show it to whoever reads the mailbox."""
        number = len(list(self.folder.glob("*.eml"))) + 1
        draft = self.folder / f"{number:06}.new"
        draft.write_bytes(content)
        draft.rename(draft.with_suffix(".eml"))
        inbox = await self.letters.get_mailbox("INBOX")
        await inbox.append(AppendMessage(content), recent=True)


class Delivery:
    """What happens to a letter that was handed in by SMTP."""

    def __init__(self, accounts: dict[str, Account]) -> None:
        self.accounts = accounts

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        heading = f"Return-Path: <{(envelope.mail_from or '').strip('<>')}>\r\n".encode()
        for name in {self.account_of(address) for address in envelope.rcpt_tos}:
            await self.accounts[name].deliver(heading + content)
            log.info("a letter of %s bytes for %s", len(content), name)
        return "250 OK"

    def account_of(self, address: str) -> str:
        """The account of an address, the part after a plus aside; the world's for everybody we do not know."""
        local, _, domain = address.lower().rpartition("@")
        name = f"{local.partition('+')[0]}@{domain}"
        return name if name in self.accounts else WORLD

    def sign_in(self, server: SMTP, session: Any, envelope: Envelope, mechanism: str, proof: Any) -> AuthResult:
        """SMTP needs no sign-in here, but a client that tries must know the password."""
        if not isinstance(proof, LoginPassword):
            return AuthResult(success=False, handled=False)
        account = self.accounts.get(proof.login.decode(errors="replace").lower())
        known = account is not None and account.password.encode() == proof.password
        return AuthResult(success=known, handled=False)


async def serve(folder: Path, *, mailbox: str, password: str, imap: int, smtp: int) -> None:
    """Serve until cancelled."""
    accounts = {
        name: Account(name, password, folder / name.partition("@")[0], MailboxSet())
        for name in (mailbox.lower(), WORLD)
    }
    for account in accounts.values():
        await account.open()
    delivery = Delivery(accounts)
    loop = asyncio.get_running_loop()
    async with contextlib.AsyncExitStack() as stack:
        await start_imap(stack, accounts, imap)
        await stack.enter_async_context(await loop.create_server(lambda: smtp_session(delivery), "127.0.0.1", smtp))
        log.info("IMAP on 127.0.0.1:%s, SMTP on 127.0.0.1:%s, mailbox %s", imap, smtp, mailbox)
        await asyncio.Event().wait()


def smtp_session(delivery: Delivery) -> SMTP:
    return SMTP(
        delivery,
        data_size_limit=LARGEST_LETTER,
        enable_SMTPUTF8=True,
        hostname="mail.demo",
        auth_require_tls=False,
        authenticator=delivery.sign_in,
        loop=asyncio.get_running_loop(),
    )


async def start_imap(stack: contextlib.AsyncExitStack, accounts: dict[str, Account], port: int) -> None:
    backend, config = await DictBackend.init(imap_arguments(port))
    config.apply_context()
    for account in accounts.values():
        digest = await Passwords(config).hash_password(account.password)
        user = UserMetadata(config, account.name, password=digest)
        backend.login.users_dict[account.name] = user
        config.set_cache[account.name] = (account.letters, FilterSet())
    await backend.start(stack)
    await IMAPService(backend, config).start(stack)


def imap_arguments(port: int) -> Namespace:
    """pymap reads its settings from a command line only."""
    parser = ArgumentParser()
    DictBackend.add_subparser("dict", parser.add_subparsers())
    IMAPService.add_arguments(parser)
    parser.set_defaults(passlib_cfg=None, debug=False)
    return parser.parse_args(["--host", "127.0.0.1", "--port", str(port), "--no-tls", "dict"])


async def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where letters are kept")
    parser.add_argument("--mailbox", required=True, help="address of the desk; its password is in MAILBOX_PASSWORD")
    parser.add_argument("--imap", type=int, required=True, help="port")
    parser.add_argument("--smtp", type=int, required=True, help="port")
    options = parser.parse_args()
    password = os.environ["MAILBOX_PASSWORD"]
    serving = asyncio.ensure_future(
        serve(options.folder, mailbox=options.mailbox, password=password, imap=options.imap, smtp=options.smtp)
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, serving.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await serving


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # every SMTP line otherwise
    asyncio.run(main())
