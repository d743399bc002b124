"""The index of the search: what was said, in words that can be found, beside the log and never instead of it.

Every row can be made again from the log (``manage.py search_index --rebuild``). Its rows are written by functions of
Postgres (migration ``search``), and triggers keep them true when a text is redacted or a name changes.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _


class SearchDocument(models.Model):
    """What can be found of one entry: its text, the subject and the people of the conversation it began, or a file.

    ``keys`` are the tab and the spans of time it belongs to (``tickets.rules.search_keys``), in the same index as
    ``words``, so that a frequent word is looked up within a span only.
    """

    class Kind(models.TextChoices):
        MESSAGE = "message", _("Message")
        NOTE = "note", _("Internal note")
        SUBJECT = "subject", _("Subject")
        FILE = "file", _("File")

    entry = models.ForeignKey(
        "chat.Entry", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    attachment = models.ForeignKey(
        "chat.Attachment", null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    conversation = models.ForeignKey(
        "chat.Conversation", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    kind = models.CharField(max_length=7, choices=Kind.choices)
    author_kind = models.CharField(max_length=13)
    is_public = models.BooleanField()
    at = models.DateTimeField()
    words = SearchVectorField()
    keys = ArrayField(models.IntegerField())

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["words", "keys"], name="search_words_and_keys", fastupdate=False),
            models.Index(fields=["-at", "-id"], name="search_newest"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "attachment"], name="searched_once", nulls_distinct=False)
        ]


class SearchCursor(models.Model):
    """How far the log is indexed. One row.

    Up to ``seen`` everything visible then is indexed. Up to ``floor`` nothing can come any more: whoever had taken a
    number below ``mark`` had ended when ``mark_xid`` was the oldest transaction alive.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    floor = models.BigIntegerField(db_default=0)
    seen = models.BigIntegerField(db_default=0)
    mark = models.BigIntegerField(db_default=0)
    mark_xid = models.BigIntegerField(db_default=0)


class SearchName(models.Model):
    """One word of borrowers' names, with its trigrams: a mistyped name leads to the right ones among these."""

    word = models.CharField(max_length=200, primary_key=True)
    grams = ArrayField(models.TextField())

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["grams"], name="search_name_grams"),
            models.Index(fields=["word"], opclasses=["varchar_pattern_ops"], name="search_name_begins"),
        ]
