"""People by name, mistyped or not, by phone, address, or the lender's number; only whom the staff member may read."""

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Upper
from rapidfuzz.distance import OSA

from chat.access import conversations_visible_to
from identity.models import Borrower, User
from tickets.rules.search import Asked, edits_allowed

MOST = 200

LIKE = """
(select word from tickets_searchname where word like %s || '%%' order by word limit 20)
union (select word from tickets_searchname where grams && search_grams(%s)
        order by cardinality(array(select unnest(grams) intersect select unnest(search_grams(%s)))) desc limit 40)
"""
WORDS = ArrayField(TextField())
DIGITS_BACKWARDS = Func(
    Func(F("phone"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace"),
    function="reverse",
    output_field=TextField(),
)


def names_like(word: str) -> list[str]:
    """The words of names that may be meant: those it begins, and those it is mistyped from."""
    with connection.cursor() as cursor:
        cursor.execute(LIKE, [word, word, word])
        found = [row[0] for row in cursor.fetchall()]
    near = edits_allowed(word)
    begun = len(word) > 2
    return [one for one in found if (begun and one.startswith(word)) or OSA.distance(word, one) <= near]


def people(user: User, asked: Asked) -> QuerySet[Borrower]:
    """Whom the question may mean, among those with a conversation the staff member may read."""
    own = conversations_visible_to(user).filter(borrower=OuterRef("pk"))
    found = _meant(asked).filter(Exists(own))
    return found.order_by("full_name", "pk")


def _meant(asked: Asked) -> QuerySet[Borrower]:
    if asked.phone:
        ending = Borrower.objects.alias(backwards=DIGITS_BACKWARDS).filter(backwards__startswith=asked.phone[::-1])
        numbered = Borrower.objects.annotate(number=Upper("customer_id")).filter(number=asked.phone.upper())
        return Borrower.objects.filter(
            pk__in=[*ending.values_list("pk", flat=True)[:MOST], *numbered.values_list("pk", flat=True)]
        )
    exact = Q()
    if asked.email:
        exact = Q(email__iexact=asked.email)
    elif asked.code:
        exact = Q(customer_id__iexact=asked.code)  # as the index has it, in capitals
    if exact:
        return Borrower.objects.filter(exact)
    if not asked.names or len(asked.names) > 4:
        return Borrower.objects.none()
    people_ = Borrower.objects.all()
    for word in asked.names:
        people_ = people_.filter(_named(names_like(word)))
    return people_


def _named(words: list[str]) -> Func:
    """The names one of whose words is among these."""
    names = Func(F("full_name"), function="search_names", output_field=WORDS)
    return Func(
        names,
        Cast(Value(words, WORDS), WORDS),
        arg_joiner=" && ",
        template="%(expressions)s",
        output_field=BooleanField(),
    )
