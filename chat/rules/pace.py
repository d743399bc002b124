"""How fast a person may go: token buckets, with the time given in."""

import math
from dataclasses import dataclass
from ipaddress import ip_network


@dataclass(frozen=True, slots=True)
class Pace:
    """``rate`` a second on average, ``burst`` at once."""

    rate: float
    burst: float


@dataclass(slots=True)
class Bucket:
    """What is left of one pace for one person."""

    pace: Pace
    left: float
    at: float

    def missing(self, now: float) -> float:
        """Seconds until one more is possible; 0 when it is possible now."""
        self.left = min(self.pace.burst, self.left + (now - self.at) * self.pace.rate)
        self.at = now
        return 0.0 if self.left >= 1 else (1 - self.left) / self.pace.rate

    def take(self) -> None:
        self.left -= 1

    def give_back(self) -> None:
        self.left = min(self.pace.burst, self.left + 1)


def tenths_above(seconds: float) -> float:
    """What to tell somebody who must wait: never less than it is, or they come too early again."""
    return math.ceil(seconds * 10) / 10


def network_of(address: str | None) -> str:
    """Whose limit an address shares: of IPv6 everybody has a /64 to choose from."""
    if address is None or ":" not in address:
        return address or ""
    return str(ip_network((address.partition("%")[0], 64), strict=False))


def full_bucket(pace: Pace, now: float) -> Bucket:
    return Bucket(pace, pace.burst, now)


BORROWER_PACES = (Pace(5, 10), Pace(1, 60))  # 5 a second with a burst of 10, and 60 a minute
STAFF_PACES = (Pace(10, 30),)
SUBSCRIBE_PACES = {"borrower": Pace(2, 20), "staff": Pace(2, 200)}  # each reads the log; an inbox opens all at once
BAD_HANDSHAKES = Pace(0.5, 30)  # of one network, 30 a minute: connections that brought no good hello
HANDSHAKES = Pace(1 / 6, 10)  # of one person, 10 a minute
AWAITED = 256  # conversations of one connection in which refused posts may have to come again
SOCKETS = {"borrower": 5, "staff": 10}
SUBSCRIPTIONS = {"borrower": 5, "staff": 200}
UNANSWERED = 8
WINDOW_ENTRIES = 64
WINDOW_BYTES = 256 * 1024
FRAME_BYTES = 32 * 1024
HELLO_BYTES = 2 * 1024
HELLO_TIME = 5
IDLE_TIME = 45
CREDIT_TIME = 30
HEARTBEAT = 20
TYPING_TTL = 8
TYPING_PAUSE = 2.5
VIEWING_TTL = 30  # twice the time after which a desk says it again
FLOOD_FRAMES = 100  # a second, for three seconds
MALFORMED_LIMIT = 3
RESET_BEHIND = 1_000
