"""Links lead only to the lender's own sites and to those the standard allows."""

import re
from collections.abc import Iterator

from quality.rules.outcomes import Answer, Outcome, Parameters, Span
from quality.rules.transcript import Message, Transcript

CODE = "foreign_links"
VERSION = 1
RULE = "Every host named by staff is the lender's or is allowed by the standard; messengers and shorteners never are."

_HOST = re.compile(
    r"(?<![\w@.-])(?:https?://(?:[\w.%-]{1,60}@)?)?((?:[a-zа-я0-9][a-zа-я0-9-]{0,62}\.){1,5}"
    r"(?:ru|su|рф|com|net|org|info|biz|me|io|ly|gl|cc|to|tv|app|site|online|store|shop|link|click|pro|club|top|xyz|"
    r"kz|by|ua|uk|de|eu|us|cn|"
    r"gov|edu|dev|ai|page|live|space|website|москва|finance|bank|money|loan|credit))(?![\w-])(?!\.\w)"
)
_ADDRESS = re.compile(r"https?://([^\s/?#]{1,200})")


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    allowed = transcript.own_hosts | frozenset(parameters.get("allowed_hosts", ()))
    foreign = [found for message in transcript.staff_messages for found in _foreign(message, allowed)]
    if not foreign:
        return Outcome(Answer.PASS, "own_links")
    hosts = sorted({host for host, _ in foreign})
    return Outcome(Answer.FAIL, "foreign_links", facts={"hosts": hosts}, evidence=tuple(span for _, span in foreign))


def _foreign(message: Message, allowed: frozenset[str]) -> Iterator[tuple[str, Span]]:
    for host, start, end in hosts_in(message.folded):
        if not any(host == one or host.endswith("." + one) for one in allowed):
            yield host, Span(seq=message.seq, start=start, end=end)


def hosts_in(folded: str) -> list[tuple[str, int, int]]:
    """Hosts of whole addresses, and names that look like one; a mailbox is not a link."""
    found = []
    for match in _ADDRESS.finditer(folded):
        host = match.group(1).rsplit("@", 1)[-1].split(":")[0].rstrip(".,;)!")
        found.append((host, match.start(), match.end()))
    rest = _ADDRESS.sub(lambda match: " " * len(match.group()), folded)
    found += [(match.group(1), *match.span(1)) for match in _HOST.finditer(rest)]
    return sorted(found, key=lambda one: one[1])
