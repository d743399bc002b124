"""The database itself refuses to change or remove a line of the audit log."""

from django.db import migrations

FORWARD = """
create function refuse_audit_change() returns trigger language plpgsql as $$
begin
    raise exception 'audit entries are append-only' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_is_append_only before update or delete on identity_auditentry
    for each row execute function refuse_audit_change();
"""
BACKWARD = """
drop trigger audit_is_append_only on identity_auditentry;
drop function refuse_audit_change();
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
