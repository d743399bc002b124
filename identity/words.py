"""Sentences about refusals, in the language now in force: what happened, and what to do."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from identity.errors import IdentityError, LockedOut, SignInRefused


def refusal_words(refusal: IdentityError) -> str:
    if isinstance(refusal, LockedOut):
        return _("Too many failed tries. Sign-in is closed until %(time)s; on another computer it works now.") % {
            "time": _clock(refusal.until)
        }
    if isinstance(refusal, SignInRefused):
        return _tries_words(refusal)
    return str(refusal.message)


def _tries_words(refusal: SignInRefused) -> str:
    if not refusal.left:
        return _("This is not your password now.")
    minutes = refusal.lock_time // 60
    left = ngettext("%(n)d try is left", "%(n)d tries are left", refusal.left) % {"n": refusal.left}
    wait = ngettext("for %(n)d minute", "for %(n)d minutes", minutes) % {"n": minutes}
    return _("The e-mail or the password did not match. %(left)s, then sign-in closes %(wait)s.") % {
        "left": left,
        "wait": wait,
    }


def _clock(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "H:i")
