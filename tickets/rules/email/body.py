"""Bodies: text and HTML of a letter, sanitised; HTML to text that people can read. Never raises."""

import re
from dataclasses import dataclass

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from tickets.rules.email.charset import codec_of, decode
from tickets.rules.email.headers import parameters
from tickets.rules.email.tree import Part

HTML_SIZE = 2 * 1024 * 1024
HTML_DEPTH = 512
TEXT_KEPT = 1024 * 1024  # characters

_TAG_NAMES = """
a abbr b blockquote br caption center cite code col colgroup dd del div dl dt em font h1 h2 h3 h4 h5 h6 hr i img ins
kbd li mark ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var address
article section header footer
"""
_BLOCK_NAMES = """
p div br tr li ul ol table blockquote h1 h2 h3 h4 h5 h6 pre hr dl dt dd address article section header footer center
"""
TAGS = set(re.findall(r"\w+", _TAG_NAMES))
BLOCKS = set(re.findall(r"\w+", _BLOCK_NAMES))
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align"},
    "ol": {"start"},
    "blockquote": {"type"},
    "*": {"dir", "lang"},
}
QUOTES = (
    ".gmail_quote, .gmail_extra, blockquote[type=cite], .moz-cite-prefix, .yahoo_quoted, #OLK_SRC_BODY_SECTION, "
    ".mail-quote-collapse, .gmail_quote_container, .yandex-quote"
)
QUOTES_WITH_SIBLINGS = "#divRplyFwdMsg, #appendonsend"

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
_VOID = {"br", "hr", "img", "input", "meta", "link", "col", "area", "base", "wbr"}


@dataclass(frozen=True, kw_only=True)
class Body:
    """What was written: as text, the text of HTML without its quoted history, and HTML safe to show."""

    text: str
    new_text: str
    html: str
    problems: tuple[str, ...] = ()


def text_of_part(part: Part) -> str:
    """The text of a text part in its charset, an HTML part's own ``<meta charset>`` as the last word."""
    charset = parameters(part.header("content-type")).get("charset", "")
    if part.content_type == "text/html" and not codec_of(charset):
        found = re.search(rb"charset\s*=\s*[\"']?([\w-]{1,40})", part.body[:2000], re.I)
        charset = found[1].decode("ascii") if found else charset
    text = decode(part.body, charset)[:HTML_SIZE]
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")


def read_body(parts: list[Part]) -> Body:
    """Put the inline texts of a letter together; of alternatives the HTML is shown and the plain text is the text."""
    plains = [text_of_part(part) for part in parts if part.content_type != "text/html"]
    htmls = [text_of_part(part) for part in parts if part.content_type == "text/html"]
    plain = "\n\n".join(text.strip("\n") for text in plains if text.strip())
    if not any(html.strip() for html in htmls):
        return Body(text=tidy(plain), new_text=tidy(plain), html="")
    html = "<br>".join(htmls)
    if is_monstrous(html):
        text = tidy(plain) or tidy(stripped_of_tags(html))
        return Body(text=text, new_text=text, html="", problems=("html",))
    whole, new = text_of_html(html), text_of_html(html, cut_quotes=True)
    beside = plain and not _is_alternative(parts)
    text = tidy(f"{plain}\n\n{whole}") if beside else tidy(plain) or whole
    new_text = tidy(f"{plain}\n\n{new}") if beside else new or tidy(plain)
    return Body(text=text, new_text=new_text, html=sanitised(html))


def _is_alternative(parts: list[Part]) -> bool:
    return any("multipart/alternative" in part.parents for part in parts if part.content_type == "text/html")


def is_monstrous(html: str) -> bool:
    """Too large, or nested too deep for parsers that are quadratic in nesting: seen by one linear scan."""
    if len(html) > HTML_SIZE:
        return True
    depth = deepest = 0
    for found in _TAG.finditer(html):
        if found[2].lower() not in _VOID:
            depth = max(0, depth - 1) if found[1] else depth + 1
            deepest = max(deepest, depth)
    return deepest > HTML_DEPTH or html.count("<") > 100_000


def sanitised(html: str) -> str:
    """HTML by allow-list: no scripts, styles, forms or frames; links that tell nobody where they came from."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        clean_content_tags={"script", "style", "title", "head", "iframe", "object", "embed", "noscript", "template"},
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )[:TEXT_KEPT]


def stripped_of_tags(html: str) -> str:
    return re.sub(r"<[^<>]{0,2000}>", " ", html[:HTML_SIZE])


def text_of_html(html: str, cut_quotes: bool = False) -> str:
    """HTML as text with its lines; with ``cut_quotes`` without what mail programs mark as quoted history."""
    tree = LexborHTMLParser(html)
    for node in tree.css("script, style, head, title, noscript, template, object, iframe"):
        node.decompose()
    if cut_quotes:
        _cut_quotes(tree)
    body = tree.body or tree.root
    return tidy(_text(body)) if body is not None else ""


def _cut_quotes(tree: LexborHTMLParser) -> None:
    for node in tree.css(QUOTES_WITH_SIBLINGS):
        sibling = node.next
        while sibling is not None:
            following = sibling.next
            sibling.decompose()
            sibling = following
        node.decompose()
    for node in tree.css(QUOTES):
        if _comes_last(node):
            node.decompose()


def _comes_last(node: LexborNode) -> bool:
    """Whether nothing was written below the quote: an answer between quotes must keep what it answers."""
    sibling = node.next
    while sibling is not None:
        if (sibling.text(deep=True) or "").strip() and not sibling.css_matches(QUOTES):
            return False
        sibling = sibling.next
    return True


def _text(body: LexborNode) -> str:
    out: list[str] = []
    for node in body.traverse(include_text=True):
        tag = node.tag
        if tag == "-text":
            value = node.text_content or ""
            inside_pre = node.parent is not None and node.parent.tag == "pre"
            out.append(value if inside_pre else re.sub(r"[ \t\n\r\f]+", " ", value))
        elif tag in BLOCKS:
            out.append("\n\n" if tag == "p" else "\n")
        elif tag in {"td", "th"}:
            out.append(" ")
    return "".join(out)


def tidy(text: str) -> str:
    """Trim line ends and runs of empty lines; keep what people wrote."""
    text = text.replace("\u00a0", " ").replace("\0", "")[:TEXT_KEPT]
    text = "\n".join(line.rstrip(" \t") for line in text.split("\n"))
    text = re.sub(r"\n +(?=\S)", "\n", text) if "\n " in text and "\n  " not in text else text
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n").rstrip()
