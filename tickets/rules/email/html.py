"""A letter's HTML: safe to show, its text, and the history in it marked to be folded. Never raises.

Nothing is fetched: a picture's address stands in ``data-remote`` or ``data-cid``, and what mail programs quote carries
``data-history``. The last word on what may stay has the sanitiser.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import islice

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from tickets.rules.email.reply import is_attribution, is_forwarded, is_header_block

SIZE = 2 * 1024 * 1024
DEPTH = 512  # parsers are quadratic in nesting
TAGS_READ = 15_000  # so that what hides its nesting from the look ahead costs a second at most
ENTITIES = 50_000  # the sanitiser is quadratic in those of one text
CANDIDATES = 200  # quotes looked at in one page
KEPT = 1024 * 1024  # characters

_TAG_NAMES = """
a abbr b blockquote br caption center cite code col colgroup dd del div dl dt em font h1 h2 h3 h4 h5 h6 hr i img ins
kbd li mark ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var address
article section header footer
"""
_BLOCK_NAMES = """
p div br tr li ul ol table blockquote h1 h2 h3 h4 h5 h6 pre hr dl dt dd address article section header footer center
"""
TAGS = set(_TAG_NAMES.split())
BLOCKS = set(_BLOCK_NAMES.split())
HISTORY, REMOTE, CID = "data-history", "data-remote", "data-cid"
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {REMOTE, CID, "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align"},
    "ol": {"start"},
    "blockquote": {"type"},
    "*": {"dir", "lang", HISTORY},
}
HIDDEN = {"script", "style", "title", "head", "iframe", "object", "embed", "noscript", "template", "svg", "math"}
QUOTES = (
    ".gmail_quote, blockquote[type=cite], .moz-cite-prefix, .yahoo_quoted, #OLK_SRC_BODY_SECTION, .protonmail_quote, "
    '.mail-quote-collapse, .gmail_quote_container, .yandex-quote, .zmail_extra, blockquote[style*="border-left"]'
)
QUOTES_TO_THE_END = '#divRplyFwdMsg, #appendonsend, div[style*="border-top"]'

_OPENED = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_SPACES = re.compile(r"[ \t\n\r\f]+")
_NEVER_NESTED = set(
    re.findall(r"\w+", "br hr img input meta link col area base wbr p li td th tr dt dd option thead tbody tfoot")
)


@dataclass(frozen=True, kw_only=True)
class Page:
    """The text of a page, its text without quoted history, and HTML that is safe to show."""

    text: str
    new_text: str
    safe: str


def is_monstrous(html: str) -> bool:
    """Too large, or nested too deep for the parsers: seen by one linear look, an open tag that never closes counts."""
    if len(html) > SIZE or html.count("<") > 200_000:
        return True
    if html.count("<") <= DEPTH:
        return False
    opened: Counter[str] = Counter()
    depth = tags = 0
    for found in _OPENED.finditer(html):
        name = found[2].lower()
        tags += not found[1]
        if name in _NEVER_NESTED or (found[1] and not opened[name]):
            continue
        step = -1 if found[1] else 1
        opened[name] += step
        depth += step
        if depth > DEPTH or tags > TAGS_READ:
            return True
    return tags > TAGS_READ


def stripped_of_tags(html: str) -> str:
    """The text of a page that no parser should see."""
    return unescape(re.sub(r"<[^<>]{0,2000}>", " ", html[:SIZE]))


def read_page(html: str) -> Page:
    """Read one page; where all of it is history, the history is what is new."""
    tree = LexborHTMLParser(html)
    _hide_pictures(tree)
    history = _mark_history(tree)
    text = _text(tree)
    new_text = _text(tree, frozenset(node.mem_id for node in history)) if history else text
    if history and not new_text.strip():
        new_text = text
        for node in history:
            del node.attrs[HISTORY]
    shown = tree.html or ""
    return Page(text=text, new_text=new_text, safe=sanitised(shown) if shown.count("&") <= ENTITIES else "")


def sanitised(html: str) -> str:
    """HTML by allow-list: no scripts, styles, forms or frames; links that tell nobody where they came from."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        clean_content_tags=HIDDEN,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        strip_comments=True,
    )[:KEPT]


def _hide_pictures(tree: LexborHTMLParser) -> None:
    """No picture is fetched by being shown: its address waits beside it."""
    for picture in tree.css("img"):
        source = (picture.attributes.get("src") or "").strip()
        for name in set(picture.attributes) & {"src", REMOTE, CID}:
            del picture.attrs[name]
        if source[:4].lower() == "cid:":
            picture.attrs[CID] = source[4:]
        elif source.startswith("//"):
            picture.attrs[REMOTE] = f"https:{source}"
        elif source[:8].lower().startswith(("http://", "https://")):
            picture.attrs[REMOTE] = source


def _mark_history(tree: LexborHTMLParser) -> list[LexborNode]:
    """Mark what mail programs quote, the outermost of it, and only where nothing was written between."""
    for forged in tree.css(f"[{HISTORY}]"):
        del forged.attrs[HISTORY]
    marked: dict[int, LexborNode] = {}
    for node in tree.css(QUOTES_TO_THE_END)[:CANDIDATES]:
        if not _is_within(node, marked) and _opens_history(node):
            _mark(marked, _to_the_end(node))
    for node in tree.css(QUOTES)[:CANDIDATES]:
        if not _is_within(node, marked) and _comes_last(node) and not _is_answered(node) and not _is_passed_on(node):
            _mark(marked, [node])
    for node in tree.css("blockquote")[:CANDIDATES]:
        before = _written_before(node)
        if before is not None and not _is_within(node, marked) and _comes_last(node):
            _mark(marked, [before, node])
    return list(marked.values())


def _mark(marked: dict[int, LexborNode], nodes: list[LexborNode]) -> None:
    for node in nodes:
        node.attrs[HISTORY] = ""
        marked[node.mem_id] = node


def _opens_history(node: LexborNode) -> bool:
    """Outlook's block of From, Sent, To and Subject; its line above alone says nothing."""
    return node.id in {"divRplyFwdMsg", "appendonsend"} or is_header_block(_text_of(node, limit=2000).strip())


def _to_the_end(node: LexborNode) -> list[LexborNode]:
    """The node and all that follows it, one level up where it stands alone."""
    while node.parent is not None and node.parent.tag == "div" and node.prev is None and not any(_said_after(node)):
        node = node.parent
    return [node, *(each for each in _after(node) if each.is_element_node)]


def _after(node: LexborNode) -> Iterator[LexborNode]:
    sibling = node.next
    while sibling is not None:
        yield sibling
        sibling = sibling.next


def _said_after(node: LexborNode) -> Iterator[LexborNode]:
    """What stands after a node and says something, as far as one looks."""
    return (each for each in islice(_after(node), CANDIDATES) if _text_of(each, limit=200).strip())


def _is_within(node: LexborNode, marked: dict[int, LexborNode]) -> bool:
    above: LexborNode | None = node if marked else None
    while above is not None:
        if above.mem_id in marked:
            return True
        above = above.parent
    return False


def _comes_last(node: LexborNode) -> bool:
    """Whether nothing was written below the quote: an answer between quotes must keep what it answers."""
    return not any(not (each.is_element_node and each.css_matches(QUOTES)) for each in _said_after(node))


def _is_answered(node: LexborNode) -> bool:
    """Whether something was written below the first quote within: an answer between the lines."""
    inner = next((each for each in node.iter() if each.tag == "blockquote"), None)
    return node.tag != "blockquote" and inner is not None and not _comes_last(inner)


def _is_passed_on(node: LexborNode) -> bool:
    return is_forwarded(_text_of(node, limit=300).strip().split("\n")[0])


def _written_before(node: LexborNode) -> LexborNode | None:
    """The element that says who wrote the quote below it."""
    before = node.prev
    while before is not None and not _text_of(before, limit=200).strip():
        before = before.prev
    if before is None or not before.is_element_node or before.tag not in BLOCKS:
        return None
    said = _text_of(before, limit=500).strip()
    return before if len(said) < 400 and "\n" not in said and is_attribution(said) else None


def _text(tree: LexborHTMLParser, without: frozenset[int] = frozenset()) -> str:
    body = tree.body or tree.root
    return _text_of(body, without) if body is not None else ""


def _text_of(top: LexborNode, without: frozenset[int] = frozenset(), limit: int = SIZE) -> str:
    """The text of a node with its lines; hidden elements, and those ``without``, are stepped over with all in them."""
    out: list[str] = []
    size, resumes = 0, 0  # resumes: the node at which reading goes on after one that is stepped over
    for node in top.traverse(include_text=True):
        if resumes and node.mem_id != resumes:
            continue
        resumes = 0
        tag = node.tag
        if tag == "-text":
            value = node.text_content or ""
            inside_pre = node.parent is not None and node.parent.tag == "pre"
            out.append(value if inside_pre else _SPACES.sub(" ", value))
            size += len(value)
        elif tag in HIDDEN or (without and node.mem_id in without):
            resumes = _next_beyond(node, top)
        elif tag in BLOCKS:
            out.append("\n\n" if tag == "p" else "\n")
        elif tag in {"td", "th"}:
            out.append(" ")
        if size > limit or resumes < 0:
            break
    return "".join(out)


def _next_beyond(node: LexborNode, top: LexborNode) -> int:
    """The node that follows one and all within it; -1 at the end."""
    above: LexborNode | None = node
    while above is not None and above.mem_id != top.mem_id:
        if above.next is not None:
            return above.next.mem_id
        above = above.parent
    return -1
