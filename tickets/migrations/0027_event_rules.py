"""Rules of administrators: when, if, then; and what a rule would have done last week."""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0026_saved_views'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EventRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True)),
                ('position', models.PositiveIntegerField(default=0)),
                ('is_on', models.BooleanField(default=False)),
                ('event', models.CharField(choices=[('opened', 'A ticket is opened'), ('message', 'A message of the borrower comes'), ('topic_set', 'The topic is changed'), ('priority_set', 'The priority is changed'), ('promise_warned', 'A promise is about to be broken'), ('promise_breached', 'A promise is broken'), ('resolved', 'The ticket is resolved'), ('reopened', 'The ticket is reopened')], max_length=16)),
                ('channel', models.CharField(blank=True, choices=[('chat', 'Chat on the site'), ('email', 'E-mail'), ('phone', 'Phone'), ('paper', 'Letter on paper'), ('portal', "Regulator's portal"), ('probe', "The desk's own probe")], max_length=8)),
                ('priority', models.CharField(blank=True, choices=[('normal', 'Normal'), ('high', 'High'), ('urgent', 'Urgent')], max_length=6)),
                ('words', models.CharField(blank=True, help_text='by commas; one of them is enough', max_length=500)),
                ('borrower', models.CharField(blank=True, choices=[('', 'Anybody'), ('known', 'A known borrower'), ('unknown', 'Somebody not known')], max_length=7)),
                ('waited_minutes', models.PositiveIntegerField(blank=True, null=True)),
                ('sets_priority', models.CharField(blank=True, choices=[('normal', 'Normal'), ('high', 'High'), ('urgent', 'Urgent')], max_length=6)),
                ('note', models.CharField(blank=True, max_length=1000)),
                ('tells_supervisors', models.BooleanField(default=False)),
                ('gives_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sets_topic', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tickets.topic')),
                ('topic', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tickets.topic')),
            ],
            options={
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='RuleTrial',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('expected', models.PositiveIntegerField(default=0, help_text='tickets to be looked at; for the progress bar')),
                ('looked', models.PositiveIntegerField(default=0)),
                ('events', models.PositiveIntegerField(default=0, help_text='how often the rule would have worked')),
                ('tickets', models.PositiveIntegerField(default=0, help_text='on how many tickets')),
                ('numbers', models.JSONField(default=list, help_text='the first of them')),
                ('finished_at', models.DateTimeField(null=True)),
                ('rule', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='trial', to='tickets.eventrule')),
            ],
        ),
        migrations.AddConstraint(
            model_name='eventrule',
            constraint=models.CheckConstraint(condition=models.Q(('sets_topic__isnull', False), models.Q(('sets_priority', ''), _negated=True), ('gives_to__isnull', False), models.Q(('note', ''), _negated=True), ('tells_supervisors', True), _connector='OR'), name='event_rule_does_something'),
        ),
    ]
