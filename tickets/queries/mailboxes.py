"""Reads for mailboxes and the journal: what is known of a folder, and how many letters are in which state."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from tickets.mailboxes.errors import MailboxUnusable
from tickets.mailboxes.raw import raw_letter
from tickets.models import InboundLetter, JournalGap, LetterSource, Mailbox
from tickets.rules.email import VERSION
from tickets.rules.email.auth import facts_of
from tickets.rules.email.proposal import Proposal, proposed_server
from tickets.rules.email.servers import Stamp
from tickets.rules.email.tree import headers_only

AT_ONCE = 1000
RECENT, SMALL, GLANCED_AT = 20, 1024 * 1024, 16 * 1024  # letters, their bytes, and those of them that are looked at
State = InboundLetter.State
UNDER_WAY = (State.STORED, State.PARSING, State.PARSED)


@dataclass(frozen=True)
class Counts:
    """The letters of a mailbox: every one that came is in exactly one of the others."""

    came: int = 0
    under_way: int = 0
    applied: int = 0
    duplicate: int = 0
    ignored: int = 0
    held: int = 0
    quarantined: int = 0
    reviews: int = 0

    @property
    def adds_up(self) -> bool:
        return self.came == self.under_way + self.settled

    @property
    def settled(self) -> int:
        return self.applied + self.duplicate + self.ignored + self.held + self.quarantined + self.reviews


def counts_by_mailbox() -> dict[int, Counts]:
    """For each mailbox that ever got a letter. What is too large stands in a ticket too, with its raw letter."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = InboundLetter.objects.values_list("mailbox", "state").annotate(n=Count("pk")).order_by()
    for mailbox, state, n in rows:
        found[mailbox][state] = n
    return {mailbox: _counts(states) for mailbox, states in found.items()}


def _counts(states: dict[str, int]) -> Counts:
    return Counts(
        came=sum(states.values()),
        under_way=sum(states.get(state, 0) for state in UNDER_WAY),
        applied=states.get(State.APPLIED, 0) + states.get(State.OVERSIZE, 0),
        duplicate=states.get(State.DUPLICATE, 0),
        ignored=states.get(State.IGNORED, 0),
        held=states.get(State.HELD, 0),
        quarantined=states.get(State.QUARANTINED, 0),
        reviews=states.get(State.REVIEW, 0),
    )


def quarantined_by_older_reader(version: int) -> QuerySet[InboundLetter]:
    """What an earlier reader gave up, oldest first."""
    return InboundLetter.objects.filter(state=State.QUARANTINED, parser_version__lt=version).order_by("pk")


def known_source_keys(mailbox: Mailbox, keys: Sequence[str]) -> set[str]:
    """Those of the names under which some letter of this mailbox was seen."""
    known: set[str] = set()
    for start in range(0, len(keys), AT_ONCE):
        named = {"mailbox": mailbox, "source_key__in": keys[start : start + AT_ONCE]}
        known |= set(InboundLetter.objects.filter(**named).values_list("source_key", flat=True))
        known |= set(LetterSource.objects.filter(**named).values_list("source_key", flat=True))
    return known


def fetched_mailboxes() -> list[Mailbox]:
    """The mailboxes that the desk itself looks into."""
    fetched = Mailbox.objects.filter(kind=Mailbox.Kind.IMAP).exclude(state=Mailbox.State.DISABLED)
    return list(fetched.order_by("pk"))


def mailbox_at(address: str) -> Mailbox | None:
    """The mailbox of that address, however it is written."""
    return Mailbox.objects.filter(address__iexact=address).first()


def letters_to_read_again(*, numbers: Sequence[int], state: str, is_everything: bool) -> QuerySet[InboundLetter]:
    """The letters of those numbers and that state; of an older reader only, unless everything is wanted."""
    letters = InboundLetter.objects.order_by("pk")
    if numbers:
        letters = letters.filter(pk__in=numbers)
    if state:
        letters = letters.filter(state=state)
    return letters if is_everything else letters.filter(parser_version__lt=VERSION)


def contents_of_folder(prefix: str, before: datetime | None = None) -> set[str]:
    """The contents that begin so, of all letters or of those that came before."""
    letters = InboundLetter.objects.filter(sha256__startswith=prefix)
    if before is not None:
        old = letters.filter(received_at__lt=before)
        return set(old.values_list("sha256", flat=True))
    return set(letters.values_list("sha256", flat=True))


def fetched_or_handed_in() -> list[Mailbox]:
    """All mailboxes, also those that are paused: a letter that came before still has to be put somewhere."""
    return list(Mailbox.objects.order_by("pk"))


def journal_gaps() -> int:
    """Files without rows, rows without files, and letters that say they are settled and stand nowhere."""
    shown = Q(state__in=[State.APPLIED, State.OVERSIZE], entry=None) | Q(state=State.QUARANTINED, ticket=None)
    return JournalGap.objects.count() + InboundLetter.objects.filter(shown).count()


def server_to_trust(mailbox: Mailbox) -> Proposal | None:
    """The server that checked the senders of its recent letters, while nobody is believed about them."""
    if mailbox.authserv_ids or mailbox.is_m365:
        return None
    recent = InboundLetter.objects.filter(mailbox=mailbox, size__lte=SMALL).order_by("-pk")
    return proposed_server([_trace(sha256) for sha256 in recent.values_list("sha256", flat=True)[:RECENT]])


def _trace(sha256: str) -> tuple[Stamp, ...]:
    try:
        return facts_of(headers_only(raw_letter(sha256)[:GLANCED_AT])).stamps
    except (MailboxUnusable, OSError):
        return ()


def hook_mailbox(pk: int) -> Mailbox | None:
    """The mailbox whose letters a provider's webhook brings."""
    return Mailbox.objects.filter(pk=pk, kind__startswith="hook:").first()


def door_mailboxes() -> list[Mailbox]:
    """The mailboxes whose letters are handed in at our own SMTP door."""
    return list(Mailbox.objects.filter(kind=Mailbox.Kind.SMTP).order_by("pk"))
