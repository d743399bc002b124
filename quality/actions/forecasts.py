"""Foreseeing complaints when conversations end, and writing down what came."""

from datetime import datetime, timedelta

from django.utils import timezone

from quality.models import ComplaintForecast, Score
from quality.queries.forecasts import complaint_after, is_planted, surroundings_of, undecided
from quality.queries.models import forecast_model
from quality.queries.transcripts import transcript_of
from quality.rules.forecasting import HORIZON, factors_of, figures_of

SLICE = 500


def forecast_complaint(*, score: Score) -> ComplaintForecast | None:
    """Keep what is known of a conversation that ended, and the chance when a model is in force.

    Once for each score; nothing is foreseen of planted borrowers.
    """
    if is_planted(score.conversation):
        return None
    figures = figures_of(transcript_of(score.conversation), surroundings_of(score))
    known = forecast_model()
    made = ComplaintForecast(score=score, horizon=HORIZON, markers=figures.markers, values=figures.values)
    if known is None:
        made.factors = factors_of(figures, {"markers": float(figures.markers), "anger": figures.values["anger"] / 2})
    else:
        made.model, model = known
        made.probability = model.probability(figures.values)
        made.factors = factors_of(figures, {one.name: one.weight for one in model.contributions(figures.values)})
    ComplaintForecast.objects.bulk_create([made], ignore_conflicts=True)
    return ComplaintForecast.objects.get(score=score)


def settle_forecasts(*, now: datetime | None = None) -> int:
    """Write down which complaints came, and which did not within the horizon; returns how many are settled."""
    moment = now or timezone.now()
    settled = 0
    for forecast in undecided(moment).iterator(chunk_size=SLICE):
        settled += _settle(forecast, moment)
    return settled


def _settle(forecast: ComplaintForecast, now: datetime) -> bool:
    came_at = complaint_after(forecast)
    is_over = forecast.created_at + timedelta(days=forecast.horizon) < now
    if came_at is None and not is_over:
        return False
    undecided_yet = ComplaintForecast.objects.filter(pk=forecast.pk, came__isnull=True)
    return bool(undecided_yet.update(came=came_at is not None, came_at=came_at))
