"""What messages cost on disk, how long a copy takes, and the log in partitions: ``python -m bench.size``.

Starts a Postgres of its own with the desk's tables, fills it with conversations of twenty messages, and prints sizes
for a million of them; then makes partitions by
``bench/partitions.sql`` while a writer posts through the desk's own action, and compares before and after.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path
from typing import Any

from supportdesk import embedded
from supportdesk.embedded import _postgres_binaries

HERE = Path(__file__).resolve().parent
PER_CONVERSATION = 20
PACES = ("a message stored, ms, median", "the newest page of a conversation read, ms, median")
FILL = """
insert into identity_borrower select (jsonb_populate_record(b, jsonb_build_object(
    'id', md5('b' || n)::uuid, 'customer_id', 'S-' || n))).* from identity_borrower b, generate_series(1, %(people)s) n
  where b.customer_id = 'size';
insert into chat_conversation select (jsonb_populate_record(c, jsonb_build_object(
    'id', md5('c' || n)::uuid, 'borrower_id', md5('b' || n)::uuid, 'seq', 20, 'public_seq', 20, 'closed_at', now()))).*
  from chat_conversation c, generate_series(1, %(people)s) n where c.page = 'size';
insert into chat_entry (conversation_id, seq, public_seq, kind, author_kind, author_id, author_name, client_id,
    content_hash, body, data, created_at)
  select md5('c' || n)::uuid, s, s, 'message', case s %% 2 when 0 then 'staff' else 'borrower' end,
    md5('a' || n %% 40)::uuid,
    'Анна Игоревна Ковалёва', gen_random_uuid(), md5(n::text || s),
    rtrim(substr('Здравствуйте! Подскажите, пожалуйста, как продлить заём до следующей пятницы: зарплату задержали, а '
      || 'первый платёж уже двадцать восьмого ноября. Можно ли оформить это в личном кабинете без звонка? Спасибо.',
      1, 20 + (n * 7 + s * 31) %% 180)), '{}', now()
  from generate_series(1, %(people)s) n, generate_series(1, 20) s;
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    wanted = parser.parse_args().messages
    with tempfile.TemporaryDirectory(prefix="size-") as home:
        running = embedded.start(Path(home))
        try:
            _prepare(*(service.url for service in running.services))
            _measure(running.services[0].url, wanted, Path(home))
        finally:
            running.stop()
    return 0


def _prepare(database: str, redis: str) -> None:
    os.environ |= {"DATABASE_URL": database, "REDIS_URL": redis, "SECRET_KEY": "bench" * 8}
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _measure(url: str, wanted: int, home: Path) -> None:
    from django.db import connection

    person, conversation = _one_conversation()
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0")
        began = time.monotonic()
        cursor.execute(FILL, {"people": wanted // PER_CONVERSATION})
        print(f"| {wanted:,} messages inserted at once, s | {time.monotonic() - began:.0f} |")
        cursor.execute("vacuum analyze chat_entry")
        for table in ("chat_entry", "chat_conversation", "identity_borrower"):
            cursor.execute("select pg_table_size(%s), pg_indexes_size(%s)", [table, table])
            rows, indexes = (size * 1_000_000 / wanted / 2**20 for size in cursor.fetchone())
            print(f"| {table}, MiB per million messages: rows + indexes | {rows:.0f} + {indexes:.0f} |")
    _copy(url, home)
    _partition(url, person, conversation)


def _one_conversation() -> tuple[Any, Any]:
    from chat import actions as chat
    from identity import actions as identity

    person = identity.refresh_borrower(claims={"sub": "size", "name": "Анна", "first_name": "Анна", "language": "ru"})
    return person, chat.start_conversation(channel="chat", borrower=person, page="size")


def _copy(url: str, home: Path) -> None:
    """A logical copy and its restoration, as docs/scale.md describes them."""
    file = str(home / "copy")
    for what, command in (
        ("pg_dump", ["pg_dump", "--format=custom", "--file", file, url]),
        ("pg_restore", ["pg_restore", "--jobs=2", "--dbname", url.replace("/supportdesk?", "/restored?"), file]),
    ):
        if what == "pg_restore":
            _run("psql", url, "--quiet", "--command", "create database restored")
        began = time.monotonic()
        _run(*command)
        size = Path(file).stat().st_size / 2**20
        print(f"| {what}, s (file of {size:.0f} MiB) | {time.monotonic() - began:.0f} |")


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run([str(_postgres_binaries() / program), *arguments], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{program}: {done.stderr[-2000:]}")


def _partition(url: str, person: Any, conversation: Any) -> None:
    """Run the procedure while a writer posts; its longest wait is what people would notice."""
    from django.db import connection

    before = _paces(person, conversation)
    border = _scalar("select max(id) + 300 from chat_entry")
    waits: list[float] = []
    over = threading.Event()
    writer = threading.Thread(target=_write, args=(person, conversation, over, waits))
    writer.start()
    time.sleep(2)
    began = time.monotonic()
    script = re.sub(r":border", str(border), (HERE / "partitions.sql").read_text())
    _run(
        "psql",
        url,
        "--quiet",
        "--set",
        "ON_ERROR_STOP=1",
        "--command",
        "set statement_timeout = 0",
        "--command",
        script,
    )
    took = time.monotonic() - began
    while _scalar("select count(*) from chat_entry_next") == 0 and writer.is_alive():
        time.sleep(0.1)
    over.set()
    writer.join()
    print(f"| partitions made, s | {took:.1f} |")
    print(f"| longest wait of the writer meanwhile, s | {max(waits):.2f} |")
    head = _scalar(f"select seq from chat_conversation where id = '{conversation.pk}'")
    held = _scalar(f"select count(*) from chat_entry where conversation_id = '{conversation.pk}'")
    print(
        f"| entries of the writer: head, stored, in the new partition | {head}, {held}, "
        f"{_scalar('select count(*) from chat_entry_next')} |"
    )
    for name, early, late in zip(PACES, before, _paces(person, conversation), strict=True):
        print(f"| {name}: before, after | {early:.2f}, {late:.2f} |")
    print(f"| the month that is over detached, s | {_detach():.2f} |")
    connection.close()


def _paces(person: Any, conversation: Any) -> tuple[float, float]:
    """Medians over many of what people wait for: a message stored, the newest page of some conversation read."""
    from django.db import connection

    from chat import actions as chat
    from chat import queries
    from chat.models import Conversation

    others = [Conversation(pk=uuid.UUID(_scalar(f"select md5('c{n}')"))) for n in range(1, 201)]
    posts, reads = [], []
    for other in others:
        began = time.perf_counter()
        chat.post_message(conversation=conversation, author=person, body="строка", client_id=uuid.uuid4())
        posts.append(time.perf_counter() - began)
        began = time.perf_counter()
        assert len(queries.latest_entries(conversation=other, audience="staff")) == PER_CONVERSATION
        reads.append(time.perf_counter() - began)
    connection.close()
    return 1000 * statistics.median(posts), 1000 * statistics.median(reads)


def _detach() -> float:
    """Seconds that taking the first partition away costs; it is put back."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute("alter table chat_entry detach partition chat_entry_so_far")
        took = time.perf_counter() - began
        transaction.set_rollback(True)
    return took


def _write(person: Any, conversation: Any, over: threading.Event, waits: list[float]) -> None:
    from django.db import connection

    from chat import actions as chat

    while not over.is_set():
        began, id_ = time.monotonic(), uuid.uuid4()
        first = chat.post_message(conversation=conversation, author=person, body="строка", client_id=id_)
        waits.append(time.monotonic() - began)
        again = chat.post_message(conversation=conversation, author=person, body="строка", client_id=id_)
        assert first.seq == again.seq, "a repeated send is one entry, before and after"
    connection.close()


def _scalar(statement: str) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


if __name__ == "__main__":
    sys.exit(main())
