"""Where ``collectstatic`` puts the files that browsers get: without comments and blanks, joined, compressed."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import rcssmin
import rjsmin
from django.conf import settings
from django.core.management import call_command
from whitenoise.storage import CompressedStaticFilesStorage

from supportdesk.statics import DONE, is_collected

MINIFY: dict[str, Callable[[str], str]] = {".css": rcssmin.cssmin, ".js": rjsmin.jsmin}


class LeanStorage(CompressedStaticFilesStorage):
    """Copies of our own scripts and styles lose what only we read; styles of one page become one file."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if dry_run:
            return
        for name in filter(is_ours, paths):
            self._minify(Path(self.path(name)))
            yield name, name, True
        for name, parts in settings.STATIC_BUNDLES.items():
            Path(self.path(name)).write_text("".join(Path(self.path(part)).read_text() for part in parts))
        yield from super().post_process(paths | dict.fromkeys(settings.STATIC_BUNDLES), dry_run, **options)
        Path(self.path(DONE)).touch()

    def _minify(self, path: Path) -> None:
        if path.suffix in MINIFY:
            path.write_text(MINIFY[path.suffix](path.read_text()))


def is_ours(name: str) -> bool:
    return (settings.BASE_DIR / "static" / name).exists()


def collect() -> bool:
    """Make the lean copies of this state of the tree and forget the others; whether there was anything to do."""
    folder: Path = settings.STATIC_FOLDER
    if is_collected(folder):
        return False
    for other in filter(is_collected, folder.parent.glob("*") if folder.parent.exists() else ()):
        shutil.rmtree(other)
    call_command("collectstatic", interactive=False, verbosity=0)
    return True
