"""What is written down about a running desk: for its own settings, for scripts, for the next start."""

import hashlib
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from supportdesk.demo.staff import MAILBOX, STAFF
from supportdesk.desk.keys import make_keys
from supportdesk.desk.places import ROOT, Places
from supportdesk.statics import version_of

SOURCES = ("identity", "chat", "tickets", "quality", "supportdesk", "locale")


def settings_of(places: Places) -> dict[str, str]:
    """What ``supportdesk.settings`` reads from ``services.json`` where the environment says nothing."""
    facts = {"PUBLIC_URL": places.public_url, "DATABASE_URL": places.database_url, "REDIS_URL": places.redis_url}
    facts["LOG_FORMAT"] = "words"
    if not places.is_demo:
        return facts
    return (
        facts
        | make_keys(places.var)
        | {
            "DEMO": "yes",
            "LENDER_URL": places.lender,
            "LENDER_ORIGINS": places.lender,
            "LENDER_API_URL": places.lender,
            "TOKEN_ISSUER": places.lender,
            "SMTP_URL": f"smtp://{places.smtp}",
            "IMAP_URL": f"imap://{places.imap}",
            "MAIL_DOMAIN": MAILBOX.partition("@")[2],
        }
    )


def demo_of(places: Places, facts: dict[str, str]) -> dict[str, Any]:
    """Addresses and logins of the demo, for the welcome block and for scripts (``demo.json``)."""
    if not places.is_demo:
        return {"desk": places.public_url}
    staff = [{"role": one.role, "email": one.email, "password": one.password, "name": one.full_name} for one in STAFF]
    return {
        "desk": places.public_url,
        "lender": places.lender,
        "staff": staff,
        "borrowers": _borrowers(places),
        "imap": places.imap,
        "smtp": places.smtp,
        "mailbox": MAILBOX,
        "mailbox_password": facts["MAILBOX_PASSWORD"],
    }


def _borrowers(places: Places) -> list[dict[str, str]]:
    if not find_spec("supportdesk.demo.lender"):
        return []
    from supportdesk.demo.lender.people import PEOPLE

    return [
        {"customer_id": one.customer_id, "name": one.full_name, "login": f"{places.lender}/login/{one.customer_id}"}
        for one in PEOPLE
    ]


def write_privately(path: Path, facts: dict[str, Any]) -> None:
    """Replace a JSON file at once, readable by its owner only: it names passwords."""
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(facts, ensure_ascii=False, indent=1))
    draft.replace(path)


def fingerprint(places: Places) -> str:
    """Changes when migrations, words, demo data, scripts, styles or ports do: then the next start prepares again."""
    digest = hashlib.sha256(repr((sorted(places.ports.items()), version_of(ROOT / "static"))).encode())
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".po"}:
                state = path.stat()
                digest.update(f"{path}{state.st_mtime_ns}{state.st_size}".encode())
    return digest.hexdigest()
