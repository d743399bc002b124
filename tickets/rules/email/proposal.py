"""Which server seems to check senders for a mailbox: a proposal to an administrator, never a decision.

A name counts only where the trace bears it out: a server of that name took the letter from a stranger, and nobody above
it is a stranger. So nobody who merely writes letters can have himself proposed.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tickets.rules.email import domains
from tickets.rules.email.results import read_results
from tickets.rules.email.servers import Stamp, Trust, trusted

ENOUGH = 3  # letters that say so


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A name as ``Trust.authserv_ids`` takes it, and in how many of how many letters it was seen."""

    server: str
    letters: int
    looked_at: int


def proposed_server(traces: Sequence[Sequence[Stamp]]) -> Proposal | None:
    """The server that most of the letters name, all servers of one organisation as one; None when none stands out."""
    names = [name for trace in traces if (name := checking_server(trace))]
    organisations = Counter(domains.organisation(name) for name in names)
    for organisation, count in organisations.most_common(1):
        if count >= ENOUGH and 2 * count > len(traces):
            same = {name for name in names if domains.organisation(name) == organisation}
            return Proposal(
                server=same.pop() if len(same) == 1 else f"*.{organisation}", letters=count, looked_at=len(traces)
            )
    return None


def checking_server(trace: Sequence[Stamp]) -> str:
    """The server named by the topmost results of one letter, if the trace bears that out."""
    topmost = next((stamp for stamp in trace if stamp.name == "authentication-results"), None)
    name = read_results(topmost.value).server.lower() if topmost else ""
    if not name or not domains.ascii_domain(name):
        return ""
    return name if trusted(trace, address="", trust=Trust(authserv_ids=(name,))).by else ""
