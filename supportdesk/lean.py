"""What browsers need not get: modules of one page become few files, inner names become short, unused styles go."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from string import ascii_letters

import rcssmin
import rjsmin
import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

# Modules


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


# Names


SCOPES = {
    "program",
    "statement_block",
    "function_declaration",
    "function_expression",
    "arrow_function",
    "method_definition",
    "class_declaration",
    "class_body",
    "for_statement",
    "for_in_statement",
    "catch_clause",
    "switch_body",
}
SHORTHAND = {"shorthand_property_identifier", "shorthand_property_identifier_pattern"}
WORDS = {"as", "do", "if", "in", "of", "for", "get", "let", "new", "set", "try", "var"}
JAVASCRIPT = Parser(Language(tree_sitter_javascript.language()))


@dataclass
class Names:
    """Every name of a file: where it stands, and which of them somebody outside gave."""

    places: list[Node] = field(default_factory=list)
    declared: dict[int, set[str]] = field(default_factory=dict)
    free: set[str] = field(default_factory=set)


def shortened(files: dict[str, str]) -> dict[str, str]:
    """The same scripts with short names: one for each long one in all files, none for what is free anywhere."""
    sources = {name: text.encode() for name, text in files.items()}
    found = {name: names_of(source) for name, source in sources.items()}
    counted = Counter(word(node) for names in found.values() for node in names.places)
    free = set[str]().union(*(names.free for names in found.values()))
    fresh = unused(free | WORDS)
    short = {name: next(fresh) for name, _ in counted.most_common() if name not in free}
    return {name: renamed(source, found[name], short) for name, source in sources.items()}


def unused(taken: set[str]) -> Iterator[str]:
    for length in (1, 2, 3):
        for letters in product(ascii_letters, repeat=length):
            if (name := "".join(letters)) not in taken:
                yield name


def names_of(source: bytes) -> Names:
    tree = JAVASCRIPT.parse(source)
    if tree.root_node.has_error:
        raise ValueError("this script cannot be read")
    names = Names()
    for node in nodes(tree.root_node):
        for place in declared_by(node):
            scope = scope_of(place if node.type == "import_specifier" else node)
            names.declared.setdefault(scope.id, set()).add(word(place))
        if node.type in SHORTHAND | {"identifier", "private_property_identifier"} and not is_alias(node):
            names.places.append(node)
    names.free = {word(node) for node in names.places if not is_declared(node, names)}
    return names


def nodes(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(node.children)


def word(node: Node) -> str:
    return (node.text or b"").decode()


def declared_by(node: Node) -> Iterator[Node]:
    """The names that this node brings into its scope."""
    parts = {
        "variable_declarator": "name",
        "function_declaration": "name",
        "class_declaration": "name",
        "arrow_function": "parameter",
        "catch_clause": "parameter",
        "for_in_statement": "left",
        "import_specifier": "name",
    }
    if node.type == "formal_parameters":
        yield from bound(node)
    elif node.type in parts and (part := node.child_by_field_name(parts[node.type])):
        yield from bound(part)


def bound(pattern: Node) -> Iterator[Node]:
    if pattern.type in {"identifier", "shorthand_property_identifier_pattern"}:
        yield pattern
    elif pattern.type in {"object_pattern", "array_pattern", "rest_pattern", "formal_parameters"}:
        for child in pattern.children:
            yield from bound(child)
    elif pattern.type in {"pair_pattern", "assignment_pattern", "object_assignment_pattern"}:
        side = pattern.child_by_field_name("value" if pattern.type == "pair_pattern" else "left")
        yield from bound(side) if side else ()


def is_alias(node: Node) -> bool:
    """The name under which another file knows it."""
    above = node.parent
    return bool(above and above.type == "export_specifier" and above.child_by_field_name("alias") == node)


def scope_of(node: Node) -> Node:
    """Functions and classes are known around them; their parameters within."""
    if node.type not in {"arrow_function", "catch_clause", "for_in_statement"}:
        node = node.parent or node
    while node.type not in SCOPES:
        node = node.parent or node
    return node


def is_declared(place: Node, names: Names) -> bool:
    if place.type == "private_property_identifier":
        return True
    node: Node | None = place
    while node:
        if word(place) in names.declared.get(node.id, ()):
            return True
        node = node.parent
    return False


def renamed(source: bytes, names: Names, short: dict[str, str]) -> str:
    for node in sorted(names.places, key=lambda node: -node.start_byte):
        old = word(node)
        if old in short:
            new = ("#" if old[0] == "#" else f"{old}:" if node.type in SHORTHAND else "") + short[old]
            source = source[: node.start_byte] + new.encode() + source[node.end_byte :]
    return rjsmin.jsmin(source.decode())


# Styles


RULE = re.compile(r"(@[^{}]+)\{((?:[^{}]*\{[^{}]*\})*)\}|([^{}]+)\{([^{}]*)\}")
CLASS, ATTRIBUTE, UNLESS = re.compile(r"\.([\w-]+)"), re.compile(r"\[([\w-]+)"), re.compile(r":not\([^)]*\)")
VARIABLE = re.compile(r"(--[\w-]+):([^;}]*)(?:;|(?=\}|$))")
EMPTY = re.compile(r"[^{}]*\{\}")


def worn(style: str, page: str, scripts: str) -> str:
    """The rules that can match something of a page: whose classes and attributes its markup or scripts name."""
    given = re.findall(r"""class="([^"]*)"|data-(?:cont|fail)="([^"]*)"|'([^'\n]*)'|`([^`]*)`""", page + scripts)
    classes = set(re.findall(r"[\w-]+", " ".join(map("".join, given))))
    attributes = set(re.findall(r"[\w-]+", page + scripts)) | {
        re.sub(r"([A-Z])", r"-\1", f"data-{name}").lower() for name in re.findall(r"dataset\.(\w+)", scripts)
    }

    def matches(selector: str) -> bool:
        certain = UNLESS.sub("", selector)
        return set(CLASS.findall(certain)) <= classes and set(ATTRIBUTE.findall(certain)) <= attributes

    def kept(rule: re.Match[str]) -> str:
        around, inside, selectors, body = rule.groups()
        if around and not around.startswith("@keyframes"):
            left = RULE.sub(kept, inside)
            return f"{around}{{{left}}}" if left else ""
        if around:
            return rule[0]
        chosen = ",".join(filter(matches, selectors.split(",")))
        return f"{chosen}{{{body}}}" if chosen else ""

    return RULE.sub(kept, rcssmin.cssmin(style))


def without_the_unread(styles: dict[str, str]) -> dict[str, str]:
    """Styles of one page, less the variables and movements that none of them uses."""
    before = None
    while before != styles:
        before, whole = styles, "".join(styles.values())
        read = set(re.findall(r"var\((--[\w-]+)", whole)) | set(re.findall(r"animation:([\w-]+)", whole))
        styles = {name: _less(style, read) for name, style in styles.items()}
    return styles


def _less(style: str, read: set[str]) -> str:
    style = VARIABLE.sub(lambda found: found[0] if found[1] in read else "", style)
    style = re.sub(
        r"@keyframes ([\w-]+)\{(?:[^{}]*\{[^{}]*\})*\}", lambda found: found[0] if found[1] in read else "", style
    )
    return EMPTY.sub("", EMPTY.sub("", style))
