"""Authentication-Results as servers really write them (RFC 8601, and Microsoft 365 without an authserv-id)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 8000  # characters read of one field
SEGMENTS = 60

_METHOD = re.compile(r"\s*([a-z][a-z0-9_-]{0,30})\s*(?:/\s*\d+\s*)?=\s*([a-z]+)", re.I)
_PROPERTY = re.compile(r"([a-z]{2,20})\s*\.\s*([a-z0-9_.-]{1,40})\s*=\s*((?:\"[^\"]*\"|[^\s;\"])+)", re.I)
_POLICY = re.compile(r"(?:^|[\s(;])(?:p|policy|sp)\s*=\s*\"?(none|quarantine|reject)", re.I)
_ACTION = re.compile(r"\baction\s*=\s*(none|quarantine|o?reject|permerror|temperror)", re.I)


@dataclass(frozen=True, kw_only=True)
class Result:
    """One verdict of a server: ``dkim=pass`` with its properties, and the policy it names beside DMARC."""

    method: str
    verdict: str
    properties: tuple[tuple[str, str], ...] = ()
    policy: str = ""

    def value(self, *names: str) -> str:
        """The domain of the first of these properties that is there: what stands after ``@``, or all of it."""
        found = dict(reversed(self.properties))
        text = next((found[name] for name in names if found.get(name)), "")
        return text.rpartition("@")[2].strip(".").lower()


@dataclass(frozen=True, kw_only=True)
class Results:
    """One field: who says it (nobody, for Microsoft 365) and what is said."""

    server: str
    results: tuple[Result, ...]


def read_results(text: str) -> Results:
    """The field as far as it can be read; never raises."""
    segments = list(_segments(text[:LONGEST]))
    server = ""
    if segments and not _METHOD.match(segments[0][0]):
        server = segments[0][0].strip().partition(" ")[0].strip('"').lower()
        rest = segments[0][0].strip().partition(" ")[2]
        segments = ([(rest, segments[0][1])] if _METHOD.match(rest) else []) + segments[1:]
    found = [_result(words, comments) for words, comments in segments[:SEGMENTS]]
    return Results(server=server, results=tuple(each for each in found if each))


def _result(words: str, comments: str) -> Result | None:
    head = _METHOD.match(words)
    if not head:
        return None
    pairs = [(f"{kind}.{name}".lower(), value.strip('"')) for kind, name, value in _PROPERTY.findall(words)]
    policy = _policy(comments, words, dict(pairs)) if head[1].lower() == "dmarc" else ""
    return Result(method=head[1].lower(), verdict=head[2].lower(), properties=tuple(pairs[:20]), policy=policy)


def _policy(comments: str, words: str, properties: dict[str, str]) -> str:
    """What the domain asks to do with letters that fail: the strictest of what is said."""
    said = [*_POLICY.findall(f" {comments}"), *_ACTION.findall(words)]
    said += [value for name, value in properties.items() if name.startswith("policy.")]
    lowered = {each.lower().removeprefix("o") if "reject" in each.lower() else each.lower() for each in said}
    return next((each for each in ("reject", "quarantine", "none") if each in lowered), "")


def _segments(text: str) -> Iterator[tuple[str, str]]:
    """Cut at semicolons outside quotes and comments; each piece with its comments apart."""
    words: list[str] = []
    comments: list[str] = []
    depth, is_quoted, was_escape = 0, False, False
    for char in text:
        if char == '"' and not was_escape:
            is_quoted = not is_quoted  # in comments too: an address with a bracket in it must not end one
        was_escape = char == "\\" and not was_escape
        if is_quoted or char not in "();" or (char == ";" and depth):
            (comments if depth else words).append(char)
        elif char == "(":
            depth += 1
            comments.append(" ")
        elif char == ")":
            depth = max(depth - 1, 0)
            words.append(" ")
        else:
            yield "".join(words), "".join(comments)
            words, comments = [], []
    yield "".join(words), "".join(comments)
