"""What every refusal of quality is, and what does not exist."""

from django.utils.translation import gettext_lazy as _

from identity.errors import DeskError


class QualityError(DeskError):
    code = "quality"


class NotFound(QualityError):
    code = "not_found"
    status = 404
    message = _("There is no such score.")
