"""The audit log: every code is documented, and a written line stays as it is."""

import ast
import re
from pathlib import Path

import pytest
from django.db import Error, transaction

from identity import actions
from identity.models import AuditEntry
from identity.rules import audit, tokens
from tests.reviewing import hold

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


HELPERS = {"record_audit", "_audit", "_record", "_note", "_moved"}  # of the actions of quality


def test_every_code_that_quality_writes_is_documented():
    page = (ROOT / "docs" / "audit.md").read_text()
    written = set()
    for path in (ROOT / "quality" / "actions").glob("*.py"):
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        for call in (one for one in calls if getattr(one.func, "id", "") in HELPERS):
            said = [*call.args, *(word.value for word in call.keywords if word.arg == "code")]
            written |= {one.value for node in said for one in ast.walk(node) if isinstance(one, ast.Constant)}
    codes = {code for code in written if isinstance(code, str) and re.fullmatch(r"[a-z]+[._][a-z_.]+", code)}
    assert len(codes) > 50
    assert sorted(code for code in codes if f"`{code}`" not in page) == []


def test_every_reason_for_refusing_a_token_is_documented():
    page = (ROOT / "docs" / "integrate.md").read_text()
    assert [code for code, why in tokens.REFUSALS.items() if f"| `{code}` | {why} |" not in page] == []


def _codes_in(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record_audit":
            yield from (word.value.value for word in node.keywords if word.arg == "code")


@pytest.mark.django_db(transaction=True)
def test_a_score_and_a_rating_that_change_leave_what_they_were(anna, elena):
    from quality import actions as quality
    from quality.models import Score

    first = hold(anna, elena)
    assert not actions_of("score_changed").exists(), "the first score changes nothing"
    Score.objects.update(value=1, engine_version=0)
    second = quality.score_conversation(conversation=first.conversation)
    assert actions_of("score_changed").get().detail == {"before": "1.00", "value": str(second.value)}
    for rating in (5, 2):
        quality.rate_conversation(conversation=first.conversation, borrower=anna, rating=rating)
    entry = actions_of("rating_changed").get()
    assert (entry.borrower_id, entry.detail) == (anna.id, {"before": 5, "value": 2})


def actions_of(code):
    return AuditEntry.objects.filter(code=code)
