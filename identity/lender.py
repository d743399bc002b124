"""The lender's read-only interface: what a borrower owes now, and whether somebody is who they say they are.

It may be slow or silent; the desk works without it.
"""

import logging
import threading
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.conf import settings

from identity.rules.loans import Loan, Loans, UnreadableLoans, read_loans
from identity.rules.verification import NO, UnreadableVerdict, read_verdicts

if TYPE_CHECKING:
    import httpx

__all__ = ["Loan", "Loans", "compare", "forget_answers", "loans_of"]

log = logging.getLogger(__name__)

KEPT_TIME = 15  # seconds an answer may be shown again
PAUSE_TIME = 5  # seconds without asking after a failure, so that a dead service does not slow every page
KEPT_ANSWERS = 500

_answers: dict[str, tuple[float, Loans]] = {}
_silent_until = 0.0
_lock = threading.Lock()


def loans_of(customer_id: str) -> Loans | None:
    """What this borrower owes, or None when that cannot be said now."""
    if not settings.LENDER_API_URL:
        return None
    now = time.monotonic()
    kept = _answers.get(customer_id)
    if kept and kept[0] > now:
        return kept[1]
    if now < _silent_until:
        return None
    loans = _ask(customer_id)
    _keep(customer_id, loans)
    return loans


def compare(customer_id: str, fields: Mapping[str, str]) -> dict[str, str] | None:
    """Yes or no for each field, from the lender; None when that cannot be said now.

    What was typed goes into the body of one request and is kept nowhere: not in an answer, a log line or an address.
    """
    import httpx

    if not settings.LENDER_API_URL:
        return None
    try:
        answer = _client().post(
            _address(customer_id, "compare"),
            json={"fields": dict(fields)},
            headers={"Authorization": f"Bearer {settings.LENDER_API_KEY}"},
            timeout=settings.LENDER_API_TIMEOUT,
        )
        if answer.status_code == httpx.codes.NOT_FOUND:
            return dict.fromkeys(fields, NO)
        answer.raise_for_status()
        return read_verdicts(answer.json(), fields)
    except (httpx.HTTPError, UnreadableVerdict, ValueError) as problem:
        log.warning("lender.comparison_unavailable %s", type(problem).__name__)
        return None


def forget_answers() -> None:
    """Ask again at once, whatever was answered before."""
    global _silent_until
    with _lock:
        _answers.clear()
        _silent_until = 0.0


def _ask(customer_id: str) -> Loans | None:
    import httpx  # with its command line a tenth of the start of every process, and few of them ask the lender

    try:
        answer = _client().get(
            _address(customer_id, "loans"),
            headers={"Authorization": f"Bearer {settings.LENDER_API_KEY}"},
            timeout=settings.LENDER_API_TIMEOUT,
        )
        if answer.status_code == httpx.codes.NOT_FOUND:
            return Loans(active=[], closed_count=0)  # the lender knows nobody of this number
        answer.raise_for_status()
        return read_loans(answer.json())
    except (httpx.HTTPError, UnreadableLoans, ValueError) as problem:
        log.warning("lender.unavailable %s", type(problem).__name__)
        return None


def _address(customer_id: str, what: str) -> str:
    return f"{settings.LENDER_API_URL.rstrip('/')}/api/borrowers/{quote(customer_id, safe='')}/{what}"


def _keep(customer_id: str, loans: Loans | None) -> None:
    global _silent_until
    with _lock:
        if loans is None:
            _silent_until = time.monotonic() + PAUSE_TIME
            return
        if len(_answers) >= KEPT_ANSWERS:
            _answers.clear()
        _answers[customer_id] = (time.monotonic() + KEPT_TIME, loans)


@lru_cache(maxsize=1)
def _client() -> "httpx.Client":
    """One pool of connections; redirects are not followed: the key goes nowhere else."""
    import httpx

    return httpx.Client(follow_redirects=False)
