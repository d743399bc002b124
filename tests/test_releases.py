"""A new release beside the old one: pages that are open go on getting their files, with and without nginx."""

import asyncio
import os
import re
from pathlib import Path
from typing import Any

from django.test import RequestFactory

from supportdesk import storage
from supportdesk.middleware import StaticFiles
from supportdesk.statics import DONE, ROOT, SOURCES, earlier_releases


def release(home: Path, name: str, age: int) -> Path:
    folder = home / name
    folder.mkdir()
    (folder / "page.js").write_text(f"export const release = '{name}';")
    (folder / DONE).touch()
    os.utime(folder / DONE, (1_700_000_000 - age, 1_700_000_000 - age))
    return folder


def test_files_of_earlier_releases_are_served_and_the_oldest_are_forgotten(tmp_path: Path, settings: Any) -> None:
    folders = [release(tmp_path, f"release{age}", age) for age in range(6)]
    (tmp_path / "half").mkdir()
    settings.STATIC_FOLDER = settings.STATIC_ROOT = tmp_path / "new"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": settings.STORAGES["staticfiles"] | {"OPTIONS": {"location": settings.STATIC_FOLDER}}
    }
    assert storage.collect()
    assert earlier_releases(settings.STATIC_FOLDER) == folders[: storage.KEPT_RELEASES]
    settings.STATIC_COLLECTED, settings.STATIC_URL = True, "/static/new/"
    served = StaticFiles(lambda request: None)

    def ask(path: str) -> Any:
        answer = served(RequestFactory().get(path))
        return asyncio.run(answer) if asyncio.iscoroutine(answer) else answer

    assert b"release2" in ask("/static/release2/page.js").content
    assert "max-age=31536000" in ask("/static/release0/page.js").headers["Cache-Control"]
    assert ask("/static/release5/page.js") is None
    assert ask("/static/new/css/tokens.css").status_code == 200


def test_the_address_of_static_files_changes_with_every_template_that_decides_about_them() -> None:
    """A class that only an included template names keeps its rules in the style, which browsers keep for a year."""
    found = {"chat/widget.html"}
    for name in ("widget.html", "_conversation_templates.html"):
        found |= set(re.findall(r'{% include "([^"]+)"', (ROOT / "templates" / "chat" / name).read_text()))
    assert {ROOT / "templates" / name for name in found} <= set(SOURCES)
