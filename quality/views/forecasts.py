"""Complaints foreseen: after which conversations, why, what came, and how right the forecasts were."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from quality import access
from quality.models import ModelKind
from quality.queries.examples import lacking
from quality.queries.forecasts import foreseen, judgements, messages_of
from quality.queries.models import forecast_model
from quality.rules.forecasting import HORIZON
from quality.serializers.models import forecast_row, month_row, not_enough_words
from quality.views.reader import reader_of

PAGE = 25


@require_safe
def show_forecasts(request: HttpRequest) -> HttpResponse:
    scores = access.opinions_visible_to(access.supervisor_of(reader_of(request)))
    model = forecast_model()
    short = None if model else lacking(ModelKind.COMPLAINT, "")
    page = Paginator(foreseen(by_model=model is not None).filter(score__in=scores), PAGE).get_page(
        request.GET.get("page")
    )
    texts = messages_of([one.score.conversation_id for one in page])
    context = {
        "section": "quality",
        "horizon": HORIZON,
        "model": model[0] if model else "",
        "lacking": not_enough_words(short.have, short.need) if short else "",
        "page_of_forecasts": page,
        "rows": [forecast_row(one, texts.get(one.score.conversation_id, {})) for one in page],
        "months": [month_row(one) for one in judgements()],
    }
    return render(request, "quality/forecasts/list.html", context)
