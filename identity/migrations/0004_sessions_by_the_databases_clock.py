"""Sessions begin and are used by the clock of Postgres, which all processes share."""

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0003_probe'),
    ]

    operations = [
        migrations.AlterField(
            model_name='borrowersession',
            name='created_at',
            field=models.DateTimeField(db_default=Now(), editable=False),
        ),
        migrations.AlterField(
            model_name='borrowersession',
            name='used_at',
            field=models.DateTimeField(db_default=Now()),
        ),
        migrations.AlterField(
            model_name='staffsession',
            name='created_at',
            field=models.DateTimeField(db_default=Now(), editable=False),
        ),
        migrations.AlterField(
            model_name='staffsession',
            name='used_at',
            field=models.DateTimeField(db_default=Now()),
        ),
    ]
