"""Where ``collectstatic`` puts the files that browsers get: without comments and blanks, joined, compressed.

The widget is on pages of the lender, so it goes further than the desk: its modules become one file and those that
come later, with short names, and its styles lose the rules that its page cannot use.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import rcssmin
import rjsmin
from django.conf import settings
from django.core.management import call_command
from django.template.loader import render_to_string
from whitenoise.storage import CompressedStaticFilesStorage

from supportdesk import bundling
from supportdesk.statics import DONE, earlier_releases, is_collected

STATIC = Path(settings.BASE_DIR) / "static"
MINIFY: dict[str, Callable[[str], str]] = {".css": rcssmin.cssmin, ".js": rjsmin.jsmin}

KEPT_RELEASES = 3  # besides the new one's: open pages, and nodes that have not been restarted yet


class LeanStorage(CompressedStaticFilesStorage):
    """Copies of our own scripts and styles lose what only we read; those of the widget are joined besides."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if dry_run:
            return
        for name in filter(is_ours, paths):
            self._minify(Path(self.path(name)))
            yield name, name, True
        widget = widget_scripts() | widget_styles()
        for name, content in widget.items():
            Path(self.path(name)).parent.mkdir(exist_ok=True)
            Path(self.path(name)).write_text(content)
        yield from super().post_process(paths | dict.fromkeys(widget), dry_run, **options)
        Path(self.path(DONE)).touch()

    def _minify(self, path: Path) -> None:
        if path.suffix in MINIFY:
            path.write_text(MINIFY[path.suffix](path.read_text()))


def widget_scripts() -> dict[str, str]:
    bundled = bundling.bundle(STATIC / "widget" / "widget.js")
    return {f"w/{name}": script for name, script in bundling.shortened(bundled).items()}


def widget_styles() -> dict[str, str]:
    page = render_to_string("chat/widget.html")
    scripts = "".join(
        path.read_text() for folder in ("widget", "conversation") for path in (STATIC / folder).glob("*.js")
    )
    worn = {
        name: "".join(bundling.worn((STATIC / part).read_text(), page, scripts) for part in parts)
        for name, parts in settings.WIDGET_STYLES.items()
    }
    return bundling.without_the_unread(worn)


def is_ours(name: str) -> bool:
    return (STATIC / name).exists()


def collect() -> bool:
    """Make the lean copies of this state of the tree and forget old ones; whether there was anything to do."""
    folder: Path = settings.STATIC_FOLDER
    if is_collected(folder):
        return False
    for other in earlier_releases(folder)[KEPT_RELEASES:]:
        shutil.rmtree(other)
    call_command("collectstatic", interactive=False, verbosity=0)
    return True
