"""How long sign-in stays closed after wrong passwords.

OWASP ASVS 5.0 6.1.1 and NIST SP 800-63B 5.2.2: slow guessing down, but let nobody lock a colleague out. So failures are
counted for an account *and* an address together, and the wait never exceeds a quarter of an hour.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

TRIES = 5  # failures in a row before the first wait
WAITS = (60, 5 * 60, 15 * 60)  # seconds after the fifth failure, the sixth, every later one
MEMORY = timedelta(hours=1)  # older failures are forgotten


def wait_after(failures: int) -> int:
    """Seconds to wait after so many failures in a row; 0 while tries are left."""
    beyond = failures - TRIES
    return 0 if beyond < 0 else WAITS[min(beyond, len(WAITS) - 1)]


def tries_left(failures: int) -> int:
    """How many more failures close sign-in; after a wait there is one try at a time."""
    return max(TRIES - failures, 1)


def closed_until(failed_at: Sequence[datetime], now: datetime) -> datetime | None:
    """When sign-in opens again, or None when it is open; ``failed_at`` are the failures since the last success."""
    recent = sorted(moment for moment in failed_at if moment > now - MEMORY)
    if not recent:
        return None
    opens_at = recent[-1] + timedelta(seconds=wait_after(len(recent)))
    return opens_at if opens_at > now else None
