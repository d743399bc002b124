"""A browser that stops nothing and sees everything: scripts that ran, requests that left, policies broken."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, Frame, Page, Route

PATIENCE = 60_000  # milliseconds: nothing here is about speed
POLICY = "content-security-policy"
PAGES = re.compile(r"^http://127\.0\.0\.1(:\d+)?/(?!static|api|ws|loader|support-token)")
HOOK = """
for (const name of ['alert', 'confirm', 'prompt']) window[name] = () => { window.xss(name); };
document.addEventListener('securitypolicyviolation', ({effectiveDirective, blockedURI, sourceFile, lineNumber}) => {
  window.broken(`${effectiveDirective} ${blockedURI} ${sourceFile}:${lineNumber}`); });
"""
SHOWN = """([selector, texts]) => {
  const plain = (text) => text.replace(/\\r\\n?/g, '\\n'), seen = [];
  for (const root of document.querySelectorAll(selector)) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
      (/^(SCRIPT|STYLE|TEMPLATE|SUP)$/.test(node.nodeName) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT));
    while (walker.nextNode()) seen.push(walker.currentNode.data ?? walker.currentNode.value ?? '');
    seen.push('\\u0000');
  }
  const all = plain(seen.join(''));
  return texts.filter((text) => !all.includes(plain(text)));
}"""
LOADED = """node => { const state = node?.state; if (!state?.loaded) return false;
  if (state.hasOlder) node.scroller.scrollTop = 0; return !state.hasOlder; }"""


@dataclass
class Row:
    """One place on one page: how many texts stood there, and what happened meanwhile."""

    where: str
    what: str
    texts: int = 0
    lost: list[str] = field(default_factory=list)
    ran: int = 0
    broken: int = 0


class Watch:
    """What happens in the pages of these contexts."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.broken: list[str] = []
        self.rows: dict[tuple[str, str], Row] = {}

    def follow(self, context: BrowserContext) -> None:
        """From now on its documents only report what their policy would have stopped."""
        context.set_default_timeout(PATIENCE)
        context.grant_permissions(["local-network-access"])  # a page that comes through our hands is from nowhere
        context.expose_binding("xss", lambda source, *said: self.ran.append(f"{source['frame'].url} {said}"))
        context.expose_binding("broken", lambda _, said: self.broken.append(said))
        context.add_init_script(HOOK)
        context.on("request", lambda request: self.ran.append(request.url) if is_canary(request.url) else None)
        context.on("dialog", lambda dialog: (self.ran.append(dialog.message), dialog.dismiss()))
        context.route(PAGES, self._report_only)

    def _report_only(self, route: Route) -> None:
        if route.request.resource_type != "document" or route.request.method != "GET":
            route.fallback()
            return
        answer = route.fetch(max_redirects=0)
        headers = dict(answer.headers)
        if POLICY in headers:
            headers[f"{POLICY}-report-only"] = f"{headers.pop(POLICY)}; report-uri /seen-by-the-test"
        for name in ("content-encoding", "content-length", "transfer-encoding"):
            headers.pop(name, None)
        route.fulfill(response=answer, headers=headers)

    @contextmanager
    def at(self, where: str, what: str) -> Iterator[Row]:
        """Whatever happens within is counted for this place."""
        row = self.rows.setdefault((where, what), Row(where, what))
        ran, broken = len(self.ran), len(self.broken)
        yield row
        row.ran += len(self.ran) - ran
        row.broken += len(self.broken) - broken

    def sees(self, page: Page | Frame, where: str, what: str, texts: Iterable[str], within: str = "body") -> None:
        """These texts stand on the page exactly as they were typed."""
        with self.at(where, what) as row:
            wanted = list(texts)
            row.texts += len(wanted)
            row.lost += page.evaluate(SHOWN, [within, wanted])

    def table(self) -> str:
        lines = ["| page | place | texts | shown as typed | scripts run | policy broken |", "|---|---|--:|--:|--:|--:|"]
        for row in self.rows.values():
            shown = row.texts - len(row.lost)
            lines.append(f"| {row.where} | {row.what} | {row.texts} | {shown} | {row.ran} | {row.broken} |")
        texts, lost = sum(row.texts for row in self.rows.values()), sum(len(row.lost) for row in self.rows.values())
        lines.append(f"| all | | {texts} | {texts - lost} | {len(self.ran)} | {len(self.broken)} |")
        return "\n".join(lines)


def is_canary(address: str) -> bool:
    return re.match(r"^(?:https?:)?//[^/]*(?:xss|evil)\.invalid", address) is not None


def whole_log(page: Page | Frame, selector: str = "support-conversation") -> Any:
    """Wait until the transcript holds everything from its first entry."""
    page.wait_for_function(f"() => {{ const node = document.querySelector('{selector}'); return ({LOADED})(node); }}")
    page.wait_for_timeout(150)  # the last page is drawn
    return page.locator(selector)
