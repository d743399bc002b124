"""What a mailbox's own servers found about a sender: which fields they wrote, and what those say together."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tickets.rules.email import domains
from tickets.rules.email.results import Result, Results, read_results

_BY = re.compile(r"\bby\s+\[?([\w.:-]{1,255})", re.I)
_FROM = re.compile(r"^\s*from\s+\[?([\w.:-]{1,255})", re.I)
_INNER = re.compile(r"localhost|127\.[\d.]+|10\.[\d.]+|192\.168\.[\d.]+|(?:2002|fd[0-9a-f]{2}|::1)[0-9a-f:]*", re.I)
_WORST = ("fail", "permerror", "temperror", "policy", "softfail", "neutral", "none", "", "bestguesspass", "pass")
_FITS = ("other", "unknown", "aligned")
OTHER = "other"  # stands where fields of other kinds stood


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """A field of the letter's trace, in the order of the letter: the newest server's first."""

    name: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Trust:
    """Whose word counts for a mailbox. ``protected``: domains that nobody else may look like."""

    authserv_ids: tuple[str, ...] = ()
    is_m365: bool = False
    arc_sealers: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found about the sender's domain, by a trusted server or by ourselves; ``""``: nothing."""

    dkim: str = ""
    spf: str = ""
    dmarc: str = ""
    policy: str = ""
    arc: str = ""
    dkim_fit: str = ""  # the signature's domain and the sender's: aligned | unknown | other
    spf_fit: str = ""  # the envelope's
    by: str = ""
    text: str = ""

    @property
    def dkim_aligned(self) -> bool:
        return self.dkim == "pass" and self.dkim_fit == "aligned"

    @property
    def spf_aligned(self) -> bool:
        return self.spf == "pass" and self.spf_fit == "aligned"

    @property
    def backs_dmarc(self) -> bool:
        """Whether a passed DMARC follows from what else is said; a lone forged ``dmarc=pass`` does not."""
        passed = [fit for verdict, fit in ((self.dkim, self.dkim_fit), (self.spf, self.spf_fit)) if verdict == "pass"]
        return any(fit != "other" for fit in passed) or not (self.dkim or self.spf)


def trusted(stamps: Sequence[Stamp], *, address: str, trust: Trust) -> Found:
    """What the mailbox's own servers say; duplicates that contradict one another count as the worst of them."""
    domain = address.rpartition("@")[2]
    own = _own_fields(stamps, trust)
    if not own:
        return Found()
    parts = [_summary(results, domain) for results, _ in own]
    text = "\n".join(stamp.value for _, stamp in own)[:2000]
    found = _combined(parts, by=own[0][0].server or "microsoft365", text=text)
    sealed = _sealed(stamps, trust, domain) if found.arc == "pass" and trust.arc_sealers else None
    if sealed is not None and not found.dkim_aligned and found.dmarc != "pass":
        return sealed
    return found


def _own_fields(stamps: Sequence[Stamp], trust: Trust) -> list[tuple[Results, Stamp]]:
    """The fields our servers wrote, by their name: above the line of the handing in, or else right below it.

    A server writes at one of the two places. Where ours has written above, what stands below is the sender's.
    """
    above, below = _beyond_senders(stamps, trust)
    return _named_fields(above, trust) or _named_fields(below, trust)


def _named_fields(stamps: Sequence[Stamp], trust: Trust) -> list[tuple[Results, Stamp]]:
    found = []
    for stamp in stamps:
        if stamp.name == "authentication-results":
            results = read_results(stamp.value)
            if trust.is_m365 and not results.server:
                return [(results, stamp)]
            if any(_is_named(results.server, name.lower()) for name in trust.authserv_ids):
                found.append((results, stamp))
    return found


def _is_named(server: str, name: str) -> bool:
    """Whether a server bears a configured name; ``*.yandex.net`` stands for all servers below it."""
    return server == name or (name.startswith("*.") and server.endswith(name[1:]))


def _beyond_senders(stamps: Sequence[Stamp], trust: Trust) -> tuple[list[Stamp], list[Stamp]]:
    """The stamps a sender cannot have written: above the line with which our server took the letter from a stranger,
    and what directly follows that line; the next ``Received``, or the first field of another kind, is the sender's.

    Where none of our servers says that it took the letter, nothing is ours.
    """
    above: list[Stamp] = []
    below: list[Stamp] = []
    was_ours = was_handed_in = False
    for stamp in stamps:
        if was_handed_in and stamp.name in {OTHER, "received"}:
            break
        (below if was_handed_in else above).append(stamp)
        if stamp.name == "received":
            by, source = _BY.search(stamp.value), _FROM.search(stamp.value)
            if not _is_ours(by[1] if by else "", trust):
                break
            was_ours = was_ours or not _INNER.fullmatch(by[1] if by else "")
            was_handed_in = source is not None and not _is_ours(source[1], trust)
    return (above, below) if was_ours else ([], [])


def _is_ours(host: str, trust: Trust) -> bool:
    """Whether a host belongs to the mailbox's servers; an inner hop may name itself by an inner number only."""
    if _INNER.fullmatch(host):
        return True
    if trust.is_m365 and domains.organisation(host) in {"outlook.com", "office365.com", "microsoft.com"}:
        return True
    return any(domains.are_aligned(host, name.removeprefix("*.")) for name in trust.authserv_ids)


def _sealed(stamps: Sequence[Stamp], trust: Trust, domain: str) -> Found | None:
    """What the last forwarder had seen, if it is one whose word was configured to count."""
    seals = [stamp.value for stamp in stamps if stamp.name == "arc-seal"]
    seen = [stamp.value for stamp in stamps if stamp.name == "arc-authentication-results"]
    last = max((_instance(each) for each in seals), default=0)
    sealer = next((_tag(each, "d") for each in seals if _instance(each) == last), "")
    if not last or sealer.lower() not in {each.lower() for each in trust.arc_sealers}:
        return None
    said = [each for each in seen if _instance(each) == last]
    if len(said) != 1:
        return None
    results = read_results(said[0].partition(";")[2])
    return _combined([_summary(results, domain)], by=f"arc:{sealer.lower()}", text=said[0][:2000])


def _instance(value: str) -> int:
    number = _tag(value, "i")
    return int(number) if number.isdecimal() and len(number) < 4 else 0


def _tag(value: str, name: str) -> str:
    found = re.search(rf"(?:^|;)\s*{name}\s*=\s*([^;\s]+)", value)
    return found[1] if found else ""


def _summary(results: Results, domain: str) -> Found:
    """One field seen from the sender's domain."""
    by_method: dict[str, list[Result]] = {}
    for each in results.results:
        by_method.setdefault(each.method, []).append(each)
    signed = [(each.verdict, _fit(each, domain, "header.d", "header.i")) for each in by_method.get("dkim", ())]
    dkim, dkim_fit = max(signed, key=lambda one: (_rank(one[0]), _FITS.index(one[1])), default=("", ""))
    spf = _worst(by_method.get("spf", ()))
    dmarc = _worst(by_method.get("dmarc", ()))
    named = dmarc.value("header.from") if dmarc else ""
    is_other = bool(named) and named != domain.lower() and domains.ascii_domain(named) != domains.ascii_domain(domain)
    arc = _worst(by_method.get("arc", ()))
    return Found(
        dkim=dkim,
        dkim_fit=dkim_fit,
        spf=spf.verdict if spf else "",
        spf_fit=_fit(spf, domain, "smtp.mailfrom", "smtp.mail", "smtp.helo") if spf else "",
        dmarc="" if dmarc is None else ("permerror" if is_other and dmarc.verdict == "pass" else dmarc.verdict),
        policy=dmarc.policy if dmarc else "",
        arc=arc.verdict if arc else "",
    )


def _fit(result: Result, domain: str, *names: str) -> str:
    named = result.value(*names)
    return "unknown" if not named else ("aligned" if domains.are_aligned(named, domain) else "other")


def _worst(results: Sequence[Result]) -> Result | None:
    return min(results, key=lambda each: _rank(each.verdict), default=None)


def _rank(verdict: str) -> int:
    return _WORST.index(verdict) if verdict in _WORST else 0


def _loose(fit: str) -> int:
    return _FITS.index(fit) if fit else len(_FITS)


def _combined(parts: Sequence[Found], *, by: str, text: str) -> Found:
    """Several fields as one: of what is said twice the worse counts, of what is said once that."""

    def worse(name: str) -> str:
        return min((value for each in parts if (value := str(getattr(each, name)))), key=_rank, default="")

    policies = {each.policy for each in parts}
    return Found(
        dkim=worse("dkim"),
        spf=worse("spf"),
        dmarc=worse("dmarc"),
        arc=worse("arc"),
        policy=next((each for each in ("reject", "quarantine", "none") if each in policies), ""),
        dkim_fit=min((each.dkim_fit for each in parts), key=_loose, default=""),
        spf_fit=min((each.spf_fit for each in parts), key=_loose, default=""),
        by=by,
        text=text,
    )
