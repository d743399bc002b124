"""Words the server hands to the browser, so that no second catalogue is needed there."""

from django.utils.translation import ngettext


def plural_forms(singular: str, plural: str) -> dict[str, str]:
    """The forms of a counted phrase by CLDR category, in the language now in force."""
    one, few, many = (ngettext(singular, plural, number) for number in (1, 2, 5))
    return {"one": one, "few": few, "many": many, "other": few}
