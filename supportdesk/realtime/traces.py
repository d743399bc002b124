"""On whose behalf something happens just now, for the log: ids and kinds, never a name."""

from contextvars import ContextVar

request: ContextVar[str] = ContextVar("request", default="")
connection: ContextVar[str] = ContextVar("connection", default="")
actor: ContextVar[str] = ContextVar("actor", default="")
task: ContextVar[str] = ContextVar("task", default="")

ALL = (request, connection, actor, task)


def present() -> dict[str, str]:
    """What is known, by name."""
    return {variable.name: value for variable in ALL if (value := variable.get())}
