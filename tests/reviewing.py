"""Conversations to review and cards to fill in, for the tests of reviews."""

import json
from collections.abc import Callable
from typing import Any

from chat import actions as chat
from quality.models import Criterion, Score
from tickets.actions.outbox import run_due_jobs

SAID = [
    ("b", "Я потерял работу, платить нечем. Что делать?"),
    ("s", "Анна, здравствуйте, это Елена."),
    ("b", "Какие есть варианты?"),
    ("s", "Нужно было раньше думать. Гарантируем одобрение нового займа."),
    ("s", "Остались ли у вас вопросы? До свидания."),
]
Say = Callable[..., Score]


def hold(borrower: Any, agent: Any, said: list[tuple[str, str]] | None = None) -> Score:
    """A closed and scored chat of these two."""
    conversation = chat.start_conversation(channel="chat", borrower=borrower)
    chat.add_participant(conversation=conversation, user=agent)
    for who, body in said or SAID:
        chat.post_message(conversation=conversation, author=borrower if who == "b" else agent, body=body)
    chat.close_conversation(conversation=conversation, by=agent)
    run_due_jobs(kind="score_conversation")
    return Score.objects.filter(conversation=conversation).latest("pk")


def criterion(score: Score, code: str) -> Criterion:
    return Criterion.objects.get(section__version=score.version, code=code)


def threat(score: Score) -> dict[str, int]:
    """Where the borrower was promised what may not be promised."""
    entry = score.conversation.entries.get(body__contains="Гарантируем")
    start = entry.body.index("Гарантируем")
    return {"seq": entry.seq, "start": start, "end": start + len("Гарантируем одобрение")}


def failed(score: Score, code: str, **over: Any) -> dict[str, Any]:
    """A complete entry that fails a criterion, for the API."""
    causes = criterion(score, code).root_causes
    entry = {"answer": "0", "cause": causes[0]["code"] if causes else "", "comment": "Так нельзя"}
    return {**entry, "evidence": [threat(score)], **over}


def form_of(score: Score, code: str, entry: dict[str, Any]) -> dict[str, str]:
    """The same as fields of the page."""
    pk = criterion(score, code).pk
    return {f"{name}-{pk}": json.dumps(value) if name == "evidence" else value for name, value in entry.items()}
