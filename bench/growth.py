"""Whether the cost of a message grows with the past: ``python -m bench.growth``.

Two databases of one Postgres, a small and a large one, and in the large one young and old chats. The same load in turns
on each, through the live server; what counts is the processor time for a message beside the small database's.
"""

import asyncio
import statistics
import time
from typing import Any

from bench.live import IN_FLIGHT, measure
from bench.place import Place, own_place, say
from bench.report import Figures, Options, machine, parser, table, tell
from bench.servers import serving

AGENTS = 4
SMALL = 1_000

FILL = """
set synchronous_commit = off;
set session_replication_role = replica;
insert into identity_borrower (id, customer_id, full_name, first_name, email, phone, city, language, created_at,
                               refreshed_at)
select gen_random_uuid(), 'past-' || n, 'Заёмщик ' || n, 'Анна', '', '', '', 'ru', now(), now()
  from generate_series(1, %(borrowers)s) n;
insert into chat_conversation (id, channel, borrower_id, correspondent_name, correspondent_address, subject, page,
                               language, seq, public_seq, is_shared, started_at, closed_at)
select gen_random_uuid(), 'chat', b.id, '', '', '', '', 'ru', 1, 1, false, now() - n * interval '1 minute',
       now() - n * interval '1 minute' + interval '20 minutes'
  from (select id, row_number() over () as place from identity_borrower) b, generate_series(1, 10) n
 where (b.place - 1) * 10 + n <= %(conversations)s;
insert into chat_entry (conversation_id, seq, public_seq, kind, author_kind, author_id, author_name, client_id,
                        content_hash, body, data, created_at)
select id, 1, 1, 'message', 'borrower', borrower_id, 'Анна', gen_random_uuid(), '', 'Здравствуйте, когда платить?',
       '{}', started_at
  from chat_conversation where closed_at is not null;
insert into tickets_ticket (conversation_id, channel, status, opened_at, borrower_wrote_at, staff_wrote_at,
                            first_response_at, resolved_at, steps_done)
select id, 'chat', 'resolved', started_at, started_at, started_at, started_at, closed_at, '[]'
  from chat_conversation where closed_at is not null;
set session_replication_role = default;
"""
AGE = """
set synchronous_commit = off;
insert into chat_entry (conversation_id, seq, public_seq, kind, author_kind, author_id, author_name, client_id,
                        content_hash, body, data, created_at)
select c.id, c.seq + n, c.public_seq + n, 'message', 'borrower', c.borrower_id, 'Анна', gen_random_uuid(), '',
       'Здравствуйте, когда платить? ' || n, '{}', now()
  from chat_conversation c, generate_series(1, %(messages)s) n where c.id = any(%(chats)s::uuid[]);
update chat_conversation set seq = seq + %(messages)s, public_seq = public_seq + %(messages)s
 where id = any(%(chats)s::uuid[]);
"""

People = list[tuple[Any, list[tuple[Any, Any]]]]


def fill(url: str, conversations: int) -> None:
    """Past chats, each with a message and a ticket."""
    began = time.perf_counter()
    write(url, FILL, {"borrowers": -(-conversations // 10), "conversations": conversations})
    write(url, "vacuum analyze", {})
    say(f"{conversations:,} conversations written in {time.perf_counter() - began:.0f} s")


def age(url: str, people: People, messages: int) -> None:
    chats = [str(conversation.pk) for _, own in people for _, conversation in own]
    write(url, AGE, {"messages": messages, "chats": chats})


def write(url: str, statements: str, values: dict[str, Any]) -> None:
    import psycopg2

    database = psycopg2.connect(url)
    database.autocommit = True
    with database.cursor() as cursor:
        for statement in statements.split(";"):
            if statement.strip():
                cursor.execute(statement, values)
    database.close()


def use(url: str) -> None:
    """Let this process talk to another database from now on."""
    from django.conf import settings
    from django.db import connections

    connections.close_all()
    name = url.partition("@/")[2].partition("?")[0]
    settings.DATABASES["default"]["NAME"] = name
    connections["default"].settings_dict["NAME"] = name


def cases(options: Options, place: Place) -> list[tuple[str, str, People]]:
    """Title, database and people of each case; the first is what the others are compared with."""
    from bench import people

    use(place.beside("postgres"))
    large_url, small_url = place.create("large", "supportdesk"), place.database
    fill(small_url, SMALL)
    fill(large_url, options.conversations)
    made = []
    plan = (
        (small_url, SMALL, 10),
        (small_url, SMALL, options.messages),
        (large_url, options.conversations, 10),
        (large_url, options.conversations, options.messages),
    )
    for url, conversations, messages in plan:
        use(url)
        everybody = people.open_chats(AGENTS)
        age(url, everybody, messages)
        made.append((f"{conversations:,} | {messages:,}", url, everybody))
    for url in (small_url, large_url):
        write(url, "vacuum analyze", {})
    return made


async def run(options: Options, place: Place) -> dict[str, list[dict[str, float]]]:
    from asgiref.sync import sync_to_async

    from bench import people

    made = await sync_to_async(cases)(options, place)
    found: dict[str, list[dict[str, float]]] = {title: [] for title, _, _ in made}
    for number in range(options.rounds):
        for title, url, everybody in made if number % 2 == 0 else reversed(made):
            await sync_to_async(use)(url)
            with serving(options.server, DATABASE_URL=url) as server:
                hellos = await sync_to_async(people.desk_hellos)(everybody)
                turn, delays = await measure(server, hellos, place.postgres, options)
            found[title].append({**turn, "p50_ms": 1000 * delays[len(delays) // 2]})
            say(f"round {number + 1}: {title} {turn['server_us'] + turn['postgres_us']:.0f} µs a message")
    return found


def figures_of(found: dict[str, list[dict[str, float]]]) -> Figures:
    cases = {}
    for title, turns in found.items():
        cases[title] = {name: statistics.median(turn[name] for turn in turns) for name in turns[0]}
    spent = {title: own["server_us"] + own["postgres_us"] for title, own in cases.items()}
    least = next(iter(spent.values()))
    for title, own in cases.items():
        own["ratio"] = spent[title] / least
    return {"machine": machine(), "cases": cases}


def text(figures: Figures) -> str:
    heads = ["conversations in the database", "messages in the chat", "processor µs per message, server + Postgres"]
    heads += ["× the first", "messages/s", "p50 ms at 200/s"]
    rows = []
    for title, own in figures["cases"].items():
        spent = f"{own['server_us']:.0f} + {own['postgres_us']:.0f}"
        line = [*title.split(" | "), spent, f"{own['ratio']:.2f}", f"{own['rate']:,.0f}", f"{own['p50_ms']:.1f}"]
        rows.append(line)
    return f"{figures['machine']}\n\n{table(heads, rows)}"


def main() -> None:
    options = parser(__doc__ or "")
    options.add_argument("--seconds", type=float, default=4)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--server", default="daphne")
    options.add_argument("--conversations", type=int, default=1_000_000)
    options.add_argument("--messages", type=int, default=10_000)
    options.add_argument("--in-flight", type=int, default=IN_FLIGHT)
    chosen = options.parse_args()
    with own_place() as place:
        found = asyncio.run(run(chosen, place))
    tell(figures_of(found), text, as_json=chosen.json)


if __name__ == "__main__":
    main()
