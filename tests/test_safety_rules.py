"""Safety by construction: what may not be written at all, because somewhere else it became an advisory."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.test_architecture import APPS, EDGES, ROOT, calls, lines_like, name_of, room_of, sources

# Named exceptions: the file, and why it may.
MAY_BUILD_SQL: dict[str, str] = {
    "tickets/queries/outbox.py": "one of two statements of the module, chosen by name; the host is a parameter",
}
MAY_SKIP_CSRF: dict[str, str] = {
    "tickets/views/hooks.py": "webhooks of providers, which prove themselves by a signature or a password",
    "tickets/views/exchanges.py": "webhooks of telephone exchanges, which sign what they send",
    "tickets/views/documents.py": "checks the form itself, once it has chosen that no photo touches a temporary file",
    "supportdesk/demo/lender/site.py": "the lender's demonstration site, which changes nothing there",
}
MAY_BELIEVE_HTML: dict[str, str] = {
    "tickets/views/shown.py": "what nh3 let through of a letter, on a page whose policy lets nothing act",
}
BY_ID = {"pk", "id", "pk__in", "id__in"}
RUNS_TEXT = {"eval", "exec", "compile", "__import__"}
UNSAFE_MODULES = {"pickle", "marshal", "shelve", "dill", "yaml", "xml.etree.ElementTree", "xml.sax", "xml.dom.minidom"}


@cache
def trees(*folders: str) -> list[tuple[Path, ast.Module]]:
    return [(path, ast.parse(path.read_text())) for path in sources(*folders)]


def names_in(tree: ast.AST) -> list[tuple[int, str]]:
    """Every name that is used or imported, with its line."""
    found = [(node.lineno, node.id) for node in ast.walk(tree) if isinstance(node, ast.Name)]
    found += [(node.lineno, node.attr) for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom | ast.Import))
    return found + [(node.lineno, alias.name) for node in imports for alias in node.names]


def uses(*forbidden: str, folders: tuple[str, ...] = (*APPS, "supportdesk")) -> list[str]:
    return [
        f"{name_of(path)}:{line} {name}"
        for path, tree in trees(*folders)
        for line, name in names_in(tree)
        if name in forbidden
    ]


def test_nothing_is_marked_as_safe_html_but_by_escaping_it() -> None:
    """``format_html`` escapes what it puts in; ``mark_safe`` believes."""
    found = uses("mark_safe", "SafeText", "html_safe")
    assert {place.partition(":")[0] for place in found} <= MAY_BELIEVE_HTML.keys(), found
    found = [
        f"{name_of(path)}:{call.lineno}"
        for path, tree in trees(*APPS, "supportdesk")
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "SafeString"
    ]
    assert not found


def test_no_template_prints_what_is_not_escaped() -> None:
    found = list(lines_like(r"\|\s*safe\b|\|\s*safeseq\b|autoescape\s+off", "templates", "*.*"))
    assert not found


def test_the_database_is_not_reached_through_a_bare_thread() -> None:
    """A bare thread keeps a dead connection for ever; ``supportdesk.realtime.database`` knows how to come back.

    In the seats Django does, before and after every request.
    """
    found = uses("sync_to_async", "async_to_sync", "thread_sensitive")
    assert not [use for use in found if not use.startswith("supportdesk/seats.py:")]


def test_no_query_is_put_together_from_texts() -> None:
    """SQL is a constant with parameters. What an f-string may name is a constant of the module, in capitals."""
    found = []
    for path, tree in trees(*APPS, "supportdesk"):
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            on_rows = isinstance(call.func, ast.Attribute) and ".objects" in ast.unparse(call.func.value)
            first = call.args[0] if call.args else None
            is_constant = name == "raw" and isinstance(first, ast.Name) and first.id.isupper()
            if name == "RawSQL" or (name in {"raw", "extra"} and on_rows and not is_constant):
                found.append(f"{name_of(path)}:{call.lineno} {name}")
            if name in {"execute", "executemany", "RunSQL"} and call.args and is_built(call.args[0]):
                found.append(f"{name_of(path)}:{call.lineno} {name}")
    assert not [line for line in found if line.partition(":")[0] not in MAY_BUILD_SQL], "; ".join(found)


def is_built(text: ast.expr) -> bool:
    """Whether a text is put together from anything but constants."""
    if isinstance(text, ast.JoinedStr):
        parts = [part.value for part in text.values if isinstance(part, ast.FormattedValue)]
        return not all(ast.unparse(part).rpartition(".")[2].isupper() for part in parts)
    if isinstance(text, ast.BinOp):
        return is_built(text.left) or is_built(text.right) or isinstance(text.op, ast.Mod)
    return isinstance(text, ast.Call)


@pytest.mark.parametrize(
    ("text", "built"),
    [
        ('"select 1"', False),
        ('f"listen {CHANNEL}"', False),
        ('f"listen {outbox.CHANNEL}"', False),
        ('f"select {name}"', True),
        ('"select %s" % name', True),
        ('"select {}".format(name)', True),
        ('"select " + f"{name}"', True),
    ],
)
def test_a_text_that_was_put_together_is_recognised(text: str, built: bool) -> None:
    assert is_built(ast.parse(text, mode="eval").body) is built


def test_no_edge_fetches_a_row_by_its_id() -> None:
    """Only ``access`` turns an id into a row, for an actor: half of all advisories are a side path that forgot to."""
    assert not uses("get_object_or_404", "get_list_or_404", "aget_object_or_404")
    found = [
        f"{name_of(path)}:{call.lineno} {ast.unparse(call)[:60]}"
        for path in sources(*APPS)
        if room_of(path) in EDGES
        for call, function in calls(path)
        if function.attr in {"get", "filter", "aget", "exclude", "in_bulk"}
        and (function.attr == "in_bulk" or {keyword.arg for keyword in call.keywords} & BY_ID)
    ]
    assert not found, "ask access: " + "; ".join(found)


def test_nothing_that_came_from_outside_can_be_run() -> None:
    found = [
        f"{name_of(path)}:{call.lineno} {call.func.id}"
        for path, tree in trees(*APPS, "supportdesk")
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in RUNS_TEXT
    ]
    modules = [
        f"{name_of(path)}:{node.lineno}"
        for path, tree in trees(*APPS, "supportdesk")
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for module in ([node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
        if module in UNSAFE_MODULES
    ]
    shells = [
        f"{name_of(path)}:{keyword.value.lineno}"
        for path, tree in trees(*APPS, "supportdesk")
        for keyword in ast.walk(tree)
        if isinstance(keyword, ast.keyword) and keyword.arg == "shell"
    ]
    assert not found + modules + shells


def test_every_form_proves_that_it_is_ours() -> None:
    assert {line.partition(":")[0] for line in uses("csrf_exempt")} <= set(MAY_SKIP_CSRF)


def test_bandit_knows_of_nothing_unsafe() -> None:
    """From medium severity on; what SQL may be put together is judged above, more exactly."""
    command = [sys.executable, "-m", "bandit", "-q", "-ll", "-s", "B608", "-r", *APPS, "supportdesk"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr
