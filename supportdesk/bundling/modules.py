"""Modules of one page become few files."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

IMPORT = re.compile(r"^(?:import|export) (?:\{([^}]*)\} from )?'(\.[^']+)';\n", re.MULTILINE)
LATER = re.compile(r"import\('(?:[^']*/)?([^'/]+)'\)")
LATER_PATH = re.compile(r"import\('(\.[^']+)'\)")
EXPORT = re.compile(r"^export (?=const |let |function |async |class )", re.MULTILINE)


def bundle(entry: Path) -> dict[str, str]:
    """The entry with all it imports as one module, and each module that comes later with what it alone imports.

    Later modules import from the entry what the entry has; a module that two of them share is in both, so it must
    keep no state. Modules import by name, `{ a, b }`, from relative addresses; names of one file must not collide.
    """
    first = closure(entry)
    files, asked = {}, set[str]()
    waiting, met = later(first), set[Path]()
    while waiting:
        start = waiting.pop()
        if start in met:
            continue
        met.add(start)
        members = [path for path in closure(start) if path not in first]
        names = sorted({name for path in members for name in imported(path, first)})
        asked.update(names)
        given = "".join(f"export {{ {name} as {name} }};\n" for name in exported(start))
        files[start.name] = f"import {{ {', '.join(names)} }} from './{entry.name}';\n{joined(members)}{given}"
        waiting += later(members)
    files[entry.name] = joined(first) + f"export {{ {', '.join(sorted(asked))} }};\n"
    return files


def closure(path: Path, met: tuple[Path, ...] = ()) -> list[Path]:
    """The module after everything that it imports at once."""
    found = list(met)
    for _, address in IMPORT.findall(path.read_text()):
        other = (path.parent / address).resolve()
        if other not in found:
            found = closure(other, tuple(found))
    return [*found, path.resolve()]


def later(paths: Iterable[Path]) -> list[Path]:
    return [(path.parent / address).resolve() for path in paths for address in LATER_PATH.findall(path.read_text())]


def imported(path: Path, sources: Iterable[Path]) -> Iterator[str]:
    for names, address in IMPORT.findall(path.read_text()):
        if (path.parent / address).resolve() in sources:
            yield from filter(None, (name.strip() for name in names.split(",")))


def exported(path: Path) -> list[str]:
    """What others take from a module that comes later, by its own name."""
    return re.findall(r"^export (?:async )?(?:const|let|function|class) (\w+)", path.read_text(), re.MULTILINE)


def joined(paths: Iterable[Path]) -> str:
    return LATER.sub(r"import('./\1')", "".join(EXPORT.sub("", IMPORT.sub("", path.read_text())) for path in paths))
