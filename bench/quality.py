"""How fast conversations are judged: ``python -m bench.quality``.

The same made dialogs by every automatic check of this project, in as many processes as asked for; by a plain
scikit-learn pipeline (TF-IDF of words and letters, logistic regression) that answers one question of each message; and
by the outbox's own action with everything read from Postgres and written to it. Beside them stands what the study that
began this work measured. ``--quick`` is a try of half a minute.
"""

import json
import multiprocessing
import statistics
import time
from datetime import timedelta
from typing import Any

from bench.dialogs import Dialog, dialogs
from bench.place import own_place, say
from bench.report import Figures, machine, parser, table, tell

GOAL_RATE, GOAL_STORED, GOAL_SLOWEST = 300, 100, 10.0  # dialogs a second on two cores; with writes; ms of the processor
WRITERS = 2  # processes a core that store: each waits for the disk at every commit
WARM = 100  # dialogs judged before the clock starts: a worker lives for days
STUDY = "2.81 ms; 470 a second on a quiet machine, 284–320 on a busy one"


def transcript_of(dialog: Dialog) -> Any:
    from quality.rules.transcript import Message, Side, Transcript

    messages = tuple(
        Message(
            seq=seq,
            side=Side.STAFF if line.by_staff else Side.BORROWER,
            author_id="agent" if line.by_staff else "borrower",
            author_name=dialog.agent if line.by_staff else dialog.name,
            text=line.text,
            at=line.at,
        )
        for seq, line in enumerate(dialog.lines, start=1)
    )
    last = messages[-1].at + 60
    return Transcript(
        channel="chat", messages=messages, borrower_name=dialog.name, ended_at=last, topic="payments", identified_from=0
    )


def judged(dialog: Dialog) -> str:
    """Every check, and its findings as they would be stored."""
    from quality.rules.checks import CHECKS

    transcript = transcript_of(dialog)
    found = {code: check.run(transcript, {}) for code, check in CHECKS.items()}
    return json.dumps({code: _stored(outcome) for code, outcome in found.items()}, ensure_ascii=False)


def _stored(outcome: Any) -> dict[str, Any]:
    evidence = [{"seq": one.seq, "start": one.start, "end": one.end} for one in outcome.evidence]
    return {"verdict": outcome.verdict, "reason": outcome.reason, "facts": outcome.facts, "evidence": evidence}


def judge_many(part: int, parts: int, count: int, start: Any, told: Any) -> None:
    """One process: its share of the dialogs, each timed on its own processor clock."""
    own = dialogs(count)[part::parts]
    for dialog in dialogs(WARM, seed=1):
        judged(dialog)
    start.wait()
    began, spent = time.monotonic(), []
    for dialog in own:
        before = time.thread_time()
        judged(dialog)
        spent.append((time.thread_time() - before) * 1000)
    told.put((time.monotonic() - began, spent))


def by_checks(count: int, processes: int) -> Figures:
    results = _in_processes(judge_many, processes, count)
    spent = sorted(each for _, own in results for each in own)
    return {
        "per_second": count / max(wall for wall, _ in results),
        "mean": statistics.mean(spent),
        "median": statistics.median(spent),
        "p99": spent[int(len(spent) * 0.99)],
        "slowest": spent[-1],
    }


def _in_processes(work: Any, processes: int, *given: Any) -> list[Any]:
    context = multiprocessing.get_context("spawn")
    start, told = context.Barrier(processes), context.Queue()
    own = [context.Process(target=work, args=(part, processes, *given, start, told)) for part in range(processes)]
    for process in own:
        process.start()
    results = [told.get() for _ in own]
    for process in own:
        process.join()
    return results


def by_library(count: int) -> Figures:
    """Thirty messages of a dialog at once, and one by one, through one pipeline; one process."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    learned = [line for dialog in dialogs(200, seed=2) for line in dialog.lines]
    pipeline = make_pipeline(
        make_union(
            TfidfVectorizer(ngram_range=(1, 2), max_features=20_000),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), max_features=20_000),
        ),
        LogisticRegression(max_iter=200),
    )
    pipeline.fit([line.text for line in learned], ["?" in line.text for line in learned])
    asked = [[line.text for line in dialog.lines] for dialog in dialogs(count)]
    together = _milliseconds(lambda texts: pipeline.predict_proba(texts), asked)
    apart = _milliseconds(lambda texts: [pipeline.predict_proba([text]) for text in texts], asked[: count // 4])
    return {"together": together, "apart": apart}


def _milliseconds(work: Any, asked: list[list[str]]) -> float:
    work(asked[0])
    began = time.process_time()
    for texts in asked:
        work(texts)
    return (time.process_time() - began) * 1000 / len(asked)


def store(made: list[Dialog]) -> None:
    """The dialogs as closed chats of borrowers, each on a day of its own."""
    from django.utils import timezone

    from chat.models import Conversation, Entry
    from identity.models import Borrower, User
    from quality import actions as quality
    from tickets.models import Ticket

    quality.seed_default_standard()
    agents = {
        name: User(email=f"a{n}@bench.example", full_name=name, display_name=name, role="agent")
        for n, name in enumerate(sorted({dialog.agent for dialog in made}))
    }
    User.objects.bulk_create(agents.values())
    people = [Borrower(customer_id=f"B-{n}", full_name=one.name, first_name=one.name) for n, one in enumerate(made)]
    Borrower.objects.bulk_create(people)
    now = timezone.now() - timedelta(days=1)
    talks = [
        Conversation(
            channel="chat",
            borrower=person,
            seq=len(dialog.lines),
            public_seq=len(dialog.lines),
            started_at=now,
            closed_at=now + timedelta(seconds=dialog.lines[-1].at + 60),
        )
        for person, dialog in zip(people, made, strict=True)
    ]
    Conversation.objects.bulk_create(talks)
    Ticket.objects.bulk_create(Ticket(conversation=talk, channel="chat", status="resolved") for talk in talks)
    Entry.objects.bulk_create(
        (
            Entry(
                conversation=talk,
                seq=seq,
                public_seq=seq,
                kind="message",
                author_kind="staff" if line.by_staff else "borrower",
                author_id=agents[dialog.agent].pk if line.by_staff else person.pk,
                author_name=dialog.agent if line.by_staff else dialog.name,
                body=line.text,
                created_at=now + timedelta(seconds=line.at),
            )
            for talk, person, dialog in zip(talks, people, made, strict=True)
            for seq, line in enumerate(dialog.lines, start=1)
        ),
        batch_size=2000,
    )


def score_many(part: int, parts: int, start: Any, told: Any) -> None:
    """One process: every conversation of its share, through the action a worker calls."""
    import django

    django.setup()
    from chat.models import Conversation
    from quality import actions as quality

    for dialog in dialogs(WARM, seed=1):
        judged(dialog)
    own = list(Conversation.objects.select_related("borrower", "ticket__topic").order_by("pk"))[part::parts]
    start.wait()
    began, before = time.monotonic(), time.process_time()
    for conversation in own:
        quality.score_conversation(conversation=conversation)
    told.put((time.monotonic() - began, time.process_time() - before))


def with_writes(count: int, processes: int) -> Figures:
    with own_place():
        store(dialogs(count))
        from django.db import connections

        from quality.models import Finding, Score

        connections.close_all()
        results = _in_processes(score_many, processes)
        stored = {"scores": Score.objects.count(), "findings": Finding.objects.count()}
        connections.close_all()
    spent = 1000 * sum(processor for _, processor in results) / count
    return {"per_second": count / max(wall for wall, _ in results), "mean": spent, **stored}


def text(found: Figures) -> str:
    checks, library, stored = found["checks"], found["library"], found["stored"]
    rows = [
        (f"dialogs a second, {found['processes']} processes (goal: {GOAL_RATE})", f"{checks['per_second']:.0f}"),
        ("ms of processor time a dialog, mean", f"{checks['mean']:.2f}"),
        ("the same, median", f"{checks['median']:.2f}"),
        (f"the same, 99 of 100 (goal: under {GOAL_SLOWEST:g})", f"{checks['p99']:.2f}"),
        ("what the study's checks took", STUDY),
        ("scikit-learn, one question, thirty messages at once, ms a dialog", f"{library['together']:.2f}"),
        ("scikit-learn, one question, message by message, ms a dialog", f"{library['apart']:.2f}"),
        (
            f"dialogs a second read, judged and stored, {found['writers']} processes (goal: {GOAL_STORED})",
            f"{stored['per_second']:.0f}",
        ),
        ("ms of processor time of Python for it", f"{stored['mean']:.2f}"),
    ]
    said = (
        f"{found['dialogs']} dialogs of {found['characters']:.0f} characters in {found['messages']} messages, "
        f"{found['count']} checks; {stored['scores']} scores with {stored['findings']} findings stored; "
        f"{found['machine']}"
    )
    return f"{said}\n\n{table(('what', 'figure'), rows)}"


def main() -> int:
    options = parser(__doc__ or "")
    options.add_argument("--dialogs", type=int, default=2000)
    options.add_argument("--stored", type=int, default=1000, help="dialogs that are also stored")
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--quick", action="store_true")
    chosen = options.parse_args()
    count, kept = (200, 100) if chosen.quick else (chosen.dialogs, chosen.stored)
    from quality.rules.checks import CHECKS

    made = dialogs(100)
    say("judging")
    found: Figures = {"checks": by_checks(count, chosen.processes), "count": len(CHECKS)}
    say("the library")
    found |= {"library": by_library(min(count, 400))}
    say("storing")
    writers = WRITERS * chosen.processes
    found |= {"stored": with_writes(kept, writers), "dialogs": count, "processes": chosen.processes, "writers": writers}
    found |= {"characters": statistics.mean(one.characters for one in made), "messages": len(made[0].lines)}
    tell(found | {"machine": machine()}, text, as_json=chosen.json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
