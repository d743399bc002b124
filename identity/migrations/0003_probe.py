"""A role for the desk's own probe, which no person is given."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0002_audit_is_append_only'),
    ]

    operations = [
        migrations.AlterField(
            model_name='user',
            name='role',
            field=models.CharField(choices=[('agent', 'Agent'), ('supervisor', 'Supervisor'), ('admin', 'Administrator'), ('probe', "The desk's own probe")], default='agent', max_length=12, verbose_name='role'),
        ),
    ]
