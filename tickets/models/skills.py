"""Who takes the chats of a topic first."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST = 900  # seconds: nobody waits longer for somebody skilled


class SkillRule(models.Model):
    """Chats of this topic, and of those under it without a rule of their own, go to these agents for so long.

    After ``fallback_time`` seconds in the queue, or at once when none of them is on the line, to anybody.
    """

    topic = models.OneToOneField("tickets.Topic", on_delete=models.CASCADE, related_name="skill_rule")
    agents = models.ManyToManyField("identity.User", related_name="skills")
    fallback_time = models.PositiveSmallIntegerField(
        _("After so many seconds anybody takes it"),
        default=60,
        validators=[MinValueValidator(5), MaxValueValidator(LONGEST)],
    )
