"""One reader of strangers' texts under atheris, which follows its branches: arguments are the reader and the seconds.

What the reader raises ends the process, with the text that made it raise.
"""

import os
import sys


def main(name: str, seconds: str) -> None:
    import atheris
    import django

    os.environ.setdefault("SECRET_KEY", "a-secret-for-tests-only-0123456789")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportdesk.settings")
    with atheris.instrument_imports(include=["chat.rules", "identity.rules", "tickets.rules"]):
        django.setup()
        from tests.bad_input.texts import READERS
    read, tried = READERS[name], 0

    def take(data: bytes) -> None:
        nonlocal tried
        tried += 1
        read(atheris.FuzzedDataProvider(data).ConsumeUnicode(10_000))

    atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", "-max_len=10000", "-timeout=10", "-verbosity=0"], take)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
