"""What bad input must not leave behind: a traceback in the log, memory, a process that has gone."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOGGERS = ("", "uvicorn", "uvicorn.error", "daphne", "asyncio")


class Witness(logging.Handler):
    """Remembers what is no mere note: errors, and anything with a traceback."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.memory = resident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR or record.exc_info:
            self.seen.append(self.format(record))

    @property
    def growth(self) -> float:
        """Mebibytes that this process holds more than at the beginning."""
        return resident() - self.memory


@contextmanager
def witness() -> Iterator[Witness]:
    """Listen to every log of the process while the block lasts."""
    heard = Witness()
    loggers = [logging.getLogger(name) for name in LOGGERS]
    for logger in loggers:
        logger.addHandler(heard)
    try:
        yield heard
    finally:
        for logger in loggers:
            logger.removeHandler(heard)


def resident(pid: int | str = "self") -> float:
    """The memory a process holds, in mebibytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0
