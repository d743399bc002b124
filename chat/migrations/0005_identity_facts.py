"""Facts of a log about who the other side is."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0004_sessions_in_the_write'),
    ]

    operations = [
        migrations.AlterField(
            model_name='entry',
            name='kind',
            field=models.CharField(choices=[('message', 'Message'), ('note', 'Internal note'), ('started', 'Started'), ('assigned', 'Assigned'), ('unassigned', 'Returned to the queue'), ('transferred', 'Transferred'), ('topic_set', 'Topic set'), ('resolved', 'Resolved'), ('reopened', 'Reopened'), ('closed', 'Closed'), ('redacted', 'Redacted'), ('verified', 'Identity confirmed'), ('unverified', 'Identity not confirmed'), ('document', 'Photo of a document')], max_length=12),
        ),
    ]
