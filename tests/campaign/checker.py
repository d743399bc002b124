"""The end-state check: what was acknowledged, what stands in the log and what every reader was shown must agree."""

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg2

from tests.campaign.client import Client
from tests.campaign.crowd import Crowd

ENTRIES = """
select conversation_id::text, seq, public_seq, kind, body, client_id::text from chat_entry
 where conversation_id = any(%s::uuid[]) order by conversation_id, seq
"""
HEADS = "select id::text, seq, public_seq from chat_conversation where id = any(%s::uuid[])"
SCORED = """
select c.id::text,
       (select count(*) from quality_score s where s.conversation_id = c.id),
       (select count(*) from quality_finding f join quality_score s on s.id = f.score_id where s.conversation_id = c.id)
       - (select count(*) from (select distinct f.score_id, f.criterion_id, f.check_code from quality_finding f
            join quality_score s on s.id = f.score_id where s.conversation_id = c.id) as once)
  from chat_conversation c where c.closed_at is not null and c.started_at > now() - %s * interval '1 second'
   and exists (select from chat_entry e where e.conversation_id = c.id and e.author_kind = 'borrower')
   and exists (select from chat_entry e
               where e.conversation_id = c.id and e.kind = 'message' and e.author_kind = 'staff')
"""
OWED = "select count(*) from tickets_job where done_at is null and failed_at is null"
FAILED = "select kind, error from tickets_job where failed_at is not null"
Row = tuple[int, int | None, str, str, str | None]
Problem = dict[str, Any]


def query(url: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()
    finally:
        connection.close()


def check_crowd(url: str, crowd: Crowd) -> list[Problem]:
    """Every invariant over the conversations of one crowd, once nothing is under way any more."""
    ids = [chat.id for chat in crowd.chats]
    logs: dict[str, list[Row]] = defaultdict(list)
    for conversation, *row in query(url, ENTRIES, ids):
        logs[conversation].append(tuple(row))  # type: ignore[arg-type]
    heads = {id_: (seq, public) for id_, seq, public in query(url, HEADS, ids)}
    problems = list(crowd.ledger.problems)
    for id_ in ids:
        problems += holes(id_, logs[id_], heads[id_])
        problems += doubled(id_, logs[id_])
    problems += lost(crowd, logs)
    problems += misordered(crowd, logs)
    for client in crowd.clients:
        problems += differing(client, logs)
        problems += [problem("stuck", f"{one.author}: {one.mark} was never answered") for one in client.pending]
    return problems


def holes(id_: str, log: list[Row], head: tuple[int, int]) -> Iterable[Problem]:
    """I3: both sequences are 1…n, and n is the head."""
    if [row[0] for row in log] != list(range(1, head[0] + 1)):
        yield problem("holes", f"seq of {id_} up to {head[0]} has holes")
    if [row[1] for row in log if row[1] is not None] != list(range(1, head[1] + 1)):
        yield problem("holes", f"public_seq of {id_} up to {head[1]} has holes")


def doubled(id_: str, log: list[Row]) -> Iterable[Problem]:
    """I2: what was written once stands there once, by its id and by its text."""
    marks = Counter(mark_of(body) for _, _, kind, body, _ in log if kind in {"message", "note"})
    clients = Counter(row[4] for row in log if row[4])
    for name, count in (marks + clients).items():
        if count > 1:
            yield problem("doubled", f"{name} stands {count} times in {id_}")


def lost(crowd: Crowd, logs: dict[str, list[Row]]) -> Iterable[Problem]:
    """I1: what was acknowledged with a number stands at that number."""
    at: dict[tuple[str, str, int], str | None] = {}
    for id_, log in logs.items():
        for seq, public, _, _, client in log:
            at[id_, "staff", seq] = client
            if public is not None:
                at[id_, "public", public] = client
    for message in crowd.ledger.messages.values():
        if message.seq and at.get((message.conversation, message.audience, message.seq)) != message.id:
            yield problem("lost", f"{message.mark} of {message.author} is not at {message.seq}")


def misordered(crowd: Crowd, logs: dict[str, list[Row]]) -> Iterable[Problem]:
    """I4: the messages of one client stand in the order in which they were written."""
    for id_, log in logs.items():
        newest: dict[str, int] = {}
        for seq, _, kind, body, _ in log:
            message = crowd.ledger.messages.get(mark_of(body)) if kind in {"message", "note"} else None
            if message is None:
                continue
            number = int(message.mark[1:])
            if number < newest.get(message.author, 0):
                yield problem("misordered", f"{message.mark} of {message.author} stands at {seq} of {id_}, too late")
            newest[message.author] = max(number, newest.get(message.author, 0))


def differing(client: Client, logs: dict[str, list[Row]]) -> Iterable[Problem]:
    """I5, I6, I9: what this reader was shown is the log, filtered by what the reader may see, and all of it."""
    for id_, shown in client.shown.items():
        is_public = client.account.audience == "public"
        log = [hash((kind, body)) for _, public, kind, body, _ in logs[id_] if not is_public or public is not None]
        if shown != log:
            place = next((n for n, pair in enumerate(zip(shown, log, strict=False)) if pair[0] != pair[1]), -1)
            where = f"differs at {place + 1}" if place >= 0 else f"has {len(shown)} of {len(log)}"
            yield problem("readers", f"{client.account.name} in {id_} {where}")


def check_jobs(url: str, seconds: float, patience: float = 60) -> list[Problem]:
    """I11: no job is owed any more, none was given up, and each closed conversation has one score, made once."""
    deadline = time.monotonic() + patience
    while (owed := query(url, OWED)[0][0]) and time.monotonic() < deadline:
        time.sleep(0.2)
    problems = [problem("effects", f"{owed} jobs are still owed after {patience:g} s")] if owed else []
    problems += [problem("effects", f"a job ({kind}) failed: {error}") for kind, error in query(url, FAILED)]
    for id_, scores, twice in query(url, SCORED, seconds):
        if scores != 1 or twice:
            problems.append(problem("effects", f"{id_} has {scores} scores, {twice} findings twice"))
    return problems


def mark_of(body: str) -> str:
    return body.rpartition(" ")[2]


def problem(kind: str, words: str) -> Problem:
    return {"kind": kind, "words": words, "at": time.time()}


def write_evidence(path: Path, crowd: Crowd, problems: list[Problem]) -> None:
    """What a person needs to see: the problems, what was written and what each reader was shown."""
    facts = {
        "problems": problems,
        "refusals": crowd.ledger.refusals,
        "closes": crowd.ledger.closes,
        "messages": [
            [one.mark, one.id, one.conversation, one.author, one.kind, one.seq]
            for one in crowd.ledger.messages.values()
        ],
        "readers": [
            [client.account.name, id_, len(shown)] for client in crowd.clients for id_, shown in client.shown.items()
        ],
    }
    path.write_text(json.dumps(facts, ensure_ascii=False, indent=1))
