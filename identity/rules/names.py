"""Russian and other names as shown: initials, short forms. Names are never inflected (DESIGN.md section 9)."""


def initials(full_name: str) -> str:
    """At most two capital letters, of the first word and the last: ``Анна Игоревна Ковалёва`` gives ``АК``."""
    words = full_name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def first_name(full_name: str) -> str:
    """The first word, for the case when the lender did not send ``first_name``."""
    words = full_name.split()
    return words[0] if words else ""


def short_name(full_name: str) -> str:
    """First name and the initial of the last word: ``Анна Игоревна Ковалёва`` gives ``Анна К.``."""
    words = full_name.split()
    if len(words) < 2:
        return full_name.strip()
    return f"{words[0]} {words[-1][0].upper()}."


def everyday_name(full_name: str) -> str:
    """Without the patronymic: ``Анна Игоревна Ковалёва`` gives ``Анна Ковалёва``."""
    words = full_name.split()
    return " ".join(words[:1] + words[1:][-1:])


def clean_name(value: str) -> str:
    """One line, single spaces, nothing invisible: direction marks and zero-width letters deceive the reader."""
    return " ".join("".join(letter for letter in value if letter.isprintable() or letter.isspace()).split())
