"""How the cabinet writes sums and counted days."""

from datetime import date

from django import template
from django.utils.formats import date_format

register = template.Library()
NBSP = "\u00a0"


@register.filter
def roubles(amount: int) -> str:
    """``17640`` as ``17 640 ₽``, with spaces that do not break."""
    return f"{abs(amount):,}".replace(",", NBSP) + f"{NBSP}₽"


@register.filter
def days(number: int) -> str:
    """``4 дня``, ``22 дней``."""
    if 11 <= number % 100 <= 14 or number % 10 == 0 or number % 10 >= 5:
        return f"{number}{NBSP}дней"
    return f"{number}{NBSP}день" if number % 10 == 1 else f"{number}{NBSP}дня"


@register.filter
def of_days(number: int) -> str:
    """The second half of «18 из 22 дней»: ``21 дня``, ``22 дней``."""
    return f"{number}{NBSP}" + ("дня" if number % 10 == 1 and number % 100 != 11 else "дней")


@register.filter
def day(moment: date) -> str:
    """``28 ноября``, in one piece."""
    return date_format(moment, "j E").replace(" ", NBSP)
