"""Run as a program in a desk's environment: puts the texts of standard input into every place; prints what to look at.

Straight into the tables: what no front door lets in must not run either. Each call hides what the last one made.
"""

import json
import sys
import uuid
from datetime import timedelta
from typing import Any

from tests.xss.payloads import marked, packs, together

FILE = {"content_type": "text/plain", "size": 7, "sha256": "0" * 64, "path": "none"}


def main() -> None:
    import django

    django.setup()
    texts = json.load(sys.stdin)
    hide_the_last_round()
    print(json.dumps(World(texts).make()))


def hide_the_last_round() -> None:
    from chat.models import Conversation
    from identity.models import User
    from tickets.models import CannedAnswer, InboundLetter, Slot, Ticket, Topic

    Slot.objects.update(ticket=None)
    Topic.objects.filter(code__startswith="x-").update(is_offered=False)
    User.objects.filter(email__startswith="x-").update(role="admin")
    CannedAnswer.objects.all().delete()
    InboundLetter.objects.update(state="applied")
    Ticket.objects.update(status="resolved", resolved_at="2026-01-01T00:00:00Z", queued_at=None, assignee=None)
    Conversation.objects.filter(channel="chat", closed_at=None).update(closed_at="2026-01-01T00:00:00Z")


class World:
    """One chat with everything in it; for each text a person, a topic, a letter, an answer and a colleague."""

    def __init__(self, texts: list[str]) -> None:
        from django.utils import timezone

        from identity.models import User

        self.texts = texts
        self.mark = uuid.uuid4().hex[:6]
        self.now = timezone.now()
        self.agent = User.objects.get(email="d.orlov@lad.example")

    def make(self) -> dict[str, Any]:
        self.topics()
        self.colleagues()
        self.people()
        self.answers()
        self.letters()
        self.set_aside()
        from tickets.rules.email.compose import Draft, as_html

        main = self.chat()
        said = "\n".join(self.texts)
        names = ("from_name", "from_address", "to_name", "to_address", "reply_to", "subject", "message_id")
        draft = Draft(**dict.fromkeys(names, "x"), body=said, signature=said, sent_at=self.now)
        return main | {"mark": self.mark, "mail": as_html(draft)}

    def topics(self) -> None:
        from tickets.models import Topic

        made = [
            Topic(code=f"x-{self.mark}-{at}", title_ru=text[:120], title_en=text[:120], position=900 + at)
            for at, text in enumerate(self.texts)
        ]
        self.topic_rows = Topic.objects.bulk_create(made)

    def colleagues(self) -> None:
        from identity.models import User
        from tickets.models import AvailabilityPeriod

        made = [
            User(
                email=f"x-{self.mark}-{at}@lad.example",
                full_name=marked(text, "colleague"),
                display_name=text[:60],
                role="agent",
            )
            for at, text in enumerate(self.texts)
        ]
        users = User.objects.bulk_create(made)
        AvailabilityPeriod.objects.bulk_create(
            AvailabilityPeriod(user=user, state="break", reason=text[:60])
            for user, text in zip(users, self.texts, strict=True)
        )

    def people(self) -> None:
        """A borrower with an open chat for each text: the shift, the list of borrowers, the chats without a place."""
        from chat.models import Conversation, Participant
        from identity.models import Borrower
        from tickets.models import Ticket

        for at, text in enumerate(self.texts):
            person = Borrower.objects.create(
                customer_id=f"x-{self.mark}-{at}", full_name=marked(text, "name"), first_name=text[:80], city=text[:80]
            )
            conversation = Conversation.objects.create(channel="chat", borrower=person, page=text[:200])
            Participant.objects.create(conversation=conversation, user=self.agent)
            Ticket.objects.create(
                conversation=conversation, channel="chat", topic=self.topic_rows[at], assignee=self.agent,
                assigned_at=self.now, held_at=self.now,
            )  # fmt: skip
            add_entries(conversation, [said("borrower", text, marked(text, "last"), person.pk)])
        for at, pack in enumerate(packs(self.texts, "named", 200)):
            name = together(pack, "named")
            person = Borrower.objects.create(customer_id=f"x-{self.mark}-p{at}", full_name=name, first_name="Анна")
            conversation = Conversation.objects.create(channel="chat", borrower=person)
            Ticket.objects.create(
                conversation=conversation,
                channel="chat",
                topic=self.topic_rows[at],
                assignee=self.agent,
                held_at=self.now,
            )

    def answers(self) -> None:
        from tickets.models import CannedAnswer

        CannedAnswer.objects.bulk_create(
            CannedAnswer(shortcut=f"x-{self.mark}-{at}", title=text[:120], body=text, position=at)
            for at, text in enumerate(self.texts)
        )

    def letters(self) -> None:
        from chat.models import Conversation
        from tickets.models import Ticket

        for at, pack in enumerate(packs(self.texts, "subject", 200)):
            conversation = Conversation.objects.create(
                channel="email", is_shared=True, subject=together(pack, "subject"),
                correspondent_name=together(pack, "sender"), correspondent_address=pack[0][:254],
            )  # fmt: skip
            Ticket.objects.create(
                conversation=conversation, channel="email", topic=self.topic_rows[at], assignee=self.agent,
                assigned_at=self.now, waiting_since=self.now, due_at=self.now + timedelta(hours=at + 1),
            )  # fmt: skip
            add_entries(conversation, [letter(text) for text in pack])

    def set_aside(self) -> None:
        from tickets.models import InboundLetter, Mailbox

        mailbox, _ = Mailbox.objects.get_or_create(
            address="support@lad.example", defaults={"imap_host": "localhost", "smtp_host": "localhost", "name": "x"}
        )
        mailbox.last_error = "\n".join(self.texts)[:300]
        mailbox.state = "unreachable"
        mailbox.save()
        InboundLetter.objects.bulk_create(
            InboundLetter(
                mailbox=mailbox, source_key=f"{self.mark}-{at}", sha256=f"{self.mark}{at:058d}", size=1,
                state="quarantined", error=text,
                parsed={"subject": marked(text, "subject"), "from_address": marked(text, "from")},
            )
            for at, text in enumerate(self.texts)
        )  # fmt: skip

    def chat(self) -> dict[str, Any]:
        """An open chat in the agent's first place, with entries of every kind, a draft, a score and a rating."""
        from chat.models import Conversation, Draft, Participant
        from identity.models import Borrower
        from quality import actions as quality
        from quality.models import Review, SurveyAnswer
        from tickets.models import Scenario, ScenarioStep, ScenarioVersion, Slot, Ticket, Topic

        customer = f"XM-{self.mark}"
        person = Borrower.objects.create(customer_id=customer, full_name=f"Анна {self.mark}", first_name="Анна")
        closed = [
            Conversation(
                channel="chat", borrower=person, subject=marked(text, "past"), closed_at=self.now, started_at=self.now
            )
            for text in self.texts
        ]
        Conversation.objects.bulk_create(closed)
        topic = Topic.objects.create(code=f"x-{self.mark}", title_ru="Всё", title_en="All", is_offered=False)
        version = ScenarioVersion.objects.create(scenario=Scenario.objects.create(topic=topic), number=1)
        ScenarioStep.objects.bulk_create(
            ScenarioStep(
                version=version,
                position=at,
                text_ru=marked(text, "step"),
                text_en=text,
                hint_ru=marked(text, "hint"),
                hint_en=text,
            )
            for at, text in enumerate(self.texts)
        )
        ScenarioVersion.objects.filter(pk=version.pk).update(published_at=self.now)
        conversation = Conversation.objects.create(channel="chat", borrower=person, page=self.texts[0][:200])
        Participant.objects.create(conversation=conversation, user=self.agent)
        ticket = Ticket.objects.create(
            conversation=conversation, channel="chat", topic=topic, assignee=self.agent, assigned_at=self.now
        )
        Slot.objects.filter(agent=self.agent, number=1).update(ticket=ticket, taken_at=self.now, freed_at=self.now)
        add_entries(conversation, self.entries(person))
        Draft.objects.create(
            conversation=conversation,
            user=self.agent,
            mode="reply",
            body="\n".join(marked(text, "draft") for text in self.texts),
        )
        whole = "\n".join(marked(text, "comment") for text in self.texts)
        SurveyAnswer.objects.create(conversation=conversation, borrower=person, rating=1, comment=whole)
        quality.seed_default_standard()
        score = quality.score_conversation(conversation=conversation)
        if score:
            Review.objects.create(score=score, reviewer=self.agent, comment=whole)
        return {
            "customer": customer, "borrower": str(person.pk), "conversation": str(conversation.pk),
            "ticket": ticket.number, "score": score.pk if score else None,
        }  # fmt: skip

    def entries(self, person: Any) -> list[dict[str, Any]]:
        made = []
        for text in self.texts:
            author = text[:200]
            made += [
                said("borrower", author, marked(text, "borrower"), person.pk),
                said("staff", author, marked(text, "staff"), self.agent.pk),
                said("staff", author, f"@{marked(text, 'note')}", self.agent.pk, kind="note", data={"named": [text]}),
                said("borrower", author, "", person.pk, files=[marked(text, "file")]),
                fact(
                    "assigned",
                    {"agent": marked(text, "agent"), "topic_title": marked(text, "taken"), "channel": "chat"},
                ),
                fact("transferred", {"to": marked(text, "to"), "summary": marked(text, "summary")}, public=False),
                fact("topic_set", {"topic_title": marked(text, "topic")}, public=False),
            ]
        return made


def said(side: str, name: str, body: str, who: Any, **more: Any) -> dict[str, Any]:
    author = {"author_kind": side, "author_name": name, "author_id": who}
    return (
        {"kind": "message", "body": body, "public": more.get("kind") != "note", "files": [], "data": {}} | author | more
    )


def fact(kind: str, data: dict[str, Any], *, public: bool = True) -> dict[str, Any]:
    return said("system", "", "", None, kind=kind, data=data) | {"public": public}


def letter(text: str) -> dict[str, Any]:
    data = {"subject": text, "from": marked(text, "from"), "to": [text], "cc": [text]}
    data["trimmed"] = marked(text, "quoted")
    return said("correspondent", marked(text, "sender"), marked(text, "letter"), None, data=data)


def add_entries(conversation: Any, rows: list[dict[str, Any]]) -> None:
    from chat.models import Attachment, Entry

    seq = public_seq = 0
    for row in rows:
        files, is_public = row.pop("files"), row.pop("public")
        seq, public_seq = seq + 1, public_seq + is_public
        shown = public_seq if is_public else None
        entry = Entry.objects.create(conversation=conversation, seq=seq, public_seq=shown, **row)
        for name in files:
            Attachment.objects.create(
                conversation=conversation, entry=entry, name=name, author_kind=row["author_kind"], **FILE
            )
    type(conversation).objects.filter(pk=conversation.pk).update(seq=seq, public_seq=public_seq)


if __name__ == "__main__":
    main()
