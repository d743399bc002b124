"""What a lead did with it: talks and pins, a practice on trial, mystery visits, surveys by wave, a draft, labels."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from chat import actions as chat
from chat.models import Conversation
from identity import actions as identity
from identity.models import User
from quality.actions import mystery, practices
from quality.actions import standards as standard_actions
from quality.actions.checks import label_finding
from quality.actions.coaching import Talk, hold_coaching, measure_coaching, pin_score
from quality.actions.scores import score_conversation
from quality.actions.surveys import ask_wave
from quality.models import Finding, MysteryProgramme, MysteryVisit, PlantedBorrower, Score, Survey, SurveyInvite
from quality.queries.standards import draft_of, in_force_of, standard_by_code, text_of
from quality.queries.surveys import surveys_for
from supportdesk.demo.clock import past
from supportdesk.demo.quality.dialogs import Habits, draw
from supportdesk.demo.quality.judged import fill
from supportdesk.demo.quality.past import LEARNT, TRYING, answer, speak
from supportdesk.demo.quality.people import PLANTED
from tickets.actions.tickets import resolve
from tickets.models import Ticket

AGREED = (
    "Первый ответ сразу: поздороваться, назвать себя и сказать, сколько займёт проверка. "
    "Перед прощанием спросить об остальных вопросах."
)
LEGEND = (
    "Вы берёте займ впервые и не понимаете, из чего складывается сумма к возврату. Спросите дважды, разными словами."
)
EXPECTED = "Называет сумму и срок, объясняет без терминов, предлагает посмотреть расчёт в кабинете."
NOTES = "Ответ вежливый, но расчёт пришлось просить дважды. Прощание тёплое."
Status = MysteryVisit.Status


def talk_with(agent: User, *, by: User, scores: Sequence[Score]) -> None:
    """A talk four weeks ago with two conversations pinned for it, praise since, and what came of it."""
    own = [score for score in scores if score.agent_id == agent.pk]
    if not own or agent.coaching.exists():
        return
    with past(timezone.now() - timedelta(days=LEARNT)) as clock:
        before = [score for score in own if score.created_at < clock.moment][-2:]
        words = ("Клиент ждал две с половиной минуты без предупреждения.", "Диалог закрыт без вопроса, всё ли ясно.")
        pins = [
            pin_score(score=score, by=by, comment=text, is_praise=False)
            for score, text in zip(before, words, strict=False)
        ]
        about = Talk(
            held_on=timezone.localdate(),
            criteria=("greeting", "closing", "gaps"),
            pins=pins,
            agreed=AGREED,
            due_on=timezone.localdate() + timedelta(days=14),
        )
        session = hold_coaching(agent=agent, by=by, talk=about)
    pin_score(score=own[-1], by=by, comment="Видно, что договорённость работает.", is_praise=True)
    measure_coaching(session=session)


def try_a_practice(staff: Sequence[User], *, by: User) -> None:
    """Four agents sum up before they say goodbye, four work as before; measured after four weeks."""
    with past(timezone.now() - timedelta(days=LEARNT)):
        practice = practices.propose_practice(
            by=by,
            treated=[staff[place] for place in TRYING],
            control=[one for place, one in enumerate(staff) if place not in TRYING],
            title="Итог одной фразой перед прощанием",
            hypothesis="Если назвать, что сделано и что дальше, клиент не переспросит, а балл за завершение вырастет.",
            metric="auto_score",
            direction="up",
            min_effect=4,
            filters={"channels": ["chat"]},
            detection={"kind": "regex", "value": "подведу итог"},
        )
        practice = practices.move_practice(practice=practice, to="pilot", by=by)
    today = timezone.localdate()
    for back in range(LEARNT, -1, -1):
        practices.count_adoption(practice=practice, day=today - timedelta(days=back))
    practices.evaluate(practice=practice)


def shop(staff: Sequence[User], *, by: User, shopper: User, scores: Sequence[Score]) -> None:
    """A programme with one visit that is done and one that is planned."""
    if not scores:
        return
    now = timezone.now()
    planted = identity.refresh_borrower(claims=PLANTED)
    with past(now - timedelta(days=16)):
        known = mystery.plant_borrower(borrower=planted, by=by)
        today = timezone.localdate()
        ends_on = today + timedelta(days=75)
        programme = mystery.plan_programme(
            by=by, title="Осень: первый займ", starts_on=today, ends_on=ends_on, visits_per_shopper=2
        )
        scenario = mystery.write_scenario(
            programme=programme, by=by, title="Из чего складывается сумма", legend=LEGEND, expected=EXPECTED
        )
        window = (now - timedelta(days=12), now - timedelta(days=9))
        visit = mystery.plan_visit(
            scenario=scenario, shopper=shopper, role="manager", planted=known, window=window, by=by
        )
    _visit(visit, known, agent=staff[5])
    mystery.plan_visit(
        scenario=scenario,
        shopper=by,
        role="manager",
        planted=known,
        window=(now - timedelta(days=1), now + timedelta(days=6)),
        by=by,
    )
    if not MysteryProgramme.objects.filter(scenarios__isnull=True).exists():
        starts_on = timezone.localdate() + timedelta(days=30)
        mystery.plan_programme(by=by, title="Зима: просрочка", starts_on=starts_on, ends_on=None, visits_per_shopper=1)


def _visit(visit: MysteryVisit, known: PlantedBorrower, *, agent: User) -> None:
    """From the shopper's first word to the card."""
    told = draw(900, name=known.borrower.first_name, agent=agent.display_name, habits=Habits(1, 1, 1))
    with past(timezone.now() - timedelta(days=11)) as clock:
        mystery.begin_visit(visit=visit, by=visit.shopper)
        conversation = chat.start_conversation(
            channel="chat", borrower=known.borrower, page="Займ", language="ru", context={"topic": told.topic}
        )
        speak(told, clock=clock, conversation=conversation, people={"b": known.borrower, "a": agent})
        resolve(ticket=Ticket.objects.get(conversation=conversation), by=agent)
        score_conversation(conversation=Conversation.objects.get(pk=conversation.pk))
        clock.pass_time(1800)
        seen = {"waited": 1, "lasted": 9, "notes": NOTES}
        visit = mystery.finish_visit(visit=visit, observations=seen, by=visit.shopper)
        fill(mystery.open_card(visit=visit), seed="mystery")


def ask_waves(days_ago: Sequence[int] = (52, 18)) -> None:
    """Each index of waves, asked by a wave of its own day; two of three answer."""
    for back in days_ago:
        for step, survey in enumerate(surveys_for(trigger=Survey.Trigger.SCHEDULE, channel="")):
            with past(timezone.now() - timedelta(days=back - step)) as clock:
                ask_wave(survey=survey)
                clock.pass_time(7200)
                for invite in SurveyInvite.objects.filter(version__survey=survey, response__isnull=True):
                    answer(invite, 3 + invite.pk % 3)


def begin_a_draft(*, by: User) -> None:
    """The next version, with two weights moved."""
    standard = standard_by_code("service")
    version = in_force_of(standard) if standard is not None else None
    if standard is None or version is None or draft_of(standard) is not None:
        return
    draft = standard_actions.clone(version=version, by=by)
    text = text_of(draft)
    moved = {"correctness": 14, "literacy": 2}
    sections = tuple(
        replace(one, criteria=tuple(replace(each, weight=moved.get(each.code, each.weight)) for each in one.criteria))
        for one in text.sections
    )
    standard_actions.save_draft(version=draft, text=replace(text, sections=sections), seen=text.sha256, by=by)


def label_some(*, by: User) -> None:
    """What a reader of the laboratory said of the checks' marks."""
    marks = Finding.objects.filter(verdict="fail", labels__isnull=True).order_by("pk")[:60:2]
    for number, finding in enumerate(list(marks)):
        is_wrong = number % 6 == 5
        verdict, comment = ("pass", "По смыслу это сказано другими словами.") if is_wrong else ("fail", "")
        label_finding(finding=finding, by=by, verdict=verdict, comment=comment)
