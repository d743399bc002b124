"""Refusals about closed months and late changes."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from quality.errors.base import QualityError
from quality.errors.reviews import CalibrationRefused


class PeriodClosed(QualityError):
    code = "period_closed"
    status = 409
    message = _("The month of this conversation is closed: a change of its review needs a reason and a second person.")


class PeriodNotReady(CalibrationRefused):
    code = "period_not_ready"
    status = 409
    REASONS: ClassVar = {
        "open": _("This month is not closed: change the review itself."),
        "month": _("A month can be closed once it is over."),
        "closed": _("This month is closed already."),
        "waiting": _("Reviews of this month still wait for their agent's answer, or are disputed."),
    }


class LateChangeDone(QualityError):
    code = "late_change_done"
    status = 409
    message = _("Somebody has decided about this change already.")
