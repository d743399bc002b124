"""A reviewer's tasks, and on to the next one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from quality.queries.tasks import all_waiting, next_score, progress_of, tasks_of
from quality.serializers.tasks import task_row
from quality.views.reader import reader_of
from tickets.access import supervisor_of

MOST = 200


@require_safe
def show_queue(request: HttpRequest) -> HttpResponse:
    """What plans drew: for this reviewer, or for everybody."""
    reader = supervisor_of(reader_of(request))
    is_everybodys = "all" in request.GET
    tasks = all_waiting() if is_everybodys else tasks_of(reader)
    context = {
        "section": "quality",
        "is_everybodys": is_everybodys,
        "rows": [task_row(task, timezone.now()) for task in tasks[:MOST]],
        "count": tasks.count(),
        "progress": progress_of(reader),
        "next": next_score(reader),
    }
    return render(request, "quality/queue/list.html", context)


@require_safe
def go_on(request: HttpRequest) -> HttpResponse:
    following = next_score(supervisor_of(reader_of(request)))
    return redirect("quality-score", following.pk) if following else redirect("quality-queue")
