"""Running a coroutine at once, as far as it goes without waiting: a frame that can be written now costs no task."""

import asyncio
import types
from collections.abc import Coroutine, Generator
from typing import Any


def run_eagerly(work: Coroutine[Any, Any, None], loop: asyncio.AbstractEventLoop) -> "asyncio.Task[None] | None":
    """Run until it is done, or hand the rest to a task of the running loop."""
    try:
        waiting_for = work.send(None)
    except StopIteration:
        return None
    return loop.create_task(_finish(work, waiting_for))


async def _finish(work: Coroutine[Any, Any, None], waiting_for: Any) -> None:
    await _go_on(work, waiting_for)


@types.coroutine
def _go_on(work: Coroutine[Any, Any, None], waiting_for: Any) -> Generator[Any, Any, None]:
    """What ``await`` does, for a coroutine that already waits for something."""
    while True:
        try:
            value = yield waiting_for
        except BaseException as error:
            waiting_for = _step(work.throw, error)
        else:
            waiting_for = _step(work.send, value)
        if waiting_for is DONE:
            return


def _step(resume: Any, argument: Any) -> Any:
    try:
        return resume(argument)
    except StopIteration:
        return DONE


DONE = object()
