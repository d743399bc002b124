"""The audit log: every code is documented, and a written line stays as it is."""

import ast
from pathlib import Path

import pytest
from django.db import Error, transaction

from identity import actions
from identity.models import AuditEntry
from identity.rules import audit, tokens

ROOT = Path(__file__).resolve().parent.parent


def test_a_line_says_who_what_and_about_what(elena, anna):
    actions.record_audit(
        code="borrower.phone_shown", actor=elena, object_kind="borrower", object_id=anna.id, address="::1", why="call"
    )
    entry = AuditEntry.objects.get(code="borrower.phone_shown")
    assert (entry.user_id, entry.borrower_id) == (elena.id, None)
    assert (entry.object_kind, entry.object_id, entry.detail) == ("borrower", str(anna.id), {"why": "call"})
    assert actions.record_audit(code="x", actor=anna).borrower_id == anna.id
    assert actions.record_audit(code="x").user_id is None


@pytest.mark.parametrize("change", [lambda lines: lines.update(code="other"), lambda lines: lines.delete()])
def test_the_database_refuses_to_change_or_remove_a_line(db, change):
    actions.record_audit(code="x")
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        change(AuditEntry.objects.all())
    assert AuditEntry.objects.get().code == "x"


def test_every_code_that_identity_writes_is_documented():
    written = {code for path in (ROOT / "identity").rglob("*.py") for code in _codes_in(path)}
    assert written == set(audit.CODES)
    page = (ROOT / "docs" / "audit.md").read_text()
    assert [code for code in audit.CODES if f"| `{code}` | {audit.CODES[code]} |" not in page] == []


def test_every_reason_for_refusing_a_token_is_documented():
    page = (ROOT / "docs" / "integrate.md").read_text()
    assert [code for code, why in tokens.REFUSALS.items() if f"| `{code}` | {why} |" not in page] == []


def _codes_in(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record_audit":
            yield from (word.value.value for word in node.keywords if word.arg == "code")
