"""Prepared answers for one conversation: the fitting ones first, their variables filled."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from chat.models import Conversation
from identity import lender
from identity.models import User
from identity.rules.verification import DISCLOSED_FROM
from tickets.models import CannedAnswer, Ticket, Topic
from tickets.queries.identity import level_of
from tickets.rules import answers as rules
from tickets.rules.names import first_name

FOUND = 30


def found_answers(*, query: str, topic: Topic | None, language: str, only_topic: bool = False) -> list[CannedAnswer]:
    """By the beginning of a shortcut or a title, then by any word of the text in any of its forms."""
    answers = approved_answers(language).select_related("topic", "approved_by").prefetch_related("also")
    fits = Q(topic=topic) | Q(also=topic) if topic else Q(topic=None)
    answers = answers.filter(pk__in=CannedAnswer.objects.filter(fits).values("pk")) if only_topic else answers
    query = query.strip().lstrip("/")
    if query:
        answers = _matching(answers, query, language)
    own = Q(pk__in=CannedAnswer.objects.filter(fits).values("pk"))
    own_first = Case(When(own, then=Value(0)), default=Value(1), output_field=IntegerField())
    return list(answers.annotate(own=own_first).order_by(*_order(query), "position", "title")[:FOUND])


def _order(query: str) -> list[str]:
    return ["rank", "own"] if query else ["own"]


def approved_answers(language: str) -> QuerySet[CannedAnswer]:
    """What agents may use in this language."""
    said = ~Q(body_en="") if language == "en" else ~Q(body="")
    return CannedAnswer.objects.filter(said, version__gt=0)


def codes_of(answer: CannedAnswer) -> set[str]:
    """The codes of all topics an answer is for."""
    return {topic.code for topic in (answer.topic, *answer.also.all()) if topic}


def values_for(conversation: Conversation | None, agent: User) -> dict[str, str]:
    """What the variables mean here. An unproved sender has no loans to speak of."""
    values = {"agent": agent.display_name, "lender": settings.LENDER_NAME, "phone": settings.LENDER_PHONE}
    if conversation is None:
        return values
    borrower = conversation.borrower
    ticket: Ticket | None = getattr(conversation, "ticket", None)
    if borrower is None or (ticket is not None and level_of(ticket) < DISCLOSED_FROM):
        return values | {"name": first_name(conversation.correspondent_name)}
    return values | {"name": borrower.first_name} | _loan_values(borrower.customer_id, conversation.language)


def _matching(answers: QuerySet[CannedAnswer], query: str, language: str) -> QuerySet[CannedAnswer]:
    config = "english" if language == "en" else "russian"
    starts = Q(shortcut__istartswith=query)
    title, body = ("title_en", "body_en") if language == "en" else ("title", "body")
    titled = Q(shortcut__icontains=query) | Q(**{f"{title}__icontains": query})
    rank = Case(When(starts, then=Value(0)), When(titled, then=Value(1)), default=Value(2), output_field=IntegerField())
    searched = answers.annotate(rank=rank, text=SearchVector(title, body, config=config))
    if words := words_of(query):
        return searched.filter(starts | titled | Q(text=SearchQuery(words, config=config, search_type="raw")))
    return searched.filter(starts | titled)


def words_of(query: str) -> str:
    """Every word of the query, the last one perhaps unfinished."""
    kept: Sequence[str] = ["".join(letter for letter in word if letter.isalnum()) for word in query.split()]
    words = [word for word in kept if word][:6]
    return " & ".join([*(f"'{word}'" for word in words[:-1]), f"'{words[-1]}':*"]) if words else ""


def _loan_values(customer_id: str, language: str) -> dict[str, str]:
    loans = lender.loans_of(customer_id)
    if loans is None or not loans.active:
        return {}
    loan = min(loans.active, key=lambda each: each.due_on)
    return {
        "loan": loan.number,
        "due_sum": rules.money(loan.due_sum, language),
        "due_on": rules.day(loan.due_on, language),
        "interest": rules.money(loan.interest_today, language),
        "principal": rules.money(loan.principal, language),
    }
