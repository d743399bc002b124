"""A letter from an address nobody knows, an agent who leads it, and the demo lender's service that says yes or no."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from supportdesk.demo.lender.people import person_of
from supportdesk.processes import free_port

SERGEY, TWIN = "C-101933", "C-095518"
PASSPORT, BORN, LOAN = "3609518274", "1984-02-11", "24-117982"
BODY = """Добрый день!

20 ноября оплачивал займ 24-117982, деньги списались дважды. Прошу вернуть на карту 4276 1234 5678 9014.
Паспорт 3609 518274, телефон +7 927 318-40-02

Мельников Сергей Павлович, 11.02.1984
"""
SUBJECT = "Верните переплату по займу"


@pytest.fixture(scope="session")
def lender_site(lender_key: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from tests.test_lender_site import DESK, running_site

    with running_site(lender_key, tmp_path_factory.mktemp("lender"), port=free_port(), desk=DESK) as address:
        yield address


@pytest.fixture
def asked_lender(settings: Any, lender_site: str) -> Iterator[Any]:
    """The desk's settings name the running site as the lender's interface."""
    from identity import lender
    from tests.test_lender_site import API_KEY

    settings.LENDER_API_URL, settings.LENDER_API_KEY = lender_site, API_KEY
    settings.LENDER_API_TIMEOUT = 20
    lender.forget_answers()
    yield settings
    lender.forget_answers()


@pytest.fixture
def known(db: None) -> dict[str, Any]:
    """Two borrowers of nearly one name, as the lender knows them."""
    from identity import actions as identity

    people = [person_of(each) for each in (SERGEY, TWIN)]
    return {each.customer_id: identity.refresh_borrower(claims=each.claims) for each in people if each}


@pytest.fixture
def letter(known: dict[str, Any], elena: Any) -> Any:
    """The ticket of that letter, in Elena's hands."""
    return letter_of("serg.melnikov84@mail.example", agent=elena)


def letter_of(address: str, *, agent: Any, body: str = BODY, name: str = "Сергей М.") -> Any:
    from chat import actions as chat
    from tickets import actions as tickets
    from tickets.models import Ticket

    conversation = chat.start_conversation(
        channel="email", correspondent_name=name, correspondent_address=address, subject=SUBJECT, is_shared=True
    )
    chat.post_message(conversation=conversation, author=chat.Correspondent(name, address), body=body)
    tickets.take(ticket=Ticket.objects.get(conversation=conversation), by=agent)
    return Ticket.objects.select_related("conversation").get(conversation=conversation)


class Panel:
    """The identity desk as a browser of this person uses it."""

    def __init__(self, client: Client, ticket: Any) -> None:
        self.client, self.ticket = client, ticket
        self.root = f"/inbox/{ticket.number}/"

    def shown(self) -> str:
        return self.client.get(f"{self.root}context/").content.decode()

    def send(self, what: str, **fields: Any) -> Any:
        return self.client.post(f"{self.root}identity/{what}/", fields)

    def compare(self, borrower: Any, **fields: Any) -> Any:
        return self.send("compare", candidate=str(borrower.pk), **fields)

    def confirm(self, borrower: Any) -> Any:
        return self.send("confirm", candidate=str(borrower.pk))

    def prove(self, borrower: Any) -> None:
        """Everything matches, and the agent confirms."""
        said = {"full_name": "Мельников Сергей Павлович", "birth_date": "11.02.1984", "passport": PASSPORT}
        assert self.compare(borrower, **said).status_code == 200
        assert self.confirm(borrower).status_code == 200

    def answer(self, body: str) -> Any:
        import uuid

        address = f"/api/v1/conversations/{self.ticket.conversation_id}/messages"
        said = {"id": str(uuid.uuid4()), "body": body}
        return self.client.post(address, said, content_type="application/json")


@pytest.fixture
def panel(letter: Any, elena: Any, as_staff: Callable[[Any], Client], asked_lender: Any) -> Panel:
    return Panel(as_staff(elena), letter)


def everything_stored() -> str:
    """Every row of every table of the database, as text."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        rows = []
        for name in tables:
            cursor.execute(f'select t::text from "{name}" t')
            rows += [f"{name}: {row}" for (row,) in cursor.fetchall()]
    return "\n".join(rows)
