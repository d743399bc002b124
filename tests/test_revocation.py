"""A right that ends reaches open sockets within five seconds, with Redis and without; writing is refused at once."""

import os
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chat.models import Entry
from identity import actions as identity
from supportdesk import embedded
from supportdesk.realtime import publishing
from tests import revocation
from tests.revocation import Chatter, Victim, require_the_end, revoke, victim_of
from tests.webs import Web

pytestmark = pytest.mark.django_db(transaction=True)

COUNT = int(os.environ.get("REVOCATIONS", "1"))  # of every way; more behind ``python -m tests.revocation``


@pytest.fixture(scope="module")
def desk(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Desk"]:
    """Two web processes and the Redis between them."""
    opened = Desk(tmp_path_factory.mktemp("desk"))
    yield opened
    opened.end()


class Desk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.service = embedded.redis(folder / "r")
        self.redis = subprocess.Popen(self.service.command, stdout=subprocess.DEVNULL)
        embedded.wait_until_up(self.service, self.redis)
        self.webs = [Web(server, REDIS_URL=self.service.url) for server in ("daphne", "uvicorn")]
        try:
            for web in self.webs:
                web.wait()
        except BaseException:  # nobody else would stop them
            self.end()
            raise

    def end(self) -> None:
        for web in self.webs:
            web.end()
        self.redis.kill()
        self.redis.wait()


@pytest.fixture(scope="module")
def measured() -> Iterator[dict[tuple[str, str], list[tuple[float, float]]]]:
    """What was seen; printed where it is asked for more than once."""
    seen: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    yield seen
    if COUNT > 1:
        print(f"\n\n{revocation.table(seen)}\n")


@pytest.fixture
def client(as_staff: Any, as_borrower: Any) -> Callable[[Any], Any]:
    from identity.models import User

    return lambda actor: as_staff(actor) if isinstance(actor, User) else as_borrower(actor)


@pytest.fixture(params=["up", "killed"])
def redis(request: pytest.FixtureRequest, desk: Desk, settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """This process is one of the desk that serves no sockets, so its hints go through Redis, if there is one."""
    settings.REDIS_URL, settings.MEDIA_ROOT = desk.service.url, desk.folder / "media"
    monkeypatch.setattr(publishing, "running_hub", lambda: None)
    monkeypatch.setattr(publishing, "_publisher", publishing._Publisher())
    if request.param == "killed":
        desk.redis.kill()
        desk.redis.wait()
    return str(request.param)


def test_every_way_a_right_ends_reaches_the_open_socket(
    desk: Desk, redis: str, client: Any, olga: Any, measured: dict[tuple[str, str], list[tuple[float, float]]]
) -> None:
    for turn in range(COUNT):
        ways = revocation.cases()
        first = turn + (redis == "killed")  # each way is tried under either server
        victims = [victim_of(case, desk.webs[(n + first) % 2].socket, client) for n, case in enumerate(ways)]
        with Chatter(olga, victims):
            late = [revoke(case, victim) for case, victim in zip(ways, victims, strict=True)]
            for case, victim, id_ in zip(ways, victims, late, strict=True):
                require_the_end(case, victim, id_)
                measured[case.name, redis].append((victim.last_frame, victim.end))
        for victim in victims:
            victim.socket.close()


def test_a_person_who_changes_their_password_writes_on_where_they_did_it(
    desk: Desk, client: Any, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    [case] = [case for case in revocation.cases() if case.name == "password changed elsewhere"]
    victim: Victim = victim_of(case, desk.webs[0].socket, client)
    identity.change_password(user=victim.actor, old=revocation.PASSWORD, new=revocation.SET, session=victim.session)
    victim.socket.send(
        "message.post", id=str(victim.conversation.pk), conversation=victim.conversation.pk, body="дальше"
    )
    revocation.until(lambda: victim.posted or victim.refused, "an answer")
    assert victim.refused == {}
    assert Entry.objects.filter(conversation=victim.conversation, body="дальше").exists()
    victim.socket.close()
