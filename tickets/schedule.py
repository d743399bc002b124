"""What beat does by the clock; everything else is woken by events."""

SCHEDULE: dict[str, dict[str, object]] = {
    "sweep routing": {"task": "tickets.tasks.sweep_routing", "schedule": 5.0, "options": {"expires": 5}},
    "sweep letters": {"task": "tickets.tasks.sweep_letters", "schedule": 60.0, "options": {"expires": 60}},
    "run jobs": {"task": "tickets.tasks.run_jobs", "schedule": 2.0, "options": {"expires": 2}},
    "forget unposted files": {
        "task": "chat.tasks.forget_unposted_files",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "forget expired": {"task": "identity.tasks.forget_expired", "schedule": 3600.0, "options": {"expires": 3600}},
}
