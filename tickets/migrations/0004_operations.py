"""How the desk itself is doing: processes seen, what they counted, what the probe found."""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0003_works_of_jobs'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProbeRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('failed_step', models.CharField(blank=True, max_length=20)),
                ('error', models.CharField(blank=True, max_length=60)),
                ('acknowledgement_time', models.FloatField(null=True)),
                ('round_trip_time', models.FloatField(null=True)),
                ('resume_time', models.FloatField(null=True)),
            ],
            options={
                'ordering': ['-at'],
            },
        ),
        migrations.CreateModel(
            name='Process',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('program', models.CharField(max_length=40)),
                ('host', models.CharField(max_length=100)),
                ('pid', models.PositiveIntegerField()),
                ('release', models.CharField(blank=True, max_length=40)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('seen_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('facts', models.JSONField(default=dict)),
            ],
        ),
        migrations.AlterField(
            model_name='slatarget',
            name='channel',
            field=models.CharField(choices=[('chat', 'Chat on the site'), ('email', 'E-mail'), ('phone', 'Phone'), ('probe', "The desk's own probe")], max_length=8),
        ),
        migrations.CreateModel(
            name='ProcessSample',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('facts', models.JSONField(default=dict)),
                ('process', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='samples', to='tickets.process')),
            ],
        ),
    ]
