"""Does our standard matter? For supervisors."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from quality.queries.drivers import LEAST, drivers
from quality.serializers.drivers import OUTCOMES, cells_of
from supportdesk.realtime import replica
from tickets.access import supervisor_of

PERIODS = (30, 90, 365)  # days
USUAL = 90


@require_safe
def show_drivers(request: HttpRequest) -> HttpResponse:
    """Every criterion against satisfaction, first-contact resolution and complaints."""
    supervisor_of(request.user)
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, PERIODS) else USUAL
    now = timezone.now()
    found, as_of = replica.read(drivers, since=now - timedelta(days=days), until=now)
    context = {
        "section": "quality",
        "days": days,
        "periods": PERIODS,
        "least": LEAST,
        "found": found,
        "as_of": as_of,
        "outcomes": [(title, found.outcomes[code]) for code, title in OUTCOMES.items()],
        "rows": [(driver.criterion, cells_of(driver)) for driver in found.rows],
    }
    return render(request, "quality/drivers/drivers.html", context)
