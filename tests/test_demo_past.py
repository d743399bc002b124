"""The past that the demo desk is given, by the same actions as everything else."""

from typing import Any

import pytest

from chat.models import Conversation
from quality.models import Score
from supportdesk.demo import data
from supportdesk.demo.lender.people import PEOPLE
from supportdesk.demo.stories import LETTERS
from tickets.actions.outbox import run_due_jobs
from tickets.models import OutboundLetter, Ticket
from tickets.queries.promises import promises
from tickets.rules.sla import working_between

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_past_has_letters_to_compare_the_chats_with(settings: Any) -> None:
    at = {"IMAP_URL": "imap://127.0.0.1:1143", "SMTP_URL": "smtp://127.0.0.1:1025", "MAILBOX_PASSWORD": "none"}
    settings.SERVICES = {**settings.SERVICES, **at}
    data.make_staff()
    data.make_desk()
    data.make_borrowers()
    assert data.make_past() == Conversation.objects.count()
    letters = Ticket.objects.filter(channel="email", status=Ticket.Status.RESOLVED)
    assert letters.count() == len(LETTERS)
    week = promises().week
    waits = [
        working_between(week, ticket.opened_at, ticket.first_response_at) / 60
        for ticket in letters
        if ticket.first_response_at
    ]
    assert sorted(round(wait) for wait in waits) == sorted(letter.answer_minutes for letter in LETTERS)
    run_due_jobs(kind="score_conversation")
    assert Score.objects.filter(conversation__channel="email").count() == len(LETTERS)
    assert set(OutboundLetter.objects.values_list("to_address", flat=True)) <= {one.email for one in PEOPLE}
    assert data.make_past() == 0
