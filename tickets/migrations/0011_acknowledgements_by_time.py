from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0010_letters_go_on_in_the_chat")]

    operations = [
        migrations.AddIndex(
            model_name="outboundletter",
            index=models.Index(condition=models.Q(purpose="ack"), fields=["queued_at"], name="acknowledged_at"),
        ),
    ]
