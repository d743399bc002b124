"""The drawn parts of the design and its typography: icon, ring, avatar, bar, pips; money, dates, durations.

Words come from the catalogues; ``typo`` puts no-break spaces into interface strings and prepared answers, never into
what people wrote.
"""

import re
from datetime import date, datetime
from decimal import Decimal

from django import template
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

register = template.Library()

NBSP = "\u00a0"
SHORT_WORDS = (
    "в|во|к|ко|с|со|и|а|но|у|о|об|на|по|до|за|из|от|для|не|ни|без|при|под|"
    "В|К|С|И|А|Но|У|О|На|По|До|За|Из|От|Для|Не|Без|При"
)
UNITS = (
    "₽|%|мин|ч|с|мс|сек|дн|день|дня|дней|час|часа|часов|минут|минуты|минуту|секунд|секунды|янв|фев|мар|апр|мая|июн|июл|"
    "авг|сен|окт|ноя|дек|января|февраля|марта|апреля|июня|июля|августа|сентября|октября|ноября|декабря|чат|чата|чатов|"
    "КБ|МБ|человек|человека|баллов|балла|балл"
)


# Drawings


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """An icon of the sprite, invisible to screen readers."""
    return format_html(
        '<svg class="i {}" aria-hidden="true" focusable="false"><use href="{}#i-{}"/></svg>',
        css,
        static("icons.svg"),
        name,
    )


@register.simple_tag
def ring(number: int | str, share: float = 0, state: str = "idle") -> SafeString:
    """A place's number in a ring; ``share`` is the percentage of the promised time already spent."""
    spent = max(0, min(100, round(float(share))))
    arc = format_html('<circle class="ring__arc" cx="18" cy="18" r="15.75" pathLength="100" {}/>', _dashes(spent))
    return format_html(
        '<span class="ring ring--{}"><svg viewBox="0 0 36 36" aria-hidden="true" focusable="false">'
        '<circle class="ring__bg" cx="18" cy="18" r="15.75"/>{}</svg>'
        '<span class="ring__n" aria-hidden="true">{}</span></span>',
        state,
        arc if spent else "",
        number,
    )


def _dashes(spent: int) -> SafeString:
    return format_html('stroke-dasharray="{} 100"', spent)


@register.simple_tag
def avatar(initials: str, number: int = 1, css: str = "") -> SafeString:
    """Initials on one of six quiet colours; the name always stands beside it."""
    return format_html('<span class="av av--{} {}" aria-hidden="true">{}</span>', number, css, initials)


@register.simple_tag
def bar(share: float, css: str = "") -> SafeString:
    """A thin bar filled to ``share`` per cent; the figure stands beside it."""
    return format_html(
        '<svg class="bar {}" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="bar__bg" width="100" height="4" rx="2"/>'
        '<rect class="bar__v" width="{}" height="4" rx="2"/></svg>',
        css,
        max(0, min(100, round(float(share or 0)))),
    )


@register.simple_tag
def pips(taken: int, total: int = 5, late: int = 0) -> SafeString:
    """An agent's places as little squares: taken, and of these late."""
    states = [("hot" if place < late else "on" if place < taken else "",) for place in range(total)]
    return format_html(
        '<span class="pips" aria-hidden="true">{}</span>', format_html_join("", '<i class="{}"></i>', states)
    )


@register.filter
def tone(value: object) -> int:
    """One of the six avatar colours, always the same for the same person."""
    return sum(str(value).encode()) % 6 + 1


# Typography


@register.filter
def typo(text: object) -> str:
    """No-break spaces where Russian typography wants them."""
    result = re.sub(r"(\d) (?=\d{3}(?!\d))", rf"\1{NBSP}", str(text))
    result = re.sub(rf"(\d) (?=(?:{UNITS})(?!\w))", rf"\1{NBSP}", result)
    result = result.replace("№ ", f"№{NBSP}").replace(" — ", f"{NBSP}— ")
    for _turn in range(2):
        result = re.sub(rf"(?<![\w-])({SHORT_WORDS}) (?=\S)", rf"\1{NBSP}", result)
    return result


# Numbers


@register.filter
def figure(value: object, digits: int = 0) -> str:
    """``17 640`` or ``4,6`` in Russian, ``17,640`` or ``4.6`` in English; what is missing is said."""
    if value is None or value == "":
        return _("no data")
    text = f"{Decimal(str(value)):,.{digits}f}"
    return text if get_language() == "en" else text.replace(",", NBSP).replace(".", ",")


@register.filter
def money(value: object) -> str:
    """A sum in roubles: ``17 640 ₽``, ``₽17,640``; kopecks only when there are some."""
    if value is None or value == "":
        return _("no data")
    amount = Decimal(str(value))
    text = figure(amount, 0 if amount == amount.to_integral_value() else 2)
    return f"₽{text}" if get_language() == "en" else f"{text}{NBSP}₽"


@register.filter
def percent(value: object, digits: int = 0) -> str:
    """``31 %``, ``31%``; the value is already a percentage."""
    if value is None or value == "":
        return _("no data")
    return f"{figure(value, digits)}{'' if get_language() == 'en' else NBSP}%"


@register.filter
def as_percent(share: float | None, digits: int = 0) -> str:
    """A share from 0 to 1 as a percentage."""
    return percent(None if share is None else share * 100, digits)


# Time


@register.filter
def counter(seconds: float | None) -> str:
    """Minutes and seconds of a running clock: ``0:42``; hours only when there are some."""
    if seconds is None:
        return _("no data")
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


@register.filter
def waited(since: datetime | None) -> str:
    """How long it is since a moment, as a running clock."""
    return counter((timezone.now() - since).total_seconds()) if since else ""


@register.filter
def duration(seconds: float | None) -> str:
    """A span of time in short words: ``39 с``, ``4 мин``, ``5 ч 12 мин``."""
    if seconds is None:
        return _("no data")
    whole = max(0, round(float(seconds)))
    if whole < 60:
        return typo(pgettext("duration", "%(n)d s") % {"n": whole})
    if whole < 3600:
        return typo(pgettext("duration", "%(n)d min") % {"n": round(whole / 60)})
    hours, minutes = divmod(round(whole / 60), 60)
    text = pgettext("duration", "%(n)d h") % {"n": hours}
    if minutes:
        text += " " + pgettext("duration", "%(n)d min") % {"n": minutes}
    return typo(text)


@register.filter
def latency(seconds: float | None) -> str:
    """A span that a machine took: ``8 мс``, ``1,2 с``."""
    if seconds is None:
        return _("no data")
    if seconds < 1:
        return typo(pgettext("duration", "%(n)s ms") % {"n": figure(seconds * 1000, 0 if seconds > 0.01 else 1)})
    return typo(pgettext("duration", "%(n)s s") % {"n": figure(seconds, 1)})


@register.filter
def clock(moment: datetime | None) -> str:
    """The time of day on a 24-hour clock, in the viewer's zone."""
    return timezone.localtime(moment).strftime("%H:%M") if moment else ""


@register.filter
def moment(value: datetime | None) -> str:
    """``сегодня, 12:41``, ``вчера, 17:20``, then the day."""
    if not value:
        return ""
    local = timezone.localtime(value)
    behind = (timezone.localdate() - local.date()).days
    if behind == 0:
        return _("today, %(clock)s") % {"clock": clock(value)}
    if behind == 1:
        return _("yesterday, %(clock)s") % {"clock": clock(value)}
    return f"{day(local)}, {clock(value)}"


@register.filter
def day(value: date | datetime | None) -> str:
    """``14 авг``; with the month in full and the year when it is not this one."""
    if not value:
        return ""
    on = timezone.localtime(value).date() if isinstance(value, datetime) else value
    if on.year == timezone.localdate().year:
        return typo(f"{on.day} {SHORT_MONTHS[get_language() or 'ru'][on.month - 1]}")
    return typo(formats.date_format(on, "j E Y"))


SHORT_MONTHS = {
    "ru": ["янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}


@register.filter
def long_day(value: date | None) -> str:
    """``28 ноября``; the year only when it is not this one."""
    if not value:
        return ""
    return typo(formats.date_format(value, "j E" if value.year == timezone.localdate().year else "j E Y"))


@register.filter
def days_until(value: date | None) -> str:
    """How far a date is, in words: today, tomorrow, in 4 days, 3 days ago."""
    if not value:
        return ""
    ahead = (value - timezone.localdate()).days
    if ahead == 0:
        return _("today")
    if ahead == 1:
        return _("tomorrow")
    if ahead > 0:
        return typo(ngettext("in %(n)d day", "in %(n)d days", ahead) % {"n": ahead})
    return typo(ngettext("%(n)d day ago", "%(n)d days ago", -ahead) % {"n": -ahead})
