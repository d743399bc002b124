"""How fast waiting chats are given to agents: ``python -m bench.routing``.

A queue, enough free places for it, and fifty matchers at once in several processes, as when an outage ends. Afterwards
every agent holds at most five chats and every chat has one agent.
"""

import multiprocessing
import resource
import time
import uuid
from collections import Counter
from threading import Thread
from typing import Any

from bench.place import own_place, processor_time, say
from bench.report import Figures, Options, machine, parser, table, tell

CAPACITY = 5


def agents_come(count: int) -> None:
    """So many agents, each with five free places."""
    from identity.models import User
    from tickets import actions as tickets

    tag = uuid.uuid4().hex[:6]
    made = [
        User(email=f"a{n}-{tag}@bench.example", full_name=f"Агент {n}", display_name=f"Агент {n}", role="agent")
        for n in range(count)
    ]
    User.objects.bulk_create(made)
    for user in made:
        tickets.ensure_slots(user=user, capacity=CAPACITY)


def agents_are_available() -> None:
    """Present and on the line all at once, without a word to the matcher: the queue is whole when the clock starts."""
    from django.utils import timezone

    from identity.models import User
    from tickets import actions as tickets
    from tickets.models import Availability, AvailabilityPeriod

    now = timezone.now()
    tickets.renew_presence(user_ids=list(User.objects.values_list("pk", flat=True)))
    AvailabilityPeriod.objects.bulk_create(
        AvailabilityPeriod(user=user, state=Availability.AVAILABLE, since=now) for user in User.objects.all()
    )


def chats_wait(count: int) -> None:
    from chat import actions as chat
    from identity import actions as identity

    for number in range(count):
        sub = f"Q-{number}-{uuid.uuid4().hex[:8]}"
        borrower = identity.refresh_borrower(claims={"sub": sub, "name": sub, "first_name": sub, "language": "ru"})
        conversation = chat.start_conversation(channel="chat", borrower=borrower)
        chat.post_message(conversation=conversation, author=borrower, body="Здравствуйте")


def match_in_threads(threads: int, start: Any, given: Any) -> None:
    """One process: so many matchers begin at the same moment."""
    from django.db import connection

    from tickets import actions as tickets

    def match() -> None:
        connection.ensure_connection()
        start.wait()
        count = tickets.match()
        with given.get_lock():
            given.value += count
        connection.close()

    own = [Thread(target=match) for _ in range(threads)]
    for thread in own:
        thread.start()
    for thread in own:
        thread.join()


def measure(options: Options, postgres: int) -> Figures:
    from django.db import connections

    connections.close_all()
    forking = multiprocessing.get_context("fork")
    start, given = forking.Barrier(options.matchers + 1), forking.Value("i", 0)
    threads = options.matchers // options.processes
    workers = [forking.Process(target=match_in_threads, args=(threads, start, given)) for _ in range(options.processes)]
    for worker in workers:
        worker.start()
    start.wait()
    began, before = time.perf_counter(), (_children(), processor_time(postgres))
    for worker in workers:
        worker.join()
    took, after = time.perf_counter() - began, (_children(), processor_time(postgres))
    each = [1000 * (late - early) / max(1, given.value) for early, late in zip(before, after, strict=True)]
    spent = {"matchers_ms": each[0], "postgres_ms": each[1]}
    return {"took_s": took, "given": given.value, **spent, **outcome()}


def _children() -> float:
    """Seconds of processor time of the processes that have ended, all of them matchers' and their start."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def outcome() -> Figures:
    """What the rows say afterwards."""
    from tickets.models import Assignment, Slot, Ticket

    loads = Counter(Slot.objects.filter(ticket__isnull=False).values_list("agent", flat=True))
    served = Counter(Assignment.objects.filter(until=None).values_list("ticket", flat=True))
    return {
        "most_per_agent": max(loads.values(), default=0),
        "most_agents_per_chat": max(served.values(), default=0),
        "left": Ticket.objects.filter(queued_at__isnull=False).count(),
    }


def text(figures: Figures) -> str:
    heads = ["matchers", "chats given", "seconds", "chats/s", "most chats of an agent", "most agents of a chat"]
    heads += ["processor ms per chat, matchers + Postgres"]
    took = figures["took_s"]
    row = [figures["matchers"], f"{figures['given']:,}", f"{took:.1f}", f"{figures['given'] / took:,.0f}"]
    row += [figures["most_per_agent"], figures["most_agents_per_chat"]]
    row += [f"{figures['matchers_ms']:.1f} + {figures['postgres_ms']:.1f}"]
    return f"{figures['machine']}\n\n{table(heads, [row])}"


def main() -> None:
    options = parser(__doc__ or "")
    options.add_argument("--chats", type=int, default=1000)
    options.add_argument("--matchers", type=int, default=50)
    options.add_argument("--processes", type=int, default=5)
    chosen = options.parse_args()
    with own_place() as place:
        agents_come(-(-chosen.chats // CAPACITY))
        chats_wait(chosen.chats)
        say(f"{chosen.chats:,} chats wait")
        agents_are_available()
        figures = measure(chosen, place.postgres)
    tell({"machine": machine(), "matchers": chosen.matchers, **figures}, text, as_json=chosen.json)


if __name__ == "__main__":
    main()
