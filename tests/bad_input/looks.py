"""What somebody who guesses sees of an answer, whatever differs from one request to the next left out."""

import re
from typing import Any

EACH_ITS_OWN = {"X-Request-ID", "Content-Length"}  # the length is compared by the body itself
SECRET_OF_A_FORM = re.compile(r"\b[A-Za-z0-9]{64}\b")  # masked anew in each answer
Look = tuple[int, str, tuple[tuple[str, str], ...]]


def look_of(answer: Any, own_words: str = "") -> Look:
    """Status, body and headers, without the asker's own words."""

    def plain(text: str) -> str:
        return text.replace(own_words, "…") if own_words else text

    headers = {name: plain(value) for name, value in answer.headers.items() if name not in EACH_ITS_OWN}
    body = answer.getvalue().decode().replace(answer.headers.get("X-Request-ID", "…"), "…")
    return answer.status_code, SECRET_OF_A_FORM.sub("", plain(body)), tuple(sorted(headers.items()))
