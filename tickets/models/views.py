"""Lists of tickets that somebody keeps for later."""

from typing import ClassVar

from django.db import models


class SavedView(models.Model):
    """A list of tickets under a name. ``asked`` is what the list is narrowed to, as its address says it."""

    owner = models.ForeignKey("identity.User", on_delete=models.CASCADE, related_name="saved_views")
    title = models.CharField(max_length=60)
    is_shared = models.BooleanField(default=False, help_text="everybody of the staff sees it")
    asked = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["title", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "title"], name="one_view_of_a_title")]

    def __str__(self) -> str:
        return self.title
