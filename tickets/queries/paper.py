"""Answers on paper of a ticket."""

from tickets.models import PaperAnswer, Ticket


def begun_answer(ticket: Ticket) -> PaperAnswer | None:
    """The one that has not left yet."""
    return PaperAnswer.objects.filter(ticket=ticket, sent_on=None).select_related("ticket__conversation").first()


def sent_answers(ticket: Ticket) -> list[PaperAnswer]:
    return list(PaperAnswer.objects.filter(ticket=ticket, sent_on__isnull=False).order_by("-sent_on", "-pk"))
