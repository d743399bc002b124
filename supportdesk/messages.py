"""The words of the interface: found in the source, kept in Russian catalogues, compiled without system gettext.

English is the language of the source, so only ``ru`` has catalogues: one in each app for its code and its templates,
one in ``locale/`` for everything of the desk itself.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
APPS = ("identity", "chat", "tickets", "quality", "supportdesk")
PLURALS = (
    "nplurals=4; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : "
    "n%10==0 || (n%10>=5 && n%10<=9) || (n%100>=11 && n%100<=14)? 2 : 3);"
)
HEADER = f"""msgid ""
msgstr ""
"Language: ru\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {PLURALS}\\n"
"""
ONE, TWO, CONTEXT_ONE, CONTEXT_TWO = (1,), (1, 2), ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), ONE),
    **dict.fromkeys(("ngettext", "ngettext_lazy", "plural_forms"), TWO),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), CONTEXT_ONE),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), CONTEXT_TWO),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


@dataclass(frozen=True)
class Problem:
    """One message that a reader would see untranslated or wrongly filled."""

    app: str
    place: str
    text: str
    what: str

    def __str__(self) -> str:
        return f"{self.app}: {self.what}: {self.text!r} ({self.place})"


def catalogue_path(app: str) -> Path:
    """Where the Russian words of an app are kept."""
    home = ROOT / "locale" if app == "supportdesk" else ROOT / app / "locale"
    return home / "ru" / "LC_MESSAGES" / "django.po"


def compile_catalogues() -> int:
    """Write the ``.mo`` beside every ``.po`` that is newer; returns how many were written."""
    written = 0
    for app in APPS:
        source = catalogue_path(app)
        target = source.with_suffix(".mo")
        if not source.exists() or (target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns):
            continue
        draft = target.with_suffix(".new")
        with draft.open("wb") as file:
            write_mo(file, read(source))
        draft.replace(target)
        written += 1
    return written


def update(app: str) -> Catalog:
    """Bring an app's catalogue up to what its source says; words no longer used are kept as obsolete."""
    path = catalogue_path(app)
    catalogue = read(path)
    for message in catalogue.obsolete.values():  # one may have come back
        catalogue[message.id] = message
    catalogue.obsolete.clear()
    found = extract(app)
    catalogue.update(found, no_fuzzy_matching=True, update_header_comment=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=120, include_lineno=False, sort_by_file=True, omit_header=False)
    return catalogue


def problems(app: str) -> Iterator[Problem]:
    """What is missing, fuzzy or filled differently in the Russian of an app."""
    catalogue = read(catalogue_path(app))
    for wanted in extract(app):
        if not wanted.id:
            continue
        place = wanted.locations[0][0] if wanted.locations else ""
        what = _problem_of(wanted, catalogue.get(wanted.id, wanted.context))
        if what:
            yield Problem(app, place, wanted.id if isinstance(wanted.id, str) else wanted.id[0], what)


def extract(app: str) -> Catalog:
    """Every message in an app's Python files and templates."""
    catalogue = Catalog(locale="ru")
    for path, text in _sources(app):
        for keyword, arguments in _calls(text):
            identifier, context = _identify(KEYWORDS[keyword], arguments)
            if identifier:
                catalogue.add(identifier, context=context, locations=[(str(path.relative_to(ROOT)), 1)])
    return catalogue


def read(path: Path) -> Catalog:
    text = path.read_bytes() if path.exists() else HEADER.encode()
    return read_po(io.BytesIO(text), locale="ru")


def _problem_of(wanted: Message, known: Message | None) -> str:
    if known is None:
        return "missing"
    forms = known.string if isinstance(known.string, tuple | list) else (known.string,)
    if not all(forms):
        return "missing"
    if known.fuzzy:
        return "fuzzy"
    asked = wanted.id if isinstance(wanted.id, str) else wanted.id[1]
    if any(set(PLACEHOLDER.findall(str(form))) - set(PLACEHOLDER.findall(asked)) for form in forms):
        return "unknown placeholder"
    return ""


def _sources(app: str) -> Iterator[tuple[Path, str]]:
    for path in sorted((ROOT / app).rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, path.read_text()
    for path in sorted((ROOT / "templates" / app).rglob("*")):
        if path.suffix in {".html", ".txt"}:
            yield path, _as_python(path)


def _as_python(path: Path) -> str:
    """A template as lines of Python calls, which is what Django's own extraction makes of it."""
    from django.utils.translation.template import templatize

    return "\n".join(line.strip() for line in templatize(path.read_text(), origin=str(path)).splitlines())


def _calls(text: str) -> Iterator[tuple[str, tuple[str | None, ...]]]:
    source: IO[bytes] = io.BytesIO(text.encode())
    found: Iterator[Any] = extract_python(source, dict(KEYWORDS), [], {"encoding": "utf-8"})
    for _, keyword, arguments, _ in found:
        if keyword:
            yield keyword, arguments if isinstance(arguments, tuple) else (arguments,)


def _identify(
    form: tuple[int | tuple[int, str], ...], arguments: tuple[str | None, ...]
) -> tuple[str | tuple[str, str] | None, str | None]:
    """The message and its context, or nothing when the words are not literal."""
    context = None
    if isinstance(form[0], tuple):
        context, arguments, form = arguments[0], arguments[1:], form[1:]
    words = arguments[: len(form)]
    if len(words) < len(form) or not all(isinstance(word, str) and word for word in words):
        return None, None
    return (words[0] if len(words) == 1 else (str(words[0]), str(words[1]))), context
