"""Domains of senders: what is written correctly, who belongs together, and what imitates what."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

from publicsuffixlist import PublicSuffixList

# Suffixes under which strangers live side by side and which the public suffix list does not name.
_SUFFIXES = {"narod.ru", "ucoz.ru", "onmicrosoft.com", "amazonaws.com"}
KNOWN = (
    *("gmail.com", "mail.ru", "yandex.ru", "ya.ru", "bk.ru", "list.ru", "inbox.ru", "rambler.ru", "outlook.com"),
    *("hotmail.com", "icloud.com", "yahoo.com", "gosuslugi.ru", "sberbank.ru", "cbr.ru"),
)
KEPT = 4096  # names whose forms are remembered: the same senders write, and imitation is judged by all of KNOWN

# Letters of other alphabets, and digits, that look like Latin ones: each pair is the twin and the letter.
_TWINS = {
    twin: letter
    for letter, twins in (
        *(("a", "аαᴀ"), ("b", "вьß"), ("c", "сᴄ"), ("d", "ԁ"), ("e", "еε"), ("g", "ԍɡ"), ("h", "һнհ"), ("i", "іιıɩ")),
        *(("j", "ј"), ("k", "кκ"), ("l", "ӏⅼ1|"), ("m", "м"), ("n", "п"), ("o", "оοօᴏ0"), ("p", "рρ"), ("q", "ԛզ")),
        *(("r", "гʀ"), ("s", "ѕ"), ("t", "тτ"), ("u", "սυ"), ("v", "ν"), ("w", "ԝ"), ("x", "хχ"), ("y", "уγ")),
    )
    for twin in twins
}
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))


@lru_cache(maxsize=KEPT)
def ascii_domain(domain: str) -> str:
    """The domain in lower case and punycode; empty when it is no valid name."""
    name = domain.strip().rstrip(".").lower()
    labels = [_label(each) for each in name.split(".")]
    if len(labels) < 2 or not all(labels) or len(".".join(labels)) > 253:
        return ""
    return ".".join(labels)


def ascii_address(address: str) -> str:
    """The address as every mail server takes it; raises ValueError where there is no such form."""
    local, _, domain = address.strip().rpartition("@")
    plain = ascii_domain(domain)
    if not local or not local.isascii() or not plain:
        raise ValueError("the address cannot be written to")
    return f"{local}@{domain if domain.isascii() else plain}"


def _label(label: str) -> str:
    try:
        if label.isascii():
            if label.startswith("xn--"):
                shown = label[4:].encode().decode("punycode")
                is_one = not shown.isascii() and f"xn--{_prepared(shown).encode('punycode').decode()}" == label
                return label if is_one else ""
            return label if re.fullmatch(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", label) else ""
        encoded = f"xn--{_prepared(label).encode('punycode').decode()}"
    except (UnicodeError, ValueError, IndexError, OverflowError):
        return ""
    return encoded if len(encoded) <= 63 else ""


def _prepared(label: str) -> str:
    """The label as it may be registered: composed, small letters, digits and hyphens only."""
    shown = unicodedata.normalize("NFKC", label).lower()
    kinds = {unicodedata.category(char) for char in shown}
    if not kinds <= {"Ll", "Lo", "Lm", "Nd", "Mn", "Mc", "Pd"} or shown[0] == "-" or shown[-1] == "-":
        raise ValueError
    return shown


@lru_cache(maxsize=KEPT)
def shown_domain(domain: str) -> str:
    """The domain as a person sees it; what cannot be decoded stays as it is."""
    labels = []
    for label in domain.lower().split("."):
        try:
            labels.append(label[4:].encode().decode("punycode") if label.startswith("xn--") else label)
        except (UnicodeError, ValueError, IndexError, OverflowError):
            labels.append(label)
    return ".".join(labels)


@lru_cache(maxsize=KEPT)
def organisation(domain: str) -> str:
    """The part of a domain that somebody registered: ``mail.lender.co.uk`` belongs to ``lender.co.uk``.

    A public suffix itself belongs to nobody else: it is its own.
    """
    name = ascii_domain(domain) or domain.lower().strip(".")
    labels = name.split(".")
    if ".".join(labels[-2:]) in _SUFFIXES:
        return ".".join(labels[-3:])
    return _suffixes().privatesuffix(name) or name


@cache
def _suffixes() -> PublicSuffixList:
    """The public suffix list of the installed wheel: read once, 50 ms, and never fetched."""
    return PublicSuffixList()


def are_aligned(one: str, other: str) -> bool:
    """Whether both belong to the same organisation (the relaxed alignment of DMARC)."""
    left, right = ascii_domain(one), ascii_domain(other)
    return bool(left and right) and organisation(left) == organisation(right)


def imitates(domain: str, protected: Iterable[str] = ()) -> bool:
    """Whether the domain is made to be taken for another: mixed alphabets, or the look of a domain people trust."""
    shown = shown_domain(ascii_domain(domain) or domain)
    if any(_is_mixed(label) for label in shown.split(".")):
        return True
    own = shown_domain(organisation(shown))
    for each in (*KNOWN, *protected):
        real = organisation(shown_domain(each))
        if real and organisation(ascii_domain(shown)) != organisation(each) and skeleton(own) == skeleton(real):
            return True
    return not own.isascii() and own.rpartition(".")[2].isascii() and skeleton(own.rpartition(".")[0]).isascii()


@lru_cache(maxsize=KEPT)
def skeleton(text: str) -> str:
    """What the eye reads: every letter as the Latin one it looks like."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(char))
    plain = "".join(_TWINS.get(char, char) for char in plain)
    for pair, letter in _PAIRS:
        plain = plain.replace(pair, letter)
    return plain


def _is_mixed(label: str) -> bool:
    alphabets = {unicodedata.name(char, "?").split()[0] for char in label if char.isalpha()}
    return len(alphabets) > 1 and not alphabets <= {"CJK", "HIRAGANA", "KATAKANA", "LATIN", "HANGUL"}
