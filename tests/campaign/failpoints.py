"""Crashes at named moments: each failpoint is armed in the program that passes it, and passed until it kills."""

import asyncio
import contextlib
import uuid
from collections.abc import Awaitable, Callable

from supportdesk.realtime.failpoints import NAMES
from tests.campaign import people
from tests.campaign.desk import WEBS
from tests.campaign.door import Account, request
from tests.campaign.faults import FAULTS, Fault, Strike, moment
from tests.campaign.world import World

Poke = Callable[[World], Awaitable[None]]
DEATH_TIME = 100.0  # seconds until the program must have passed there
POKE_PAUSE = 0.3
CUT_PAUSE = 4.0  # nobody may come back more often than ten times a minute
FILE = (
    b'--cut\r\nContent-Disposition: form-data; name="file"; filename="note.txt"\r\n'
    b"Content-Type: text/plain\r\n\r\nhello\r\n--cut--\r\n"
)


async def cut_some(world: World) -> None:
    """Sockets come back and greet, some of them at the process that is armed; the load does the rest."""
    if await world.desk.is_up(WEBS[0]):
        world.desk.proxy.cut(0.4)
        await asyncio.sleep(CUT_PAUSE)


async def talk(world: World) -> None:
    """A borrower begins a chat, adds a file, and ends it, all by HTTP."""
    _, secret = await world.in_django(people.sign_in_borrower)
    who = Account("visitor", "public", f"Authorization: Bearer {secret}\r\n")
    port = world.desk.proxy.port
    made = await request(port, who, "/conversations", f'{{"topic": "", "page": "/", "id": "{uuid.uuid4()}"}}'.encode())
    path = f"/conversations/{made['id']}"
    await request(port, who, f"{path}/attachments", FILE, "multipart/form-data; boundary=cut")
    await request(port, who, f"{path}/close")


async def talk_to_somebody_free(world: World) -> None:
    await world.in_django(people.come_for_a_moment)
    await talk(world)


async def short_talk(world: World) -> None:
    await world.in_django(people.short_talk, world.staff, 0)


async def letter(world: World) -> None:
    await asyncio.to_thread(world.post.hand_in)


async def answer(world: World) -> None:
    assert world.staff is not None
    await world.in_django(world.post.answer, world.staff.agents[0][0])


PLACES: dict[str, tuple[tuple[str, ...], Poke]] = {
    "posting": (WEBS[:1], cut_some),
    "commits": (WEBS[:1], cut_some),
    "hub": (WEBS[:1], cut_some),
    "seen": (WEBS[:1], cut_some),
    "greeting": (WEBS[:1], cut_some),
    "subscription": (WEBS[:1], cut_some),
    "conversations": (WEBS[:1], talk),
    "attachments": (WEBS[:1], talk),
    "matching": (("router",), talk_to_somebody_free),
    "outbox": (("scorer",), short_talk),
    "scores": (("scorer",), short_talk),
    "imap": (("mailwatch",), letter),
    "letters.raw_kept": (("mailwatch",), letter),
    "letters.row_written": (("mailwatch",), letter),
    "letters": (("reader",), letter),
    "smtp": (("mailer",), answer),
    "outbox.before_done": (("mailer",), answer),
    "outbox.enqueued": (WEBS[:1], talk),
}

# Ways in that this desk does not open (tests.mail_campaign), and what its load never asks for (tests/test_rollups.py).
ELSEWHERE = {"hook", "door", "vault", "calls", "exports", "rollups", "staffing"}


def crash(name: str) -> Strike:
    """Arm the program, pass there until it is dead, let its successor be sound."""
    programs, poke = PLACES.get(name) or PLACES[name.partition(".")[0]]

    async def strike(world: World) -> float:
        (victim,) = programs
        await world.desk.restart(victim, SD_FAILPOINT=f"{name}:kill@2")
        environment, pid = world.desk.programs[victim].environment, world.desk.pid(victim)
        poking = asyncio.create_task(_poke(world, poke))
        has_died = await _dies(world, victim, pid)
        died_at = moment()
        environment.pop("SD_FAILPOINT", None)
        poking.cancel()
        world.post.crashes += 1
        if not has_died:
            world.ledger.problem("stuck", f"{victim} never passed {name}")
            await world.desk.restart(victim)
        return died_at

    return strike


async def _dies(world: World, victim: str, pid: int) -> bool:
    """Whether the process dies in time."""
    ends = moment() + DEATH_TIME
    while moment() < ends:
        if not world.desk.is_running(victim) or world.desk.pid(victim) != pid:
            return True
        await asyncio.sleep(0.02)
    return False


async def _poke(world: World, poke: Poke) -> None:
    while True:
        with contextlib.suppress(Exception):  # the poke may be what dies
            await poke(world)
        await asyncio.sleep(POKE_PAUSE)


def _fault(name: str) -> Fault:
    programs, _ = PLACES.get(name) or PLACES[name.partition(".")[0]]
    return Fault(f"fp-{name}", f"crash at {name}", crash(name), programs, 60.0)


FAILPOINTS = tuple(_fault(name) for name in NAMES if name.partition(".")[0] not in ELSEWHERE)
FAULTS |= {fault.name: fault for fault in FAILPOINTS}
