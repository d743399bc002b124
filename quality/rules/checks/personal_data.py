"""No card, passport or insurance number is written out by staff."""

from collections.abc import Iterator

from quality.rules.outcomes import Answer, Outcome, Parameters, Span
from quality.rules.personal_data import find_personal_data, find_phones
from quality.rules.transcript import Transcript

CODE = "personal_data"
VERSION = 2
RULE = (
    "No full card number (by its check digit), CVV, passport, SNILS or INN (by their check digits) "
    "stands in a staff member's message, nor a mobile phone number when the standard says so; a person confirms each."
)


def run(transcript: Transcript, parameters: Parameters) -> Outcome:
    found = list(_disclosed(transcript, with_phones=bool(parameters.get("phones"))))
    if not found:
        return Outcome(Answer.PASS, "nothing_disclosed")
    kinds = sorted({kind for kind, _ in found})
    return Outcome(Answer.FAIL, "disclosed", facts={"kinds": kinds}, evidence=tuple(span for _, span in found))


def _disclosed(transcript: Transcript, *, with_phones: bool) -> Iterator[tuple[str, Span]]:
    for message in transcript.staff_messages:
        found = find_personal_data(message.text)
        found += find_phones(message.text) if with_phones else []
        yield from ((kind, Span(seq=message.seq, start=start, end=end)) for kind, start, end in found)
