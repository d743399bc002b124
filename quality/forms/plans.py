"""What the form of a plan brings."""

from django.http import QueryDict

from quality.actions.sampling import LIMITS, Settings
from quality.errors import SamplingRefused
from quality.queries.people import supervisors


def settings_of_form(data: QueryDict) -> Settings:
    """Numbers by name, the switch and the reviewers; nobody chosen: every supervisor."""
    try:
        numbers = {name: float(str(data[name]).replace(",", ".")) for name in LIMITS if data.get(name)}
    except ValueError as error:
        raise SamplingRefused from error
    chosen = set(data.getlist("reviewers"))
    return Settings(
        title=str(data.get("title", "")),
        settings=numbers,
        is_active="is_active" in data,
        reviewers=tuple(person for person in supervisors() if str(person.pk) in chosen),
    )
