"""The child process that reads letters: what kills or exhausts it costs one letter, not the desk.

Frames both ways: eight bytes of length, then the bytes. The answer is a frame of JSON and one frame per attachment.
"""

import json
import resource
import sys
import time
from dataclasses import asdict
from typing import IO

from tickets.rules.email import read_letter


def main() -> None:
    cpu_time, memory = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    while (raw := read_frame(sys.stdin.buffer)) is not None:
        _allow(cpu_time)
        before = time.thread_time()  # that of the process counts in ticks once it is limited
        letter = read_letter(raw)
        facts = asdict(letter) | {"sent_at": letter.sent_at.isoformat() if letter.sent_at else None}
        facts["milliseconds"] = round((time.thread_time() - before) * 1000, 2)
        for file in facts["attachments"]:
            del file["content"]
        write_frame(sys.stdout.buffer, json.dumps(facts, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        for each in letter.attachments:
            write_frame(sys.stdout.buffer, each.content)
        sys.stdout.buffer.flush()


def _allow(cpu_time: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + cpu_time + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def read_frame(stream: IO[bytes]) -> bytes | None:
    head = stream.read(8)
    if len(head) < 8:
        return None
    size = int.from_bytes(head, "big")
    data = stream.read(size)
    return data if len(data) == size else None


def write_frame(stream: IO[bytes], data: bytes) -> None:
    stream.write(len(data).to_bytes(8, "big"))
    stream.write(data)


if __name__ == "__main__":
    main()
