"""How the desk itself is doing, for administrators: now, over the last day, and what to do about it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from identity.actions import record_audit
from tickets import access
from tickets.actions.outbox import retry_job
from tickets.queries.operations import desk_facts
from tickets.queries.outbox import failed_jobs
from tickets.queries.samples import last_day
from tickets.rules.alarms import alarms_of
from tickets.views.alarm_words import alarm_words, work_words

JOBS = 50


@require_GET
def operations(request: Any) -> HttpResponse:
    """The whole page; htmx asks again for ``now`` every few seconds and for ``day`` every minute."""
    access.administrator_of(request.user)
    part = request.GET.get("part", "") if request.htmx else ""
    context: dict[str, Any] = {"section": "operations"}
    if part != "day":
        context |= _now()
    if part != "now":
        context |= {"day": last_day()}
    template = {"now": "tickets/_operations_now.html", "day": "tickets/_operations_day.html"}.get(part)
    return render(request, template or "tickets/operations.html", context)


@require_POST
def try_again(request: Any, job_id: int) -> HttpResponse:
    administrator = access.administrator_of(request.user)
    job = access.failed_job_for(administrator, job_id)
    retry_job(job=job)
    record_audit(code="job.tried_again", actor=administrator, object_kind="job", object_id=str(job.pk), kind=job.kind)
    return redirect("operations")


def _now() -> dict[str, Any]:
    facts = desk_facts()
    alarms = alarms_of(facts)
    return {
        "facts": facts,
        "alarms": [alarm_words(alarm, facts) for alarm in alarms],
        "acknowledgement": [facts.live.acknowledgement(share) for share in (0.5, 0.95)],
        "delivery": [facts.live.delivery(share) for share in (0.5, 0.95)],
        "refused": sum(facts.live.refused.values()),
        "sockets": {kind: sum(process.sockets.get(kind, 0) for process in facts.web) for kind in ("borrower", "staff")},
        "works": [(now, work_words(now.work)) for now in facts.works],
        "workers": [(pulse, [work_words(work) for work in pulse.works]) for pulse in facts.pulses],
        "jobs": [(job, work_words(job.work), job.error.partition(":")[0]) for job in failed_jobs()[:JOBS]],
        "connections_share": facts.connections / facts.connections_limit if facts.connections_limit else None,
    }
