"""Styles of one page lose what it cannot use."""

import re

import rcssmin

RULE = re.compile(r"(@[^{}]+)\{((?:[^{}]*\{[^{}]*\})*)\}|([^{}]+)\{([^{}]*)\}")
CLASS, ATTRIBUTE, UNLESS = re.compile(r"\.([\w-]+)"), re.compile(r"\[([\w-]+)"), re.compile(r":not\([^)]*\)")
VARIABLE = re.compile(r"(--[\w-]+):([^;}]*)(?:;|(?=\}|$))")
EMPTY = re.compile(r"[^{}]*\{\}")


def worn(style: str, page: str, scripts: str) -> str:
    """The rules that can match something of a page: whose classes and attributes its markup or scripts name."""
    given = re.findall(r"""class="([^"]*)"|data-(?:cont|fail)="([^"]*)"|'([^'\n]*)'|`([^`]*)`""", page + scripts)
    classes = set(re.findall(r"[\w-]+", " ".join(map("".join, given))))
    attributes = set(re.findall(r"[\w-]+", page + scripts)) | {
        re.sub(r"([A-Z])", r"-\1", f"data-{name}").lower() for name in re.findall(r"dataset\.(\w+)", scripts)
    }

    def matches(selector: str) -> bool:
        certain = UNLESS.sub("", selector)
        return set(CLASS.findall(certain)) <= classes and set(ATTRIBUTE.findall(certain)) <= attributes

    def kept(rule: re.Match[str]) -> str:
        around, inside, selectors, body = rule.groups()
        if around and not around.startswith("@keyframes"):
            left = RULE.sub(kept, inside)
            return f"{around}{{{left}}}" if left else ""
        if around:
            return rule[0]
        chosen = ",".join(filter(matches, selectors.split(",")))
        return f"{chosen}{{{body}}}" if chosen else ""

    return RULE.sub(kept, rcssmin.cssmin(style))


def without_the_unread(styles: dict[str, str]) -> dict[str, str]:
    """Styles of one page, less the variables and movements that none of them uses."""
    before = None
    while before != styles:
        before, whole = styles, "".join(styles.values())
        read = set(re.findall(r"var\((--[\w-]+)", whole)) | set(re.findall(r"animation:([\w-]+)", whole))
        styles = {name: _less(style, read) for name, style in styles.items()}
    return styles


def _less(style: str, read: set[str]) -> str:
    style = VARIABLE.sub(lambda found: found[0] if found[1] in read else "", style)
    style = re.sub(
        r"@keyframes ([\w-]+)\{(?:[^{}]*\{[^{}]*\})*\}", lambda found: found[0] if found[1] in read else "", style
    )
    return EMPTY.sub("", EMPTY.sub("", style))
