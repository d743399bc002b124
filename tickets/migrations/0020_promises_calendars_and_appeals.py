"""Policies by priority, calendars with single days, the clock of the whole answer, and the register of appeals."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("tickets", "0019_names_known_to_search"),
    ]

    operations = [
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('serial', models.PositiveIntegerField()),
                ('number', models.CharField(max_length=40, unique=True)),
                ('channel', models.CharField(choices=[('chat', 'Chat'), ('email', 'Почта'), ('phone', 'Телефон'), ('paper', 'На бумаге'), ('portal', 'Portal of the regulator')], max_length=8)),
                ('received_on', models.DateField()),
                ('registered_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('due_on', models.DateField()),
                ('extended_at', models.DateTimeField(null=True)),
                ('extension_reason', models.CharField(blank=True, max_length=500)),
                ('ended_on', models.DateField(null=True)),
                ('ending', models.CharField(blank=True, choices=[('answered', 'Answered in writing'), ('withdrawn', 'Withdrawn by its author'), ('forwarded', 'Sent on to whom it concerns'), ('repeated', 'Repeats one that was answered')], max_length=9)),
                ('ending_note', models.CharField(blank=True, max_length=500)),
            ],
            options={
                'ordering': ['-year', '-serial'],
            },
        ),
        migrations.CreateModel(
            name='AppealYear',
            fields=[
                ('year', models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ('last', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Calendar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='Имя')),
                ('is_default', models.BooleanField(default=False)),
                ('follows_production', models.BooleanField(default=False, verbose_name='Follows the production calendar of Russia')),
            ],
            options={
                'ordering': ['-is_default', 'name'],
            },
        ),
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField()),
                ('opens_at', models.TimeField(null=True)),
                ('closes_at', models.TimeField(null=True)),
                ('note', models.CharField(blank=True, max_length=120)),
            ],
            options={
                'ordering': ['on'],
            },
        ),
        migrations.CreateModel(
            name='ProductionDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(unique=True)),
                ('kind', models.CharField(choices=[('off', 'Day off'), ('work', 'Working day'), ('short', 'Working day, an hour shorter')], max_length=5)),
            ],
            options={
                'ordering': ['on'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='slatarget',
            name='one_target_per_topic',
        ),
        migrations.AddField(
            model_name='slatarget',
            name='chain',
            field=models.JSONField(default=list, help_text='[[minutes after the breach, role], …]'),
        ),
        migrations.AddField(
            model_name='slatarget',
            name='priority',
            field=models.CharField(blank=True, choices=[('normal', 'Normal'), ('high', 'High'), ('urgent', 'Urgent')], default='', max_length=6),
        ),
        migrations.AddField(
            model_name='slatarget',
            name='resolution_time',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='slatarget',
            name='resolution_warn_time',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='ticket',
            name='alarm_at',
            field=models.DateTimeField(help_text='when the next step of its promises is due; set by a trigger', null=True),
        ),
        migrations.AddField(
            model_name='ticket',
            name='priority',
            field=models.CharField(choices=[('normal', 'Normal'), ('high', 'High'), ('urgent', 'Urgent')], db_default='normal', default='normal', max_length=6),
        ),
        migrations.AddField(
            model_name='ticket',
            name='resolution_due_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='ticket',
            name='resolution_since',
            field=models.DateTimeField(help_text='since when that clock runs; null while it rests', null=True),
        ),
        migrations.AddField(
            model_name='ticket',
            name='resolution_used',
            field=models.FloatField(db_default=0.0, default=0, help_text='working seconds of ours before now'),
        ),
        migrations.AddField(
            model_name='ticket',
            name='resolution_warn_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='ticket',
            name='thanked_at',
            field=models.DateTimeField(help_text='the other side only thanked: no answer is needed', null=True),
        ),
        migrations.AlterField(
            model_name='slatarget',
            name='channel',
            field=models.CharField(blank=True, choices=[('chat', 'Чат на\xa0сайте'), ('email', 'Почта'), ('phone', 'Телефон'), ('paper', 'Письмо на бумаге'), ('portal', 'Портал регулятора'), ('probe', 'Собственная проверка')], max_length=8),
        ),
        migrations.AlterField(
            model_name='ticket',
            name='status',
            field=models.CharField(choices=[('open', 'В работе'), ('waiting', 'Ждём ответа клиента'), ('resolved', 'Решено')], default='open', max_length=8),
        ),
        migrations.AlterField(
            model_name='workinghours',
            name='weekday',
            field=models.PositiveSmallIntegerField(),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('alarm_at__isnull', False)), fields=['alarm_at'], name='ticket_alarm'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='appeal',
            name='extended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='appeal',
            name='registered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='appeal',
            name='ticket',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='appeal', to='tickets.ticket'),
        ),
        migrations.AddConstraint(
            model_name='calendar',
            constraint=models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('is_default',), name='one_default_calendar'),
        ),
        migrations.AddField(
            model_name='slatarget',
            name='calendar',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='tickets.calendar'),
        ),
        migrations.AddField(
            model_name='workinghours',
            name='calendar',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='hours', to='tickets.calendar'),
        ),
        migrations.AddConstraint(
            model_name='slatarget',
            constraint=models.UniqueConstraint(fields=('channel', 'topic', 'priority'), name='one_target_per_topic', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='workinghours',
            constraint=models.UniqueConstraint(fields=('calendar', 'weekday', 'opens_at'), name='hours_begin_once', nulls_distinct=False),
        ),
        migrations.AddField(
            model_name='calendarday',
            name='calendar',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='days', to='tickets.calendar'),
        ),
        migrations.AddField(
            model_name='productionday',
            name='entered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='appeal',
            index=models.Index(condition=models.Q(('ended_on', None)), fields=['due_on'], name='appeals_open'),
        ),
        migrations.AddIndex(
            model_name='appeal',
            index=models.Index(fields=['received_on'], name='appeals_by_day'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.UniqueConstraint(fields=('year', 'serial'), name='appeal_number'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_on', None), ('ending', '')), models.Q(('ended_on__isnull', False), models.Q(('ending', ''), _negated=True)), _connector='OR'), name='appeal_ending'),
        ),
        migrations.AddConstraint(
            model_name='calendarday',
            constraint=models.UniqueConstraint(fields=('calendar', 'on'), name='calendar_day_once'),
        ),
        migrations.AddConstraint(
            model_name='calendarday',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closes_at', None), ('opens_at', None)), models.Q(('closes_at__isnull', False), ('opens_at__isnull', False)), _connector='OR'), name='both_hours_or_none'),
        ),
    ]
