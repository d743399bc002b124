"""What a token's claims say about the borrower, cleaned: nothing in them is trusted to be short, or a text at all."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from identity.rules import names

_EMAIL = re.compile(r"[^@\s<>\"',;:\\]+@[^@\s<>\"',;:\\]+\.[^@\s<>\"',;:\\.]+")
_LANGUAGES = ("ru", "en")


def profile_of(claims: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a borrower for every claim that is there; a claim that makes no sense gives an empty field."""
    fields: dict[str, Any] = {}
    if "name" in claims:
        fields["full_name"] = _line(claims["name"], 200)
        fields["first_name"] = names.first_name(fields["full_name"])[:80]
    readers = {"first_name": _first_name, "email": _email, "phone": _phone, "city": _city, "language": _language}
    fields |= {name: read(claims[name]) for name, read in readers.items() if claims.get(name)}
    if "since" in claims:
        fields["customer_since"] = _date(claims["since"])
    return fields


def _first_name(value: Any) -> str:
    return _line(value, 80)


def _city(value: Any) -> str:
    return _line(value, 80)


def _line(value: Any, length: int) -> str:
    return names.clean_name(value)[:length].strip() if isinstance(value, str) else ""


def _email(value: Any) -> str:
    address = _line(value, 254).lower()
    return address if _EMAIL.fullmatch(address) else ""


def _phone(value: Any) -> str:
    """Digits with the plus, as in ``+79161234567``; anything shorter than a phone number is dropped."""
    digits = re.sub(r"\D", "", value) if isinstance(value, str) else ""
    return f"+{digits}"[:20] if 7 <= len(digits) <= 15 else ""


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _language(value: Any) -> str:
    """``en``, ``en-GB`` and the like as one of the desk's languages, Russian when it is another."""
    code = value[:2].lower() if isinstance(value, str) else ""
    return code if code in _LANGUAGES else _LANGUAGES[0]
