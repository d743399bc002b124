"""A letter comes in by SMTP, is read by IMAP, and stands in a ticket, whatever happens on the way."""

from typing import Any

import pytest

from tests.mailserver import MailServer, a_letter

pytestmark = pytest.mark.django_db(transaction=True)


def the_only_ticket() -> Any:
    from tickets.models import Ticket

    return Ticket.objects.select_related("conversation").get()


def messages_of(ticket: Any) -> list[Any]:
    return list(ticket.conversation.entries.filter(kind="message").order_by("seq"))


def test_a_letter_becomes_a_ticket_in_the_inbox(mail_server: MailServer, fetch: Any) -> None:
    mail_server.deliver(a_letter("Не могу войти в кабинет.\n\n-- \nАнна"))
    assert fetch() == 1
    ticket = the_only_ticket()
    assert (ticket.channel, ticket.status, ticket.conversation.subject) == ("email", "open", "Не могу войти")
    assert ticket.conversation.correspondent_address == "anna@mail.example"
    assert ticket.conversation.borrower is None, "an address proves nothing"
    assert ticket.conversation.is_shared
    assert ticket.waiting_since is not None
    [message] = messages_of(ticket)
    assert message.body == "Не могу войти в кабинет."
    assert message.author_name == "Анна Ковалёва"
    assert message.data["trimmed"] == "--\nАнна", "the signature is folded, not deleted"
