"""The address of the static files: another one for each state of the tree, so that none is ever served stale."""

import hashlib
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("django-htmx", "rcssmin", "rjsmin", "tree-sitter", "tree-sitter-javascript")  # what else decides the bytes
ROOT = Path(__file__).resolve().parent.parent
SOURCES = [
    *sorted((ROOT / "supportdesk" / "bundling").glob("*.py")),
    *(ROOT / "supportdesk" / name for name in ("statics.py", "storage.py")),
    *sorted((ROOT / "templates" / "chat").glob("*.html")),  # styles that the widget's page cannot use are left out
]
WIDGET_STYLES = {  # the first is all that the first message needs
    "widget.css": [
        "css/tokens.css",
        "css/base.css",
        "css/widget.css",
        "conversation/conversation.css",
        "widget/page.css",
    ],
    "widget_later.css": ["css/widget_later.css"],
}
DONE = "collected"  # a file that is written last


def version_of(folder: Path) -> str:
    """Twelve letters that change with any file under the folder and with the packages that files come from."""
    digest = hashlib.sha256(repr([(name, version(name)) for name in PACKAGES]).encode())
    for path in [*SOURCES, *sorted(folder.rglob("*"))]:
        if path.is_file():
            digest.update(f"{path.relative_to(ROOT)}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def is_collected(folder: Path) -> bool:
    """Whether the lean copies are complete; until then the files are served as they are written."""
    return (folder / DONE).exists()


def earlier_releases(folder: Path) -> list[Path]:
    """The complete folders beside this one, newest first: pages that are open still ask for their files."""
    others = [other for other in folder.parent.glob("*") if other != folder and is_collected(other)]
    return sorted(others, key=lambda other: (other / DONE).stat().st_mtime, reverse=True)
