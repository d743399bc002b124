"""Figures in words, in the language of the page."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _


def duration_words(seconds: float | None) -> str:
    """``39 s``, ``12 min``, ``4.2 h``: the unit in which the figure is read best."""
    if seconds is None:
        return _("no data")
    if seconds < 100:
        return _("%(n)s s") % {"n": number_words(round(seconds))}
    if seconds < 100 * 60:
        return _("%(n)s min") % {"n": number_words(round(seconds / 60, 1))}
    return _("%(n)s h") % {"n": number_words(round(seconds / 3600, 1))}


def number_words(value: float | None) -> str:
    """A figure with at most one decimal, in the language's own form."""
    if value is None:
        return _("no data")
    digits = 0 if float(value).is_integer() or abs(value) >= 100 else 1
    return str(number_format(round(value, digits), digits, use_l10n=True, force_grouping=True))


def share_words(share: float | None) -> str:
    return _("no data") if share is None else _("%(n)s%%") % {"n": number_words(round(100 * share))}
