"""A channel for the desk's own probe, which causes no work."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0002_store_posts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='conversation',
            name='channel',
            field=models.CharField(choices=[('chat', 'Chat on the site'), ('email', 'E-mail'), ('phone', 'Phone'), ('probe', "The desk's own probe")], max_length=8),
        ),
    ]
