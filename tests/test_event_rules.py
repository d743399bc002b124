"""Rules: when something happens and the conditions hold, the desk does something, names its rule, and ends."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat import actions as chat
from chat.models import Conversation, Entry
from identity.models import AuditEntry, Borrower, User
from tests.finishing import resolve
from tickets import actions as tickets
from tickets.actions.event_rules import save_rule, turn_rule
from tickets.actions.outbox import run_due_jobs
from tickets.actions.seed import seed_topics
from tickets.errors import RulesRing
from tickets.models import EventRule, Job, RuleTrial, Ticket, TicketEvent, Topic
from tickets.queries.event_rules import forget_listened
from tickets.rules.event_rules import Facts, Rule, has_words, holds, ring_of, words_of

PAGE = "/settings/rules/"


@pytest.fixture(autouse=True)
def anew(db: None) -> Any:
    seed_topics()
    forget_listened()
    yield
    forget_listened()


def topic(code: str) -> Topic:
    return Topic.objects.get(code=code)


def on(by: User, **said: Any) -> EventRule:
    """A rule that works."""
    return turn_rule(rule=save_rule(rule=EventRule(**said), by=by), is_on=True, by=by)


def letter_of(borrower: Borrower, body: str, subject: str = "Вопрос") -> Ticket:
    conversation = chat.start_conversation(channel="email", borrower=borrower, subject=subject, is_shared=True)
    chat.post_message(conversation=conversation, author=borrower, body=body)
    return work(conversation)


def work(conversation: Conversation) -> Ticket:
    """What the workers do, and the ticket after it."""
    for _ in range(4):
        run_due_jobs(kind="look_at_rules")
    return Ticket.objects.get(conversation=conversation)


def notes(ticket: Ticket) -> list[str]:
    said = Entry.objects.filter(conversation=ticket.conversation_id, kind="note").order_by("seq")
    return list(said.values_list("body", flat=True))


def test_a_complaint_becomes_urgent_gets_its_topic_and_the_log_names_the_rule(
    ivan: User, anna: Borrower, olga: User
) -> None:
    on(
        ivan,
        name="Жалобы",
        event="message",
        words="жалоб, прокуратур",
        sets_priority="urgent",
        sets_topic=topic("extension"),
        tells_supervisors=True,
    )
    ticket = letter_of(anna, "Это ЖАЛОБА: мне не отвечают")
    assert (ticket.priority, ticket.topic) == ("urgent", topic("extension"))
    note = Entry.objects.get(conversation=ticket.conversation_id, kind="note")
    assert note.body.startswith("Правило «Жалобы»: тема «") and "приоритет «Срочный»" in note.body
    assert (note.author_kind, note.public_seq, note.data["mentions"]) == ("system", None, [str(olga.pk)])
    worked = TicketEvent.objects.get(ticket=ticket, kind="rule_worked")
    assert (worked.data["name"], worked.data["event"], worked.user) == ("Жалобы", "message", None)
    other = letter_of(anna, "Спасибо за договор")
    assert (other.priority, notes(other)) == ("normal", [])


def test_the_work_of_a_rule_is_done_after_the_message_is_stored_and_never_within(ivan: User, anna: Borrower) -> None:
    on(ivan, name="Чаты", event="message", channel="chat", sets_priority="high")
    conversation = chat.start_conversation(channel="chat", borrower=anna)
    chat.post_message(conversation=conversation, author=anna, body="Здравствуйте")
    assert Ticket.objects.get(conversation=conversation).priority == "normal"
    assert Job.objects.filter(kind="look_at_rules", done_at=None).count() == 1
    assert work(conversation).priority == "high"


def test_where_no_rule_listens_nothing_is_promised(ivan: User, anna: Borrower) -> None:
    save_rule(rule=EventRule(name="Выключено", event="message", channel="email", sets_priority="high"), by=ivan)
    assert letter_of(anna, "Здравствуйте").priority == "normal"
    assert not Job.objects.filter(kind="look_at_rules").exists()


def test_rules_are_looked_at_in_their_order_and_see_what_those_before_changed(
    ivan: User, anna: Borrower, as_staff: Callable[[User], Client]
) -> None:
    late = {"event": "message", "priority": "high", "note": "Уже важное"}
    on(ivan, name="Вторая", **late)
    first = on(ivan, name="Первая", event="message", words="срочно", sets_priority="high")
    assert notes(letter_of(anna, "Срочно!")) == ["Правило «Первая»: приоритет «Высокий»."]
    assert as_staff(ivan).post(f"{PAGE}{first.pk}/earlier/").status_code == 302
    assert notes(letter_of(anna, "Срочно!"))[-1] == "Уже важное"


@pytest.mark.parametrize("event", ["opened", "topic_set", "priority_set", "promise_breached", "resolved", "reopened"])
def test_each_event_sets_its_rules_off(ivan: User, anna: Borrower, elena: User, event: str) -> None:
    from tickets.actions.events import record_event

    on(ivan, name="Смотреть", event=event, channel="email", note="Посмотрите")
    ticket = letter_of(anna, "Здравствуйте")
    happens: dict[str, Callable[[], Any]] = {
        "opened": lambda: None,
        "topic_set": lambda: tickets.set_topic(ticket=ticket, topic=topic("extension"), by=elena),
        "priority_set": lambda: tickets.set_priority(ticket=ticket, priority="high", by=elena),
        "promise_breached": lambda: record_event(ticket=ticket, kind="promise_breached", at=timezone.now()),
        "resolved": lambda: resolve(ticket=ticket, by=elena),
        "reopened": lambda: (
            resolve(ticket=ticket, by=elena),
            chat.post_message(conversation=ticket.conversation, author=anna, body="И ещё вопрос"),
        ),
    }
    happens[event]()
    assert notes(work(ticket.conversation)) == ["Посмотрите"]


def test_who_waits_longer_than_said_and_a_stranger_are_conditions(ivan: User, anna: Borrower, elena: User) -> None:
    on(ivan, name="Ждёт", event="priority_set", waited_minutes=30, borrower="known", note="Ждёт долго")
    on(ivan, name="Чужой", event="priority_set", borrower="unknown", note="Кто это?")
    ticket = letter_of(anna, "Где договор?")
    tickets.set_priority(ticket=ticket, priority="high", by=elena)
    assert notes(work(ticket.conversation)) == []
    Ticket.objects.filter(pk=ticket.pk).update(waiting_since=timezone.now() - timedelta(hours=1))
    tickets.set_priority(ticket=ticket, priority="urgent", by=elena)
    assert notes(work(ticket.conversation)) == ["Ждёт долго"]


def test_a_letter_nobody_leads_is_given_and_nobodys_work_is_taken(
    ivan: User, anna: Borrower, elena: User, dmitry: User
) -> None:
    on(ivan, name="Дмитрию", event="message", words="справк", gives_to=dmitry)
    ticket = letter_of(anna, "Нужна справка")
    assert ticket.assignee == dmitry and "отдано" in notes(ticket)[0]
    led = letter_of(anna, "Здравствуйте")
    tickets.take(ticket=led, by=elena)
    chat.post_message(conversation=led.conversation, author=anna, body="И справка")
    assert work(led.conversation).assignee == elena


def test_a_change_by_a_rule_sets_rules_off_once_more_and_no_further(ivan: User, anna: Borrower, elena: User) -> None:
    topics = [topic(each.code) for each in Topic.objects.all()[:4]]
    chain = [("message", {"words": "цепь"}, {"sets_topic": topics[0]})]
    chain += [("topic_set", {"topic": topics[n]}, {"sets_topic": topics[n + 1]}) for n in range(3)]
    for number, (event, conditions, actions) in reversed(list(enumerate(chain))):  # one look goes up the list once
        on(ivan, name=f"Звено {number}", event=event, **conditions, **actions)
    ticket = letter_of(anna, "Цепь")
    assert ticket.topic == topics[1], "the message's rule and one more"
    assert TicketEvent.objects.get(ticket=ticket, kind="rules_stopped").data == {"event": "topic_set"}


def test_a_job_done_again_after_a_crash_changes_nothing_twice(ivan: User, anna: Borrower) -> None:
    on(ivan, name="Раз", event="message", words="раз", sets_priority="high")
    ticket = letter_of(anna, "Раз")
    job = Job.objects.get(kind="look_at_rules")
    Job.objects.filter(pk=job.pk).update(done_at=None, due_at=timezone.now())
    assert notes(work(ticket.conversation)) == ["Правило «Раз»: приоритет «Высокий»."]


# what is refused, through the page


def entered(**said: Any) -> dict[str, Any]:
    return {"name": "Новое", "event": "message", "words": "жалоба", "sets_priority": "high"} | said


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"sets_priority": ""}, "нет действия"),
        ({"words": ""}, "любую заявку"),
        ({"words": " , ,"}, "любую заявку"),
        ({"topic": "999999"}, "нет среди"),
        ({"sets_topic": "9; drop"}, "нет среди"),
        ({"event": "never"}, "never"),
        ({"event": ""}, "бязательное"),
        ({"name": ""}, "бязательное"),
        ({"waited_minutes": "-5"}, "больше либо равно 0"),
        ({"waited_minutes": "99999999"}, "тридцати дней"),
        ({"event": "priority_set"}, "сам"),
        ({"channel": "chat", "gives_to": "elena"}, "только письма"),
    ],
)
def test_a_rule_that_cannot_work_is_refused_in_words_and_nothing_is_saved(
    as_staff: Callable[[User], Client], ivan: User, elena: User, said: dict[str, Any], words: str
) -> None:
    given = {name: str(elena.pk) if value == "elena" else value for name, value in said.items()}
    refused = as_staff(ivan).post(f"{PAGE}new/", entered(**given))
    assert refused.status_code == 400
    assert words in refused.content.decode()
    assert not EventRule.objects.exists()


def test_rules_that_would_set_each_other_off_are_refused_by_name(
    as_staff: Callable[[User], Client], ivan: User
) -> None:
    page, here, there = as_staff(ivan), topic("extension"), topic("payments")
    on(ivan, name="Туда", event="topic_set", topic=here, sets_topic=there)
    back = {"event": "topic_set", "topic": there.pk, "sets_topic": here.pk, "words": "", "sets_priority": ""}
    refused = page.post(f"{PAGE}new/", entered(name="Обратно", **back))
    assert refused.status_code == 400 and "Обратно → Туда → Обратно" in refused.content.decode()
    EventRule.objects.update(is_on=False)
    assert page.post(f"{PAGE}new/", entered(name="Обратно", **back)).status_code == 302, "the other one is off"
    with pytest.raises(RulesRing):
        turn_rule(rule=EventRule.objects.get(name="Туда"), is_on=True, by=ivan) and turn_rule(
            rule=EventRule.objects.get(name="Обратно"), is_on=True, by=ivan
        )
    answer = page.post(f"{PAGE}{EventRule.objects.get(name='Обратно').pk}/turn/", {"on": "yes"}, follow=True)
    assert "Туда" in answer.content.decode() and EventRule.objects.filter(is_on=True).count() == 1


def test_an_administrator_makes_tries_switches_and_removes_a_rule_and_the_audit_says_so(
    as_staff: Callable[[User], Client], ivan: User
) -> None:
    page = as_staff(ivan)
    made = page.post(f"{PAGE}new/", entered(name="Жалобы"), follow=True)
    rule = EventRule.objects.get()
    assert "Жалобы" in made.content.decode() and not rule.is_on
    again = page.post(f"{PAGE}new/", entered(name="Жалобы"))
    assert again.status_code == 400, "two rules of one name could not be told apart in a log"
    assert page.post(f"{PAGE}{rule.pk}/", entered(name="Жалобы", words="жалоб")).status_code == 302
    assert page.post(f"{PAGE}{rule.pk}/turn/", {"on": "yes"}).status_code == 302
    assert "одно из слов: жалоб" in page.get(PAGE).content.decode()
    assert page.post(f"{PAGE}{rule.pk}/trial/").status_code == 302
    assert page.post(f"{PAGE}{rule.pk}/remove/").status_code == 302
    codes = AuditEntry.objects.filter(object_kind="event_rule").order_by("id").values_list("code", flat=True)
    verbs = ["added", "changed", "switched_on", "tried", "removed"]
    assert list(codes) == [f"event_rule.{verb}" for verb in verbs]
    changed = AuditEntry.objects.get(code="event_rule.changed").detail
    assert (changed["before"]["words"], changed["after"]["words"]) == ("жалоба", "жалоб")


# the trial


def test_a_trial_tells_what_the_rule_would_have_touched_last_week_and_changes_nothing(
    as_staff: Callable[[User], Client], ivan: User, anna: Borrower, elena: User
) -> None:
    one = letter_of(anna, "Жалоба на списание")
    chat.post_message(conversation=one.conversation, author=anna, body="Повторная жалоба")
    old = letter_of(anna, "Старая жалоба")
    before = timezone.now() - timedelta(days=9)
    Entry.objects.filter(conversation=old.conversation_id).update(created_at=before)
    ended = letter_of(anna, "Жалоба, но уже решено")
    resolve(ticket=ended, by=elena)
    letter_of(anna, "Спасибо")
    rule = save_rule(rule=EventRule(name="Проба", event="message", words="жалоб", sets_priority="urgent"), by=ivan)
    events = TicketEvent.objects.count()
    page = as_staff(ivan)
    going = page.post(f"{PAGE}{rule.pk}/trial/", follow=True).content.decode()
    assert 'data-trial="going"' in going and "<progress" in going
    run_due_jobs(kind="try_rule")
    trial = RuleTrial.objects.get()
    assert (trial.tickets, trial.events, trial.numbers) == (2, 3, sorted([one.pk, ended.pk], reverse=True))
    shown = page.get(f"{PAGE}{rule.pk}/trial/").content.decode()
    assert "2 заявки" in shown and "3 раза" in shown and f"№ {one.pk}" in shown
    assert TicketEvent.objects.count() == events
    assert not Ticket.objects.exclude(priority="normal").exists()
    save_rule(rule=rule, by=ivan)
    assert not RuleTrial.objects.exists(), "what was changed has not been tried"


def test_a_trial_sees_topic_and_priority_as_they_were_then(ivan: User, anna: Borrower, elena: User) -> None:
    ticket = letter_of(anna, "Вопрос")
    for code in ("extension", "payments"):
        tickets.set_topic(ticket=ticket, topic=topic(code), by=elena)
    tickets.set_priority(ticket=ticket, priority="high", by=elena)
    then = {"event": "topic_set", "topic": topic("extension"), "priority": "normal"}
    now = {"event": "topic_set", "topic": topic("extension"), "priority": "high"}
    for name, said, expected in (("Тогда", then, 1), ("Теперь", now, 0)):
        rule = save_rule(rule=EventRule(name=name, note="!", **said), by=ivan)
        from tickets.actions.rule_trials import try_rule

        trial = try_rule(rule=rule, by=ivan)
        run_due_jobs(kind="try_rule")
        trial.refresh_from_db()
        assert trial.tickets == expected and trial.finished_at


# the rules of rules


def test_words_are_found_with_any_ending_and_at_the_beginning_of_a_word() -> None:
    rule = Rule(1, "", "message", words=words_of("Жалоб,  взлёт,"))
    assert rule.words == ("жалоб", "взлет")
    assert has_words(rule, "ЖАЛОБУ подаю") and has_words(rule, "взлетел")
    assert not has_words(rule, "обжалобил") and not has_words(rule, "")
    facts = Facts(channel="chat", topic=None, priority="normal", text="жалоба", is_known=True, waited=60.0)
    assert holds(rule, facts) and not holds(Rule(1, "", "message", waited=60), facts)


some = st.builds(
    Rule,
    id=st.none(),
    name=st.just(""),
    event=st.sampled_from(["message", "topic_set", "priority_set"]),
    topic=st.sampled_from([None, 1, 2]),
    priority=st.sampled_from(["", "high", "urgent"]),
    sets_topic=st.sampled_from([None, 1, 2]),
    sets_priority=st.sampled_from(["", "high", "urgent"]),
)


@settings(deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))
@given(st.lists(some, max_size=4), st.sampled_from(["message", "topic_set", "priority_set"]))
def test_rules_without_a_ring_come_to_an_end_by_themselves(rules: list[Rule], event: str) -> None:
    """As the worker does it, but without the limit of depth: no more changes in a row than there are rules."""
    if ring_of(rules):
        return
    waiting = [(event, None, "normal", 0)]
    while waiting:
        happened, about, priority, depth = waiting.pop()
        assert depth <= len(rules)
        for rule in rules:
            if rule.event == happened and holds(rule, Facts("chat", about, priority, "", True, 0.0)):
                after = (rule.sets_topic or about, rule.sets_priority or priority)
                waiting += [("topic_set", *after, depth + 1)] if rule.sets_topic else []
                waiting += [("priority_set", *after, depth + 1)] if rule.sets_priority else []
