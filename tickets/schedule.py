"""What beat does by the clock, everything else is woken by events; and which queue, with its own worker, does what."""

ROWS = "celery"  # work on our own rows: letters read, scores
ROUTING = "routing"  # what must never wait behind other work: it is short
OUTSIDE = "outside"  # effects beyond Postgres, which take as long as others' servers like

ROUTES: dict[str, dict[str, object]] = {"tickets.tasks.sweep_routing": {"queue": ROUTING}}

SCHEDULE: dict[str, dict[str, object]] = {
    "sweep routing": {"task": "tickets.tasks.sweep_routing", "schedule": 5.0, "options": {"expires": 5}},
    "sweep letters": {"task": "tickets.tasks.sweep_letters", "schedule": 60.0, "options": {"expires": 60}},
    "run jobs": {"task": "tickets.tasks.run_jobs", "schedule": 2.0, "options": {"expires": 2, "queue": ROUTING}},
    "forget unposted files": {
        "task": "chat.tasks.forget_unposted_files",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "forget expired": {"task": "identity.tasks.forget_expired", "schedule": 3600.0, "options": {"expires": 3600}},
}
