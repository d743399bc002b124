"""Real letters of other projects beside this checkout, and how their expectations are compared with our reading."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from selectolax.lexbor import LexborHTMLParser

from tickets.rules.email import Letter
from tickets.rules.email.attachments import safe_name
from tickets.rules.email.body import text_of_part
from tickets.rules.email.headers import mailboxes
from tickets.rules.email.tree import read_tree

MAIL = Path(__file__).resolve().parents[2] / "shared" / "data" / "mail"
ABSENT = f"the collection of real letters is not beside this checkout ({MAIL})"


@dataclass(frozen=True)
class Expected:
    """What somebody says a letter holds; ``files`` are name, size and MD5, line ends and outer blanks apart."""

    address: str
    name: str
    to: str
    cc: str
    subject: str
    body: str
    is_html: bool
    files: Counter[tuple[str, int, str]]


class _Loader(yaml.SafeLoader):
    """Reads what Ruby wrote: its hashes are hashes, its binaries bytes."""


def _binary(loader: yaml.SafeLoader, node: yaml.Node) -> bytes:
    return yaml.SafeLoader.construct_yaml_binary(loader, node)


_Loader.add_constructor("!binary", _binary)
_Loader.add_multi_constructor("!ruby/hash", lambda loader, _suffix, node: loader.construct_mapping(node, deep=True))


def letters_of_zammad(folder: Path = MAIL / "zammad") -> list[Path]:
    return sorted(folder.glob("*.box"))


def expected_of(box: Path) -> Expected:
    """Zammad's expectation, without the copy of the HTML body that it keeps as an attachment."""
    found: dict[str, Any] = yaml.load(box.with_suffix(".yml").read_text("utf-8"), _Loader)
    files = [file for file in found["attachments"] if not _is_copy_of_body(file)]
    return Expected(
        address=found["from_email"] or "",
        name=found["from_display_name"] or "",
        to=found["to"] or "",
        cc=found.get("cc") or "",
        subject=found["subject"] or "",
        body=found["body"] or "",
        is_html=found["content_type"] == "text/html",
        files=Counter(_file(file["filename"], file["data"]) for file in files),
    )


def _is_copy_of_body(file: dict[str, Any]) -> bool:
    return bool((file.get("preferences") or {}).get("original-format"))


def _file(name: str, data: str | bytes) -> tuple[str, int, str]:
    data = data if isinstance(data, bytes) else data.encode()
    data = data.replace(b"\r\n", b"\n").strip()
    return safe_name(name), len(data), hashlib.md5(data).hexdigest()


def differences(expected: Expected, letter: Letter, title: str = "") -> dict[str, tuple[Any, Any]]:
    """Per field that is not as expected: what was expected and what was read.

    Zammad keeps the title of an HTML page as its first line, and says so where nothing is left to see.
    """
    whole = letter.html if expected.is_html and letter.html else letter.text
    wanted = "" if expected.body == "no visible content" else seen(expected.body, is_html=expected.is_html)
    pairs: dict[str, tuple[Any, Any]] = {
        "address": (expected.address, letter.from_address),
        "name": (expected.name, letter.from_name),
        "to": (boxes(expected.to), [(box.name, box.address) for box in letter.to]),
        "cc": (boxes(expected.cc), [(box.name, box.address) for box in letter.cc]),
        "subject": (expected.subject, letter.subject),
        "body": (wanted.removeprefix(seen(title, is_html=False)), seen(whole, is_html=whole is letter.html)),
        "files": (expected.files, Counter(_file(file.name, file.content) for file in letter.attachments)),
    }
    return {name: (want, got) for name, (want, got) in pairs.items() if _folded(want) != _folded(got)}


def title_of(raw: bytes) -> str:
    """The title of the letter's HTML page; empty when it has none."""
    pages = [text_of_part(part) for part in read_tree(raw).parts if part.content_type == "text/html"]
    title = LexborHTMLParser(pages[0]).css_first("title") if pages else None
    return title.text() if title is not None else ""


def boxes(value: str) -> list[tuple[str, str]]:
    return [(box.name, box.address) for box in mailboxes(value.encode())]


def seen(text: str, *, is_html: bool) -> str:
    """What a reader of a body sees, however it is set."""
    if is_html:
        tree = LexborHTMLParser(text)
        for node in tree.css("script, style"):
            node.decompose()
        body = tree.body or tree.root
        text = body.text(deep=True) if body is not None else ""
    return re.sub(r"[\s\u00a0\u200b\ufeff]+", "", text)


def _folded(value: Any) -> Any:
    return re.sub(r"\s+", " ", value).strip() if isinstance(value, str) else value
