"""How people are named on a narrow row."""


def short_name(full_name: str, first_name: str = "") -> str:
    """First name and surname, whichever order the full name has; never inflected."""
    words = full_name.split()
    if len(words) < 3 or first_name not in words:
        return full_name
    surname = words[0] if words[0] != first_name else words[-1]
    return f"{first_name} {surname}"


def initials_of(name: str) -> str:
    return "".join(word[0] for word in name.split()[:2]).upper()
