"""Borrowers, agents and their chats in the desk, and the bare server's talks; passes for the sockets."""

import uuid
from typing import Any

import asyncpg

CHATS_PER_AGENT = 5


def open_chats(agents: int) -> list[tuple[Any, list[tuple[Any, Any]]]]:
    """Each agent with five borrowers and their chats."""
    from chat import actions as chat
    from identity import actions as identity

    found = []
    for number in range(agents):
        agent = identity.create_staff(
            email=f"agent{number}-{uuid.uuid4().hex[:6]}@bench.example",
            full_name=f"Агент {number}",
            display_name=f"Агент {number}",
            role="agent",
            password="тихая река у моста 41",
        )
        chats = []
        for place in range(CHATS_PER_AGENT):
            sub = f"B-{number}-{place}-{uuid.uuid4().hex[:6]}"
            borrower = identity.refresh_borrower(claims={"sub": sub, "name": sub, "first_name": sub, "language": "ru"})
            conversation = chat.start_conversation(channel="chat", borrower=borrower)
            chat.add_participant(conversation=conversation, user=agent)
            chats.append((borrower, conversation))
        found.append((agent, chats))
    return found


def desk_hellos(people: list[tuple[Any, list[tuple[Any, Any]]]]) -> list[dict]:
    """A ``hello`` for everybody, borrowers first, with fresh tickets, level from the present heads."""
    from identity import actions as identity

    hellos = []
    for agent, chats in people:
        for borrower, conversation in chats:
            conversation.refresh_from_db()
            session, _ = identity.open_borrower_session(borrower=borrower)
            hellos.append(
                _hello(identity.issue_socket_ticket(session=session), [(conversation, conversation.public_seq)])
            )
        sign_in = identity.open_staff_session(user=agent, key=uuid.uuid4().hex)
        followed = [(conversation, conversation.seq) for _, conversation in chats]
        hellos.append(_hello(identity.issue_socket_ticket(session=sign_in), followed))
    return hellos


def _hello(ticket: str, followed: list[tuple[Any, int]]) -> dict:
    wanted = [{"conversation": str(conversation.pk), "after": after} for conversation, after in followed]
    return {"type": "hello", "ticket": ticket, "client": str(uuid.uuid4()), "subscriptions": wanted}


async def bare_hellos(url: str, tables: str, agents: int) -> list[dict]:
    """The same shape of people for the bare server."""
    database = await asyncpg.connect(url)
    await database.execute(tables)
    hellos = []
    for _ in range(agents):
        talks = [uuid.uuid4() for _ in range(CHATS_PER_AGENT)]
        await database.executemany("insert into talk (id) values ($1)", [(talk,) for talk in talks])
        hellos += [{"type": "hello", "subscriptions": [{"conversation": str(talk), "after": 0}]} for talk in talks]
        hellos.append({"type": "hello", "subscriptions": [{"conversation": str(t), "after": 0} for t in talks]})
    await database.close()
    return hellos
