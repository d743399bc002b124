"""Tables to take away, written while they are read."""

from collections.abc import Iterator

from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_safe

from quality import access
from quality.forms.moments import read_moment
from quality.queries.exports import flag_rows
from quality.serializers.csv import csv_line
from quality.views.reader import reader_of


@require_safe
def export_flags(request: HttpRequest) -> StreamingHttpResponse:
    """Failures as CSV, written while it is read; numbers of cards and documents are masked.

    What the reader is to judge blind is left out until they have.
    """
    scores = access.opinions_visible_to(access.supervisor_of(reader_of(request)))
    day = request.GET.get("since", "")
    lines: Iterator[str] = map(csv_line, flag_rows(scores, read_moment(f"{day}T00:00") if day else None))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="flags.csv"'
    return response
