"""A borrower who fell silent is asked whether they are there, and then the chat ends: found by a due index, told once.

Whoever speaks takes the question back: a trigger forgets it with every word, end and putting off of the ticket.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat import actions as chat
from chat.rules.entries import Post, Writer
from identity.actions import record_audit
from identity.models import User
from tickets.actions import announcements
from tickets.actions.events import record_event
from tickets.actions.locking import lock_ticket
from tickets.models import SilenceRule, Ticket
from tickets.queries.silence import asked_chats, numbers, silence_rule, silent_chats

RULE = "silence"  # what the journal calls it


def ask_silent() -> int:
    """Ask everybody who owes a word for too long; returns how many."""
    rule, now = silence_rule(), timezone.now()
    if not rule.is_on:
        return 0
    return sum(_ask(number, rule, now) for number in numbers(silent_chats(rule, now), "last_word"))


def end_silent() -> int:
    """End the chats of those who were asked and stayed silent; returns how many."""
    rule, now = silence_rule(), timezone.now()
    if not rule.is_on:
        return 0
    return sum(_end(number, rule, now) for number in numbers(asked_chats(rule, now), "silence_asked_at"))


@transaction.atomic
def save_silence_rule(*, rule: SilenceRule, by: User) -> SilenceRule:
    """It holds from now on, for chats that are silent already too."""
    before = silence_rule().facts()
    rule.pk = 1
    rule.save()
    record_audit(
        code="silence_rule.changed",
        actor=by,
        object_kind="silence_rule",
        object_id="1",
        before=before,
        after=rule.facts(),
    )
    return rule


@transaction.atomic
def _ask(number: int, rule: SilenceRule, now: datetime) -> bool:
    ticket = lock_ticket(number)
    if not silent_chats(rule, now).filter(number=number).exists():
        return False
    minutes = round(rule.close_time / 60)
    with translation.override(ticket.conversation.language):
        left = ngettext("in %(n)d minute", "in %(n)d minutes", minutes) % {"n": minutes}
        _say(ticket, _("Are you still there? If we hear nothing, this chat ends %(when)s.") % {"when": left})
    ticket.silence_asked_at = now
    ticket.save(update_fields=["silence_asked_at"])
    record_event(ticket=ticket, kind="silence_asked", at=now, rule=RULE, **rule.facts())
    announcements.announce_inbox([ticket.assignee_id], ticket)
    return True


@transaction.atomic
def _end(number: int, rule: SilenceRule, now: datetime) -> bool:
    """Ended as if somebody had closed it: the work is resolved, and may go on while the reopening time lasts."""
    ticket = lock_ticket(number)
    if not asked_chats(rule, now).filter(number=number).exists():
        return False
    with translation.override(ticket.conversation.language):
        _say(ticket, _last_words())
    record_event(ticket=ticket, kind="silence_ended", at=now, rule=RULE, **rule.facts())
    chat.close_conversation(conversation=ticket.conversation, by=None)
    return True


def _last_words() -> str:
    ended = _("We have not heard from you for a while, so this chat ends here.")
    hours = int(settings.REOPEN_HOURS)
    if not hours:
        return ended
    within = ngettext("Write within %(n)d hour, and we go on.", "Write within %(n)d hours, and we go on.", hours)
    return f"{ended} {within % {'n': hours}}"


def _say(ticket: Ticket, words: str) -> None:
    """A message of the desk itself: no clock starts or stops by it."""
    writer = Writer(kind="system", name=_("Automatic message"))
    post = Post(
        conversation=ticket.conversation_id,
        writer=writer,
        body=words,
        data={"rule": RULE},
        trusted=True,
    )
    for outcome in chat.post_messages([post]):
        chat.posted_or_refused(outcome)
