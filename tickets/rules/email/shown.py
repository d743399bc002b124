"""The HTML of a letter for the eyes of staff: pictures from our own address only, links that say where they lead.

What comes in is sanitised already. Pure: the caller says which address of the desk stands for which picture.
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

PICTURES = 60  # shown of one letter
ADDRESS = 2000  # characters of a picture's address
REL = "noopener noreferrer nofollow"

AddressOf = Callable[[str, str], str]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """``remote`` counts the pictures that lie on foreign servers, shown or not."""

    html: str
    remote: int


def shown(html: str, *, address_of: AddressOf, with_remote: bool) -> Shown:
    """``address_of("cid" | "remote", value)`` is where the desk serves that picture; empty: not at all."""
    tree = LexborHTMLParser(html)
    body = tree.body
    if body is None:
        return Shown(html="", remote=0)
    remote = 0
    for number, picture in enumerate(tree.css("img")):
        kind, value = _source(picture)
        remote += kind == "remote"
        for name in set(picture.attributes) & {"src", "srcset", "data-remote", "data-cid"}:
            del picture.attrs[name]
        wanted = kind == "cid" or (kind == "remote" and with_remote)
        if wanted and number < PICTURES and (address := address_of(kind, value)):
            picture.attrs["src"] = address
        else:
            picture.attrs["class"] = "missing"
    for link in tree.css("a"):
        _say_where_it_leads(link)
    return Shown(html=body.inner_html or "", remote=remote)


def remote_pictures(html: str) -> int:
    """How many pictures lie on foreign servers."""
    return html.count("data-remote=") + html.count('src="https:') + html.count('src="http:')


def _source(picture: LexborNode) -> tuple[str, str]:
    """``("cid" | "remote" | "", value)`` of a picture, however the sanitiser wrote it down."""
    attributes = picture.attributes
    source = (attributes.get("src") or "").strip()
    if cid := (attributes.get("data-cid") or "").strip():
        return "cid", cid
    if source.lower().startswith("cid:"):
        return "cid", source[4:]
    address = (attributes.get("data-remote") or source).strip()
    scheme, _, rest = address.partition("://")
    if scheme.lower() in {"https", "http"} and rest and len(address) <= ADDRESS:
        return "remote", f"https://{rest}"  # what was to come in clear comes sealed, or not at all
    return "", ""


def _say_where_it_leads(link: LexborNode) -> None:
    """The real host stands behind a link unless its text is that very host."""
    href = (link.attributes.get("href") or "").strip()
    host = host_of(href)
    link.attrs["rel"], link.attrs["target"] = REL, "_blank"
    if not host and not href.lower().startswith(("mailto:", "tel:")):
        if "href" in link.attributes:
            del link.attrs["href"]
        return
    if host and host_of(_told(link)) != host:
        link.insert_after(f" [{host}]")


def _told(link: LexborNode) -> str:
    """What the text of a link claims to be an address."""
    text = (link.text(deep=True) or "").strip().lower()
    return text if "://" in text else f"https://{text}" if "." in text and " " not in text else ""


def host_of(address: str) -> str:
    """The host a browser would go to, as it is asked for: foreign letters stay readable as ``xn--``."""
    try:
        parts = urlsplit(address.strip())
        host = (parts.hostname or "") if parts.scheme.lower() in {"http", "https"} else ""
        return host.encode("idna").decode() if host and not host.isascii() else host
    except (ValueError, UnicodeError):
        return "?"
