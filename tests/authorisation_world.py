"""Anna's chat as test_authorisation.py finds it: answered by Elena, with a note, a draft, a file and a score."""

import io
import uuid
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

RAW = b"From: Anna <anna@mail.example>\r\nTo: help@lad.example\r\nSubject: canary\r\n\r\nHello\r\n"


def annas_things(conversation: Any, people: dict[str, Any], canaries: tuple[str, str, str]) -> dict[str, Any]:
    """Fills the conversation and answers what each name in an address stands for."""
    from chat import actions as chat
    from quality import actions as quality
    from tickets.models import CannedAnswer
    from tickets.queries.scenarios import steps_in_force

    words, note, draft = canaries
    anna, elena = people["anna"], people["elena"]
    put_it_in_elenas_hands(conversation.ticket, elena)
    chat.post_message(conversation=conversation, author=anna, body=words)
    chat.post_message(conversation=conversation, author=elena, body="Здравствуйте, Анна!")
    chat.post_message(conversation=conversation, author=elena, body=note, kind="note")
    chat.save_draft(conversation=conversation, user=elena, mode="reply", body=draft)
    attachment = chat.attach_file(conversation=conversation, author=anna, upload=photo())
    chat.post_message(conversation=conversation, author=anna, body="", attachments=[attachment.pk])
    quality.seed_default_standard()
    score = quality.score_conversation(conversation=conversation)
    return {
        "conversation": conversation.pk,
        "attachment": attachment.pk,
        "number": conversation.ticket.pk,
        "borrower_id": anna.pk,
        "borrower": anna.pk,
        "user_id": people["dmitry"].pk,
        "session_id": people["elena"].sessions.latest("created_at").pk,
        "signed": "not-a-signature",
        "file_id": uuid.uuid4(),
        "id": score.pk,
        **disputed_review(score, people["olga"], elena),
        "letter_id": quarantined_letter(conversation.ticket).pk,
        "review_letter": held_review_letter().pk,
        "mailbox_id": lads_mailbox().pk,
        "job_id": failed_job().pk,
        **call_and_paper_of(conversation.ticket, elena, people["ivan"]),
        "view_id": shared_list_of(elena).pk,
        "step": steps_in_force(conversation.ticket.topic_id)[0].pk,
        "topic_id": conversation.ticket.topic.pk,
        **scenario_of(conversation.ticket, people["ivan"]),
        "seq": 2,
        "export_id": export_of(people["olga"]).pk,
        "suppression": 0,
        "model": kept_model().pk,
        "trainable": "complaint",
        **surveys_of(conversation),
        **standards_of(score, people["olga"]),
        **public_review_by(conversation.borrower, people["olga"]),
        "practice": practice_of(people["olga"]),
        **visit_of(people["dmitry"], people["sergey"], people["olga"]),
        **agents_things(score, people),
        **promised_things(conversation.ticket, people),
        "link_id": link_with_another(conversation.ticket, elena).pk,
        "canned_id": CannedAnswer.objects.create(shortcut="canary", title="Canary", body="Canary").pk,
    }


def shared_list_of(elena: Any) -> Any:
    """A list that everybody sees and only its owner and supervisors take away."""
    from tickets.models import SavedView

    return SavedView.objects.create(owner=elena, title="Canary", is_shared=True)


def export_of(olga: Any) -> Any:
    """A written table that Olga asked for: nobody else may have it."""
    from django.utils import timezone

    from tickets.actions.exports import path_of
    from tickets.models import Export

    today = timezone.localdate().isoformat()
    asked = {"figure": "opened", "since": today, "until": today}
    later = timezone.now() + timedelta(hours=1)
    export = Export.objects.create(asked_by=olga, asked=asked, format="csv", state="ready", expires_at=later)
    path_of(export).parent.mkdir(parents=True, exist_ok=True)
    path_of(export).write_text("number\n")
    return export


def promised_things(ticket: Any, people: dict[str, Any]) -> dict[str, Any]:
    """A rule, a policy, a calendar with a single day, a day of the country's, and Anna's appeal."""
    from datetime import date

    from django.utils import timezone

    from tickets.actions import appeals, event_rules, promises
    from tickets.models import Calendar, EventRule, SlaTarget

    times = {"first_response_time": 60, "next_response_time": 60, "first_warn_time": 10, "next_warn_time": 10}
    ivan, today = people["ivan"], timezone.localdate()
    policy = promises.save_policy(policy=SlaTarget(priority="urgent", **times), by=ivan)
    calendar = promises.save_calendar(calendar=Calendar(name="Canary"), rows=[], by=ivan)
    day = promises.save_day(calendar=calendar, on=today, hours=None, note="", by=ivan)
    production = promises.enter_production_day(on=date(2030, 1, 9), kind="off", by=ivan)
    appeal = appeals.register_appeal(ticket=ticket, received_on=today, channel="chat", by=people["olga"])
    rule = EventRule(name="Canary", event="reopened", note="Look at it")
    return {
        "rule_id": event_rules.save_rule(rule=rule, by=ivan).pk,
        "target_id": policy.pk,
        "calendar_id": calendar.pk,
        "day_id": day.pk,
        "production_id": production.pk,
        "appeal_id": appeal.pk,
    }


def link_with_another(ticket: Any, elena: Any) -> Any:
    from chat import actions as chat
    from tickets.actions.links import link_tickets

    other = chat.start_conversation(channel="email", borrower=ticket.conversation.borrower).ticket
    return link_tickets(ticket=ticket, other=other, kind="related", by=elena)


def put_it_in_elenas_hands(ticket: Any, elena: Any) -> None:
    from tickets import actions as tickets
    from tickets.actions import seed

    tickets.ensure_slots(user=elena, capacity=5)
    seed.seed_topics()
    ticket.refresh_from_db()
    tickets.set_topic(ticket=ticket, topic=seed.Topic.objects.get(code="extension"), by=elena)
    tickets.assign(ticket=ticket, agent=elena, reason="taken")
    ticket.refresh_from_db()


def quarantined_letter(ticket: Any) -> Any:
    from tickets.actions.letters import store_letter
    from tickets.actions.mailboxes import ensure_mailbox
    from tickets.models import InboundLetter

    server = {"imap_host": "127.0.0.1", "imap_port": 1, "imap_security": "none"}
    server |= {"smtp_host": "127.0.0.1", "smtp_port": 1, "smtp_security": "none"}
    mailbox = ensure_mailbox(address="help@lad.example", name="Помощь", username="help", password="x", **server)
    letter = store_letter(mailbox=mailbox, source_key=f"test:{uuid.uuid4()}", raw=RAW)
    InboundLetter.objects.filter(pk=letter.pk).update(ticket=ticket)
    return letter


def held_review_letter() -> Any:
    from tickets.actions.letters import store_letter
    from tickets.models import InboundLetter

    letter = store_letter(mailbox=lads_mailbox(), source_key=f"test:{uuid.uuid4()}", raw=RAW + b"again")
    InboundLetter.objects.filter(pk=letter.pk).update(state="held", error="review_unread")
    return letter


def lads_mailbox() -> Any:
    from tickets.models import Mailbox

    return Mailbox.objects.get(address="help@lad.example")


def surveys_of(conversation: Any) -> dict[str, Any]:
    """A survey that waits for Anna in the chat, a letter that asks, a low rating, and somebody not to be asked."""
    from datetime import timedelta

    from django.utils import timezone

    from quality.actions.follow_ups import follow_up_rating
    from quality.actions.surveys import LINK_PATH, seed_default_surveys, stop_asking
    from quality.models import SurveyAnswer, SurveyInvite, SurveyVersion
    from tickets.actions.notice_links import token_of
    from tickets.models import OutboundLetter

    seed_default_surveys()
    version = SurveyVersion.objects.get(survey__code="nps")
    anna, until = conversation.borrower, timezone.now() + timedelta(days=1)
    stop = stop_asking(borrower=anna, reason="court", by=None)
    invite = SurveyInvite.objects.create(version=version, borrower=anna, way="history", expires_at=until)
    letter = OutboundLetter.objects.create(
        ticket=conversation.ticket,
        purpose="survey",
        link_path=LINK_PATH,
        message_id=f"{uuid.uuid4()}@lad.example",
        to_address="anna@mail.example",
        subject="Опрос",
        body="",
    )
    SurveyInvite.objects.create(version=version, way="letter", letter=letter, expires_at=until)
    rating = SurveyAnswer.objects.create(conversation=conversation, borrower=anna, rating=1)
    low = follow_up_rating(rating=rating)
    assert low is not None
    return {
        "survey": "nps",
        "stop": stop.pk,
        "invite": invite.pk,
        "survey_token": token_of(letter),
        "follow_up": low.pk,
    }


def kept_model() -> Any:
    from quality.actions.models import keep_model

    return keep_model(kind="topic", language="ru", data="own", n=2, weights=b"x", measures={})


def public_review_by(borrower: Any, supervisor: Any) -> dict[str, Any]:
    from django.utils import timezone

    from quality.models import AuthorGuess, PublicAnswer, PublicReview

    review = PublicReview.objects.create(
        source="site.example", text="Долго", text_hash="x", written_on=timezone.localdate()
    )
    answer = PublicAnswer.objects.create(public_review=review, text="Нам жаль", drafted_by=supervisor)
    guess = AuthorGuess.objects.create(public_review=review, borrower=borrower, weight=0.2)
    return {"public_review": review.pk, "public_answer": answer.pk, "guess": guess.pk}


def practice_of(supervisor: Any) -> int:
    from quality.models import Practice

    said = {"title": "Срок", "hypothesis": "Поможет", "metric": "auto_score", "min_effect": 3}
    return Practice.objects.create(owner=supervisor, **said).pk


def agents_things(score: Any, people: dict[str, Any]) -> dict[str, Any]:
    """A closed calibration of Elena's conversation, and her own review of it."""
    from datetime import timedelta

    from django.utils import timezone

    from quality.actions.calibration import Wanted, close_calibration, start_calibration
    from quality.actions.coaching import pin_score
    from quality.actions.reviews import Filled, open_review, submit_review
    from quality.models import LateChange

    raters = [people["olga"], people["ivan"]]
    deadline = timezone.now() + timedelta(days=1)
    session = start_calibration(wanted=Wanted("Ноябрь", deadline, raters, [score]), by=people["olga"])
    for card in session.reviews.all():
        submit_review(review=card, filled=Filled())
    close_calibration(session=session)
    own = open_review(of=score, reviewer=people["elena"], source="self")
    submit_review(review=own, filled=Filled())
    pin = pin_score(score=score, by=people["olga"], comment="", is_praise=True)
    late = LateChange.objects.create(review=own, proposed={}, reason="Ошибка", asked_by=people["olga"])
    ids = {"calibration": session.pk, "card": own.pk, "pin": pin.pk, "late_change": late.pk}
    ids |= {"notice_kind": "pin", "notice": pin.pk}
    return {**ids, "agent": people["elena"].pk}


def visit_of(shopper: Any, borrower: Any, planner: Any) -> dict[str, int]:
    """A mystery visit that only its planner and its shopper know of."""
    from datetime import timedelta

    from django.utils import timezone

    from quality.actions import mystery

    now = timezone.now()
    programme = mystery.plan_programme(
        by=planner, title="Осень", starts_on=now.date(), ends_on=None, visits_per_shopper=2
    )
    scenario = mystery.write_scenario(programme=programme, by=planner, title="Продление", legend="Нужно продлить")
    planted = mystery.plant_borrower(borrower=borrower, by=planner)
    window = (now - timedelta(hours=1), now + timedelta(hours=1))
    visit = mystery.plan_visit(
        scenario=scenario, shopper=shopper, role="line", planted=planted, window=window, by=planner
    )
    ids = {"programme": programme.pk, "mystery_scenario": scenario.pk}
    return ids | {"visit": visit.pk, "own_visit": visit.pk}


def call_and_paper_of(ticket: Any, agent: Any, admin: Any) -> dict[str, Any]:
    """An exchange, and what the pages of a call and of a letter on paper show."""
    from django.utils import timezone

    from tickets.actions.exchanges import save_exchange
    from tickets.models import Call, PaperAnswer, PaperLetter

    values = {"name": "Офис", "code": "office", "extensions": {}, "recording_hosts": ["records.lad.example"]}
    exchange, _ = save_exchange(exchange=None, values=values, by=admin)
    told = {"exchange": exchange, "call_id": "1", "recording": "https://records.lad.example/1.mp3"}
    Call.objects.create(ticket=ticket, direction="in", state="answered", started_at=timezone.now(), **told)
    said = {"kind": "question", "incoming_number": "1", "sender": "Анна", "received_on": timezone.localdate()}
    PaperLetter.objects.create(ticket=ticket, channel="paper", registered_by=agent, **said)
    PaperAnswer.objects.create(ticket=ticket, body="Здравствуйте!", composed_by=agent)
    return {"exchange_id": exchange.pk, "exchange": exchange.code}


def failed_job() -> Any:
    from django.utils import timezone

    from tickets.actions.outbox import enqueue
    from tickets.models import Job

    job = enqueue(kind="score_conversation", key=f"test:{uuid.uuid4()}")
    Job.objects.filter(pk=job.pk).update(failed_at=timezone.now())
    return job


def photo() -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(content, "JPEG")
    return SimpleUploadedFile("снимок.jpg", content.getvalue(), "image/jpeg")


def disputed_review(score: Any, reviewer: Any, agent: Any) -> dict[str, Any]:
    """A review that the agent disputes, a critical failure to confirm, and a plan to draw."""
    from django.utils import timezone

    from quality import actions as quality
    from quality.actions.disputes import Objection
    from quality.actions.sampling import seed_default_plans
    from quality.models import Confirmation, Criterion, SamplingPlan

    review = quality.submit_review(
        review=quality.open_review(of=score, reviewer=reviewer), filled=quality.Filled({}, "Всё хорошо")
    )
    dispute = quality.dispute_review(review=review, by=agent, objection=Objection("score", "Не согласна"))
    seed_default_plans()
    criterion = Criterion.objects.exclude(critical_class="").filter(section__version=score.version)[0]
    confirmation, _ = Confirmation.objects.get_or_create(
        score=score, criterion=criterion, defaults={"due_at": timezone.now()}
    )
    return {
        "review_id": review.pk,
        "dispute_id": dispute.pk,
        "plan_id": SamplingPlan.objects.get(kind="random").pk,
        "confirmation_id": confirmation.pk,
    }


def standards_of(score: Any, olga: Any) -> dict[str, Any]:
    """A draft, a run of re-scoring, a finding and an entry of a lexicon."""
    from quality import actions as quality
    from quality.actions.lexicons import add_entry
    from quality.actions.rescoring import start_rescoring
    from quality.rules.lexicon_entries import EntryText

    draft = quality.clone(version=score.version, by=olga)
    words = {"must_match": ("Вам лень читать",), "must_not_match": ("Прочитаем вместе",)}
    entry = EntryText(language="ru", pattern="лень читать", **words)
    return {
        "code": "service",
        "version": draft.pk,
        "rescoring": start_rescoring(version=score.version, by=olga).pk,
        "finding": score.findings.exclude(check_code="condition").first().pk,
        "check": "greeting",
        "lexicon": "threats",
        "entry": add_entry(lexicon="threats", entry=entry, by=olga).pk,
    }


def scenario_of(ticket: Any, by: Any) -> dict[str, Any]:
    """A draft over the scenario of the ticket's topic."""
    from tickets.actions.scenarios import begin_draft

    draft = begin_draft(topic=ticket.topic, by=by)
    key = draft.steps.first().key
    return {"scenario_topic": ticket.topic.code, "step_key": key, "version_number": draft.number}
