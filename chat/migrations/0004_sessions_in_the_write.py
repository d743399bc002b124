"""A post is refused from the moment its session ends, by whatever it ends: sign-out, rights, age or idleness.

The same rules as ``live()`` of both kinds of sessions; a test holds them together. Rights are compared with the
session's own ``epoch``, so a person who changed their password writes on in the sign-in that goes on.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("chat.migrations.0002_store_posts").FUNCTION.replace("create function", "create or replace function")
CHANGES = {
    "s.id = p.session and s.ended_at is null and s.expires_at > now()": (
        "s.id = p.session and s.borrower_id = p.author and s.ended_at is null and s.expires_at > now()"
        " and s.used_at > now() - interval '30 minutes'"
    ),
    "u.auth_epoch <> coalesce(p.epoch, u.auth_epoch)": (
        "(p.session is null and u.auth_epoch <> coalesce(p.epoch, u.auth_epoch))"
    ),
    "where s.id = p.session and s.ended_at is null)))": (
        "where s.id = p.session and s.user_id = p.author and s.ended_at is null and s.epoch = u.auth_epoch"
        " and s.created_at > now() - interval '10 hours')))"
    ),
}


def after() -> str:
    function = BEFORE
    for old, new in CHANGES.items():
        assert function.count(old) == 1, old
        function = function.replace(old, new)
    return function


class Migration(migrations.Migration):
    dependencies = [("chat", "0003_probe")]

    operations = [migrations.RunSQL(after(), BEFORE)]
