"""Who takes the chats of a topic first, as administrators say it."""

from collections.abc import Sequence

from django.db import transaction

from identity.actions import record_audit
from identity.models import User
from tickets.actions.matching import match_soon
from tickets.models import SkillRule, Topic


@transaction.atomic
def set_skills(*, topic: Topic, agents: Sequence[User], fallback_time: int, by: User) -> None:
    """These agents first, for ``fallback_time`` seconds; without agents the topic has no rule of its own any more."""
    before = _said(SkillRule.objects.select_for_update().filter(topic=topic).first())
    if agents:
        rule, _made = SkillRule.objects.update_or_create(topic=topic, defaults={"fallback_time": fallback_time})
        rule.agents.set(agents)
    else:
        rule = None
        SkillRule.objects.filter(topic=topic).delete()
    after = _said(rule)
    if before != after:
        record_audit(
            code="topic.skills", actor=by, object_kind="topic", object_id=topic.code, before=before, after=after
        )
        match_soon()


def _said(rule: SkillRule | None) -> dict[str, object] | None:
    if rule is None:
        return None
    agents = sorted(str(pk) for pk in rule.agents.values_list("pk", flat=True))
    return {"agents": agents, "fallback_time": rule.fallback_time}
