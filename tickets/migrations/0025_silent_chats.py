"""Live chats whose borrower fell silent: when they were asked, found by an index, forgotten by a trigger."""
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models


TRIGGER = """
create function tickets_forget_silence() returns trigger language plpgsql as $$
begin
  new.silence_asked_at := null;
  return new;
end $$;
create trigger tickets_silence before update on tickets_ticket for each row
 when (old.silence_asked_at is not null and
       (old.staff_wrote_at, old.borrower_wrote_at, old.status, old.snoozed_until) is distinct from
       (new.staff_wrote_at, new.borrower_wrote_at, new.status, new.snoozed_until))
 execute function tickets_forget_silence();
"""
NO_TRIGGER = "drop trigger tickets_silence on tickets_ticket; drop function tickets_forget_silence();"


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0007_calls_and_paper'),
        ('tickets', '0024_choices_as_they_are_called'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SilenceRule',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('is_on', models.BooleanField(default=True, verbose_name='Silent chats end by themselves')),
                ('warn_time', models.PositiveIntegerField(default=600, help_text='seconds of silence before the question')),
                ('close_time', models.PositiveIntegerField(default=1200, help_text='seconds from the question to the end')),
            ],
        ),
        migrations.AddField(
            model_name='ticket',
            name='silence_asked_at',
            field=models.DateTimeField(help_text='since when the borrower is asked whether they are there; a trigger forgets it', null=True),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(django.db.models.functions.comparison.Greatest('staff_wrote_at', 'borrower_wrote_at', 'moved_at'), condition=models.Q(('channel', 'chat'), ('snoozed_until', None), ('status', 'waiting'), ('waiting_since', None), ('silence_asked_at', None), ('staff_wrote_at__isnull', False)), name='ticket_silent'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('silence_asked_at__isnull', False)), fields=['silence_asked_at'], name='ticket_silence_asked'),
        ),
        migrations.AddConstraint(
            model_name='silencerule',
            constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='one_silence_rule'),
        ),
        migrations.AddConstraint(
            model_name='silencerule',
            constraint=models.CheckConstraint(condition=models.Q(('close_time__gte', 60), ('warn_time__gte', 60)), name='silence_takes_a_minute'),
        ),
        migrations.RunSQL(TRIGGER, NO_TRIGGER),
    ]
