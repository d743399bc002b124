"""Inner names of scripts become short: one for each long one, in all files of a page."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from string import ascii_letters

import rjsmin
import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

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
