"""Rules: kept by administrators, looked at by a worker after the event is committed, each change named in the log."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.forms.models import model_to_dict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from chat import actions as chat
from chat.models import Channel
from chat.rules.entries import Post, Writer
from identity.actions import record_audit
from identity.models import Role, User
from tickets.actions import announcements
from tickets.actions.assignments import place
from tickets.actions.events import plain, record_event
from tickets.actions.locking import lock_ticket
from tickets.actions.rule_events import LOOK, caused_by_a_rule
from tickets.actions.tickets import set_priority, set_topic
from tickets.errors import RulesRing
from tickets.jobs import handler
from tickets.models import Assignment, EventRule, Job, Priority, RuleTrial, Ticket
from tickets.queries.event_rules import (
    facts_now,
    forget_listened,
    plain_rule,
    rules_for,
    rules_in_order,
    text_of,
)
from tickets.rules.event_rules import has_words, holds_apart_from_words, ring_of


@transaction.atomic
def save_rule(*, rule: EventRule, by: User) -> EventRule:
    """A new rule, which stands last and is off, or a changed one; its trial is of what it was before."""
    known = EventRule.objects.filter(pk=rule.pk).first() if rule.pk else None
    before = _facts(known) if known else None
    if known is None:
        rule.position = max((each.position for each in rules_in_order()), default=0) + 1
    refuse_ring(rule)
    rule.save()
    RuleTrial.objects.filter(rule=rule).delete()
    _write_down("event_rule.changed" if before else "event_rule.added", rule, by, before=before, after=_facts(rule))
    return rule


def refuse_ring(rule: EventRule) -> None:
    """Refuse what would set itself off, alone or through others that are on; it is judged as if it were on."""
    others = [each for each in rules_in_order() if each.is_on and each.pk != rule.pk]
    if ring := ring_of([plain_rule(rule), *(plain_rule(each) for each in others)]):
        raise RulesRing([each.name for each in ring])


@transaction.atomic
def turn_rule(*, rule: EventRule, is_on: bool, by: User) -> EventRule:
    if is_on:
        refuse_ring(rule)
    rule.is_on = is_on
    rule.save(update_fields=["is_on"])
    _write_down("event_rule.switched_on" if is_on else "event_rule.switched_off", rule, by)
    return rule


@transaction.atomic
def raise_rule(*, rule: EventRule, by: User) -> EventRule:
    """One place earlier."""
    order = rules_in_order()
    place_now = order.index(rule)
    if place_now:
        order[place_now - 1], order[place_now] = order[place_now], order[place_now - 1]
        for position, each in enumerate(order, 1):
            EventRule.objects.filter(pk=each.pk).update(position=position)
        _write_down("event_rule.moved", rule, by, place=place_now)
    return rule


@transaction.atomic
def remove_rule(*, rule: EventRule, by: User) -> None:
    _write_down("event_rule.removed", rule, by, before=_facts(rule))
    rule.delete()


def _write_down(code: str, rule: EventRule, by: User, **detail: Any) -> None:
    record_audit(code=code, actor=by, object_kind="event_rule", object_id=str(rule.pk), name=rule.name, **plain(detail))
    forget_listened()


def _facts(rule: EventRule) -> dict[str, Any]:
    return plain(model_to_dict(rule))


@handler(LOOK)
def look_at_rules(job: Job) -> None:
    """Every rule that is on for this event, in order; each sees what those before it changed."""
    said = job.payload
    for rule in rules_for(said["event"]):
        ticket = lock_ticket(said["ticket"])
        if _holds(rule, ticket, said):
            with caused_by_a_rule(said["depth"]):
                _work(rule, ticket, said["event"])


def _holds(rule: EventRule, ticket: Ticket, said: dict[str, Any]) -> bool:
    asked, at = plain_rule(rule), datetime.fromisoformat(said["at"])
    if not holds_apart_from_words(asked, facts_now(ticket, timezone.now())):
        return False
    return not asked.words or has_words(asked, text_of(ticket, said["event"], seq=said.get("seq"), at=at))


def _work(rule: EventRule, ticket: Ticket, event: str) -> None:
    """Do what the rule says and is not so already; where nothing is to be done nothing is written."""
    with translation.override(settings.LANGUAGE_CODE):  # one log for colleagues of any language
        done = [words for words in (_topic(rule, ticket), _priority(rule, ticket), _given(rule, ticket)) if words]
        if not done and not rule.note and not rule.tells_supervisors:
            return
        lines = [_("Rule “%(name)s”: %(done)s.") % {"name": rule.name, "done": ", ".join(done)}] if done else []
        _leave_note(rule, ticket, "\n".join([*lines, rule.note] if rule.note else lines))
    record_event(ticket=ticket, kind="rule_worked", at=timezone.now(), rule=rule.pk, name=rule.name, event=event)
    announcements.announce_change(ticket)


def _topic(rule: EventRule, ticket: Ticket) -> str:
    if rule.sets_topic is None or ticket.topic_id == rule.sets_topic_id:
        return ""
    set_topic(ticket=ticket, topic=rule.sets_topic, by=None)
    return _("topic “%(name)s”") % {"name": rule.sets_topic.title}


def _priority(rule: EventRule, ticket: Ticket) -> str:
    if not rule.sets_priority or ticket.priority == rule.sets_priority:
        return ""
    set_priority(ticket=ticket, priority=rule.sets_priority, by=None)
    return _("priority “%(name)s”") % {"name": Priority(rule.sets_priority).label}


def _given(rule: EventRule, ticket: Ticket) -> str:
    """A letter that nobody leads goes to the rule's agent; chats come by themselves, and nobody's work is taken."""
    agent, led = rule.gives_to, lock_ticket(ticket.number)
    is_open = led.status != Ticket.Status.RESOLVED and led.assignee_id is None and led.channel != Channel.CHAT
    if agent is None or not agent.is_active or not is_open:
        return ""
    place(ticket=led, agent=agent, by=None, reason=Assignment.Reason.TAKEN, at=timezone.now())
    announcements.announce_letter(ticket.number)
    return _("given to %(name)s") % {"name": agent.display_name}


def _leave_note(rule: EventRule, ticket: Ticket, body: str) -> None:
    """The note that names the rule; supervisors who have to hear of it are mentioned in it."""
    data: dict[str, Any] = {"rule": rule.name}
    if rule.tells_supervisors:
        people = User.objects.filter(role=Role.SUPERVISOR, deactivated_at=None).values_list("pk", flat=True)
        data["mentions"] = [str(each) for each in people]
        body = "\n".join(each for each in (body, _("The supervisors were told.")) if each)
    writer = Writer(kind="system", name=_("Rule “%(name)s”") % {"name": rule.name})
    note = Post(
        conversation=ticket.conversation_id,
        writer=writer,
        body=body,
        kind="note",
        public=False,
        data=data,
        trusted=True,
    )
    for outcome in chat.post_messages([note]):
        chat.posted_or_refused(outcome)
