"""The architecture holds: layers, rooms, writes in actions only, short functions and files, types and style."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("identity", "chat", "tickets", "quality")
EDGES = {"admin", "api", "consumers", "tasks", "views"}
WRITERS = {"actions", "models", "migrations"}
WRITES = {"save", "create", "update", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "delete"}
LONGEST_FUNCTION, LONGEST_FILE = 40, 300

# Named exceptions. The hot path writes through one SQL function and is below chat.actions anyway; what else stands
# here writes nothing of the domain: it names the file, the method, and why.
MAY_WRITE: dict[str, str] = {}
NOT_A_MODEL = {"self", "digest", "cache", "catalog", "kwargs", "context", "headers", "response", "dict", "hash"}


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def room_of(path: Path) -> str:
    """The room of an app a file belongs to: ``tickets/actions/seed.py`` is in ``actions``."""
    return path.relative_to(ROOT).parts[1].removesuffix(".py")


def calls(path: Path) -> Iterator[tuple[ast.Call, ast.Attribute]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, node.func


def is_on_rows(call: ast.Call, function: ast.Attribute) -> bool:
    """Whether ``x.update(…)`` and its like mean rows of the database, not a dictionary or a hash."""
    target = ast.unparse(function.value)
    if ".objects" in target or ".filter(" in target or ".exclude(" in target:
        return True
    if function.attr == "update":
        return False
    if function.attr in {"save", "delete"}:
        return isinstance(function.value, ast.Name | ast.Attribute) and not call.args and target not in NOT_A_MODEL
    return False


def lines_like(pattern: str, folder: str, files: str) -> Iterator[str]:
    """Where such a line stands, as ``templates/chat/widget.html:12``."""
    for path in sorted((ROOT / folder).rglob(files)):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(pattern, line):
                yield f"{name_of(path)}:{number}"


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)


def test_the_contracts_of_layers_and_rooms_hold() -> None:
    checked = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout[checked.stdout.find("Broken contracts") :] + checked.stderr


def test_an_edge_fetches_through_access_never_through_a_manager() -> None:
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in sources(*APPS)
        if room_of(path) in EDGES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}
    ]
    assert not found, "fetch through access or queries: " + ", ".join(found)


def test_only_actions_and_models_write() -> None:
    found = [
        f"{name_of(path)}:{call.lineno} {ast.unparse(function)[-60:]}"
        for path in sources(*APPS)
        if room_of(path) not in WRITERS and name_of(path) not in MAY_WRITE
        for call, function in calls(path)
        if function.attr in WRITES and is_on_rows(call, function)
    ]
    assert not found, "write in actions only: " + "; ".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "Ticket.objects.create(number=1)",
        "ticket.save()",
        "open_tickets.filter(pk=1).update(status='x')",
        "entry.delete()",
    ],
)
def test_a_write_is_recognised(line: str) -> None:
    call = ast.parse(line, mode="eval").body
    assert isinstance(call, ast.Call)
    assert isinstance(call.func, ast.Attribute)
    assert is_on_rows(call, call.func)


def test_no_function_is_long() -> None:
    found = [
        f"{name_of(path)}:{node.lineno} {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for path in sources(*APPS, "supportdesk")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 >= LONGEST_FUNCTION
    ]
    assert not found, "; ".join(found)


def test_no_file_is_long() -> None:
    found = [
        f"{name_of(path)} has {lines} lines"
        for path in sources(*APPS, "supportdesk")
        if (lines := len(path.read_text().splitlines())) >= LONGEST_FILE
    ]
    assert not found, "split it by noun: " + "; ".join(found)


def test_every_room_says_what_it_is_for() -> None:
    found = [
        name_of(path)
        for path in sources(*APPS, "supportdesk")
        if path.name not in {"apps.py", "__main__.py"}
        and path.read_text().strip()
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert not found, "a module begins with one sentence about what it is for: " + ", ".join(found)


# Words of ARCHITECTURE's glossary that have no other honest meaning here.
FORBIDDEN = {
    "customer": "borrower",
    "visitor": "borrower",
    "operator": "agent",
    "deadline": "due",
    "rubric": "standard",
    "whisper": "note",
}


def test_classes_and_functions_use_the_words_of_the_glossary() -> None:
    found = []
    for path in sources(*APPS):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            words = set(_words(node.name))
            found += [
                f"{name_of(path)}:{node.lineno} {node.name}: say {FORBIDDEN[word]}" for word in words & FORBIDDEN.keys()
            ]
            is_a_commands_name = node.name.startswith("handle_") and node.name[7:].isupper()  # aiosmtpd: handle_RCPT
            if node.name.startswith(("handle_", "process_", "do_", "manage_")) and not is_a_commands_name:
                found.append(f"{name_of(path)}:{node.lineno} {node.name}: name the verb it does")
    assert not found, "; ".join(found)


def _words(name: str) -> Iterator[str]:
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name.replace("_", " "))
    yield from spaced.split()


def test_the_style_holds() -> None:
    checked = run("ruff", "check", ".")
    assert checked.returncode == 0, checked.stdout


def test_the_format_holds() -> None:
    checked = run("ruff", "format", "--check", ".")
    assert checked.returncode == 0, checked.stdout


def test_types_hold() -> None:
    checked = run("mypy", *APPS, "supportdesk")
    assert checked.returncode == 0, checked.stdout


def test_no_script_puts_a_template_into_a_template() -> None:
    """Browsers get copies minified by rjsmin, which takes the inner back-tick for the end and then eats blanks."""
    found = list(lines_like(r"`[^`]*\$\{[^}`]*`", "static", "*.js"))
    assert not found
