"""Photos of documents, encrypted on the disk."""

import django.utils.timezone
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0004_sessions_by_the_databases_clock'),
    ]

    operations = [
        migrations.CreateModel(
            name='VaultFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('path', models.CharField(blank=True, help_text='below the vault; empty once erased', max_length=200)),
                ('size', models.PositiveBigIntegerField(help_text='of the picture, in bytes')),
                ('width', models.PositiveIntegerField()),
                ('height', models.PositiveIntegerField()),
                ('stored_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('erase_at', models.DateTimeField(db_index=True)),
                ('erased_at', models.DateTimeField(null=True)),
            ],
        ),
    ]
