"""Who may have written a letter, how far that is proved, and what may therefore be said."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.db.models import Q
from django.utils import timezone

from chat.models import AuthorKind, Channel, Conversation, Entry, EntryKind
from identity.models import AuditEntry, Borrower, User
from identity.rules import verification as rules
from identity.rules.pii import MASKED_CARD, MASKED_PASSPORT, mask_phone
from identity.rules.verification import Proof, Standing
from tickets.errors import NotVisible
from tickets.models import IdentityDecision, InboundLetter, Ticket, UploadLink, Verification
from tickets.queries.calls import claims_of

TICKET_CHECKS, TICKET_TIME = 6, timedelta(days=1)  # questions to the lender about one letter
AGENT_CHECKS, AGENT_TIME = 40, timedelta(hours=1)  # questions by one agent
UPLOAD_SALT = "document-upload"  # of the signature in the address of an upload link
CANDIDATES = 6
LETTERS_READ = 5
PROVED_SENDER = {"E2", "E3", "P"}
ORDER = ("loan", "address", "phone", "name", "surname", "search")  # reasons, the most telling first


@dataclass(frozen=True)
class Candidate:
    """A borrower who may have written the letter, and why we think so. Never more than their name and city."""

    borrower: Borrower
    reasons: list[str]
    phone: str
    is_in_chat: bool


@dataclass(frozen=True)
class Signs:
    """What a letter says of its writer."""

    address: str
    names: list[list[str]] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    loans: list[str] = field(default_factory=list)


def level_of(ticket: Ticket) -> int:
    """0 unknown, 1 probable by the sender's domain, 2 verified in this ticket, 3 signed in."""
    if ticket.channel == Channel.CHAT:
        return 3
    decision = decision_of(ticket)
    if decision is not None:
        return decision.level
    return 1 if auth_level_of(ticket) in PROVED_SENDER else 0


def decision_of(ticket: Ticket) -> IdentityDecision | None:
    """The decision that stands now."""
    return ticket.identity_decisions.filter(until=None).select_related("by", "borrower").first()


def auth_level_of(ticket: Ticket) -> str:
    """What the mail server proved of the newest letter's sender; E0 while there is no letter."""
    letters = InboundLetter.objects.filter(ticket=ticket).exclude(state=InboundLetter.State.DUPLICATE)
    ours = [letter for letter in letters.order_by("-pk")[:LETTERS_READ] if not letter.parsed.get("is_stranger")]
    return ours[0].auth_level if ours else "E0"


def signs_of(ticket: Ticket) -> Signs:
    """Names, phones and loan numbers that the correspondent's own messages mention, and the number they rang from."""
    conversation = ticket.conversation
    said = Entry.objects.filter(
        conversation=conversation, kind=EntryKind.MESSAGE, author_kind=AuthorKind.CORRESPONDENT
    ).order_by("-seq")[:LETTERS_READ]
    text = "\n".join([*(entry.body for entry in said), conversation.subject])
    own = rules.name_words(conversation.correspondent_name)
    rang_from = claims_of(ticket).number[-10:]
    return Signs(
        address=conversation.correspondent_address,
        names=[*([own] if len(own) > 1 else []), *rules.names_in(text)],
        phones=[*([rang_from] if len(rang_from) == 10 else []), *rules.phones_in(text)],
        loans=rules.loans_in(text),
    )


def candidates_of(ticket: Ticket, *, query: str = "") -> list[Candidate]:
    """Borrowers by address, phone and name of the letter, or by what the agent looks for; the likeliest first."""
    signs, claimed = signs_of(ticket), claims_of(ticket).borrower
    wanted = Q(pk__in=[claimed] if claimed else [])
    if signs.address:
        wanted |= Q(email__iexact=signs.address)
    for phone in signs.phones:
        wanted |= Q(phone__endswith=phone)
    for words in signs.names:
        wanted |= _named(words)
    searched = _searched(query)
    if searched is not None:
        wanted |= searched
    found = list(Borrower.objects.filter(wanted).order_by("full_name")[: 10 * CANDIDATES])
    hits = set(Borrower.objects.filter(searched).values_list("pk", flat=True)[:CANDIDATES]) if searched else set()
    in_chat = _in_chat(found)
    known = [
        _candidate(each, signs, is_searched=each.pk in hits | {claimed}, is_in_chat=each.pk in in_chat)
        for each in found
    ]
    return sorted((each for each in known if each.reasons), key=_likelihood)[:CANDIDATES]


def people_like(query: str) -> list[Borrower]:
    """Whom somebody who rang or wrote on paper may be, by what a staff member types; nothing short finds anybody."""
    searched = _searched(query)
    return [] if searched is None else list(Borrower.objects.filter(searched).order_by("full_name")[:CANDIDATES])


def _named(words: list[str]) -> Q:
    """The two longest words of a name, in any order: a first name and a surname at least."""
    wanted = Q()
    for word in sorted(words, key=len, reverse=True)[:2]:
        wanted &= Q(full_name__iregex=word.replace("е", "[её]")) if word.isalpha() else Q(full_name__icontains=word)
    return wanted


def _searched(query: str) -> Q | None:
    """By whole address, by the end of a phone, by customer id, or by two words of a name; nothing shorter."""
    query = query.strip()
    digits = "".join(letter for letter in query if letter.isdigit())
    if "@" in query:
        return Q(email__iexact=query)
    if len(digits) >= 7:
        return Q(phone__endswith=digits[-10:]) | Q(customer_id__iexact=query)
    words = rules.name_words(query)
    if len(words) > 1 and all(word.isalpha() for word in words):
        return _named(words)
    return Q(customer_id__iexact=query) if len(query) > 3 else None


def _candidate(borrower: Borrower, signs: Signs, *, is_searched: bool, is_in_chat: bool) -> Candidate:
    own = set(rules.name_words(borrower.full_name))
    shared = max((len(own.intersection(words)) for words in signs.names), default=0)
    phone = "".join(letter for letter in borrower.phone if letter.isdigit())[-10:]
    reasons = {
        "address": bool(signs.address) and borrower.email.casefold() == signs.address.casefold(),
        "phone": bool(phone) and phone in signs.phones,
        "name": shared >= 3,
        "surname": shared == 2,
        "search": is_searched,
    }
    return Candidate(
        borrower=borrower,
        reasons=[reason for reason in ORDER if reasons.get(reason)],
        phone=mask_phone(borrower.phone) if borrower.phone else "",
        is_in_chat=is_in_chat,
    )


def _likelihood(candidate: Candidate) -> tuple[int, int, str]:
    first = min((ORDER.index(reason) for reason in candidate.reasons), default=len(ORDER))
    return -len(candidate.reasons), first, candidate.borrower.full_name


def _in_chat(borrowers: Iterable[Borrower]) -> set[UUID]:
    chats = Conversation.objects.filter(channel=Channel.CHAT, closed_at=None, borrower__in=list(borrowers))
    return {pk for pk in chats.values_list("borrower_id", flat=True) if pk is not None}


def standing_for(ticket: Ticket, borrower: Borrower) -> Standing:
    """What is proved of this borrower in this ticket: what was tried, and the address the letter came from."""
    tried = Verification.objects.filter(ticket=ticket, borrower=borrower).exclude(answered_at=None).order_by("pk")
    proofs = [Proof(each.method, each.verdicts) for each in tried]
    return rules.standing_of([Proof("address", {"address": address_verdict(ticket, borrower)}), *proofs])


def address_verdict(ticket: Ticket, borrower: Borrower) -> str:
    """Yes only when the sender is proved; ``same`` is an equal address that anybody may have written."""
    address = ticket.conversation.correspondent_address.casefold()
    if ticket.channel != Channel.EMAIL and not address:
        return "none"  # a call and a letter on paper have none that could be another
    if not address or borrower.email.casefold() != address:
        return rules.NO
    return rules.YES if auth_level_of(ticket) in PROVED_SENDER else "same"


def checks_of_ticket(ticket: Ticket) -> int:
    """How often the lender was asked about this letter lately."""
    asked = Verification.objects.filter(ticket=ticket, method=Verification.Method.FIELDS)
    return asked.filter(at__gt=timezone.now() - TICKET_TIME).count()


def checks_by(user: User) -> int:
    """How often this agent asked the lender lately."""
    asked = Verification.objects.filter(by=user, method=Verification.Method.FIELDS)
    return asked.filter(at__gt=timezone.now() - AGENT_TIME).count()


def documents_of(ticket: Ticket) -> list[UploadLink]:
    """Links that brought a photo, the newest first."""
    return list(ticket.upload_links.filter(file__isnull=False).select_related("file", "by").order_by("-used_at"))


def open_link_of(ticket: Ticket) -> UploadLink | None:
    return ticket.upload_links.open().order_by("-created_at").first()


def upload_link_by(signed: str) -> UploadLink | None:
    """The link of this address while it may bring a file; None when it is forged, used or has run out."""
    try:
        link_id = UUID(signing.Signer(salt=UPLOAD_SALT).unsign(signed))
    except (signing.BadSignature, ValueError):
        return None
    return UploadLink.objects.open().select_related("ticket__conversation").filter(pk=link_id).first()


def document_of(ticket: Ticket, file_id: UUID) -> UploadLink:
    """A photo that came for this ticket, while its bytes are here."""
    brought = UploadLink.objects.select_related("file", "ticket__conversation").filter(ticket=ticket, file=file_id)
    link = brought.filter(file__erased_at=None).first()
    if link is None:
        raise NotVisible
    return link


def was_seen_by(user: User, file_id: UUID) -> bool:
    """Whether this person has looked at this photo."""
    looks = AuditEntry.objects.filter(code="document.seen", user_id=user.pk)
    return looks.filter(object_kind="document", object_id=str(file_id)).exists()


def masked_in(ticket: Ticket) -> int:
    """How many letters of the ticket had numbers of documents that stand masked in the transcript."""
    letters = InboundLetter.objects.filter(ticket=ticket, entry__isnull=False)
    said = letters.values_list("entry__body", "entry__data__trimmed", "entry__data__subject")
    return sum(any(text and (MASKED_PASSPORT in text or MASKED_CARD.search(text)) for text in texts) for texts in said)


def tries_of(ticket: Ticket) -> list[Verification]:
    """Everything that was tried, for whoever judges the decision."""
    tries = Verification.objects.filter(ticket=ticket).select_related("by", "borrower")
    return list(tries.order_by("-pk")[:20])
