"""Answers written once."""

from typing import ClassVar

from django.db import models


class CannedAnswer(models.Model):
    """A prepared answer; ``{name}``-style variables are filled from the conversation when it is inserted."""

    topic = models.ForeignKey("tickets.Topic", null=True, blank=True, on_delete=models.SET_NULL, related_name="answers")
    shortcut = models.SlugField(unique=True, allow_unicode=True)
    title = models.CharField(max_length=120)
    body = models.TextField()
    language = models.CharField(max_length=2, default="ru")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "title"]
