"""What Celery does by the clock. Nothing here is urgent: chats are routed and jobs done by workers of their own
(``manage.py work``), which ask Postgres and need no broker."""

from celery.schedules import crontab

NIGHTLY = crontab(minute="17", hour="1-4")  # four chances; each goes on where the last one stopped

SCHEDULE: dict[str, dict[str, object]] = {
    "tick": {"task": "tickets.tasks.tick", "schedule": 10.0, "options": {"expires": 10}},
    "sweep letters": {"task": "tickets.tasks.sweep_letters", "schedule": 60.0, "options": {"expires": 60}},
    "index search": {"task": "tickets.tasks.index_search", "schedule": 2.0, "options": {"expires": 2}},
    "forget unposted files": {
        "task": "chat.tasks.forget_unposted_files",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "erase old documents": {
        "task": "identity.tasks.erase_old_documents",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "forget expired": {"task": "identity.tasks.forget_expired", "schedule": 3600.0, "options": {"expires": 3600}},
    "forget old sessions": {
        "task": "identity.tasks.forget_old_sessions",
        "schedule": NIGHTLY,
        "options": {"expires": 3600},
    },
    "forget old operations": {
        "task": "tickets.tasks.forget_old_operations",
        "schedule": NIGHTLY,
        "options": {"expires": 3600},
    },
    "ask waves of surveys": {
        "task": "quality.tasks.ask_waves",
        "schedule": crontab(minute="5", hour="9-18"),
        "options": {"expires": 3600},
    },
    "roll up today": {"task": "quality.tasks.roll_up_today", "schedule": 900.0, "options": {"expires": 900}},
    "roll up lately": {
        "task": "quality.tasks.roll_up_lately",
        "schedule": crontab(minute="40", hour="3"),
        "options": {"expires": 3600},
    },
    "promise roll-ups": {"task": "tickets.tasks.promise_roll_ups", "schedule": 300.0, "options": {"expires": 300}},
    "promise changed days": {
        "task": "tickets.tasks.promise_changed_days",
        "schedule": crontab(minute="50"),
        "args": (3,),
        "options": {"expires": 3600},
    },
    "promise days changed while the clock stood": {
        "task": "tickets.tasks.promise_changed_days",
        "schedule": crontab(minute="25", hour="4"),
        "args": (24 * 7,),
        "options": {"expires": 3600},
    },
    "forget exports": {"task": "tickets.tasks.forget_exports", "schedule": 3600.0, "options": {"expires": 3600}},
    "draw plans of review": {
        "task": "quality.tasks.draw_plans",
        "schedule": crontab(minute="40", hour="1-4"),  # four chances; a plan draws once a day
        "options": {"expires": 3600},
    },
    "look at practices": {
        "task": "quality.tasks.look_at_practices",
        "schedule": crontab(minute="20", hour="4"),
        "options": {"expires": 3600},
    },
    "measure talks": {"task": "quality.tasks.measure_talks", "schedule": NIGHTLY, "options": {"expires": 3600}},
    "close calibrations": {
        "task": "quality.tasks.close_calibrations",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "forget done jobs": {"task": "tickets.tasks.forget_done_jobs", "schedule": NIGHTLY, "options": {"expires": 3600}},
    "settle complaint forecasts": {
        "task": "quality.tasks.settle_complaint_forecasts",
        "schedule": NIGHTLY,
        "options": {"expires": 3600},
    },
}
