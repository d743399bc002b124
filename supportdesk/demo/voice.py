"""What people write of the demo lender in public, and a practice that its supervisor wants to try."""

from datetime import timedelta

from django.utils import timezone

from identity.models import Role, User
from quality.actions.practices import propose_practice
from quality.actions.public_reviews import import_reviews
from quality.rules.public_reviews import ReviewText

SITE = "otzyvy.example"
# author, days ago, stars, words
REVIEWS = (
    ("Анна К.", 2, 2, "Долго разбирались с двойным списанием, в первый раз пришлось ждать почти сутки. Тверь."),
    ("Мария", 4, 5, "Ответили в чате за минуту и сразу всё решили. Даже не пришлось объяснять, кто я."),
    ("Гость", 6, 1, "Никто не отвечает на письма! Буду жаловаться в Центробанк."),
    ("Игорь П.", 9, 4, "Перенесли платёж без лишних вопросов. Хотелось бы видеть сумму сразу в личном кабинете."),
    ("Olga", 12, 3, "The chat is quick, but the letter took two days."),
    ("Сергей М.", 15, 5, "Вежливо, по делу, на «вы». Спасибо."),
)


def write_public_reviews() -> int:
    """As a supervisor would bring a site's file in; returns how many are new."""
    today = timezone.localdate()
    found = [
        ReviewText(text=words, written_on=today - timedelta(days=days), author=author, rating=stars)
        for author, days, stars, words in REVIEWS
    ]
    return import_reviews(source=SITE, found=found, by=None).new


def propose_a_practice() -> None:
    """One idea, with two small groups: too small to say anything, as the page will tell."""
    agents = list(User.objects.filter(role=Role.AGENT).order_by("pk"))
    supervisor = User.objects.filter(role=Role.SUPERVISOR).first()
    if supervisor is None or len(agents) < 2:
        return
    propose_practice(
        by=supervisor,
        treated=agents[:1],
        control=agents[1:],
        title="Сначала срок, потом условия",
        hypothesis="Если в первом ответе назвать срок решения, клиент реже переспросит, и оценка вырастет.",
        metric="csat",
        direction="up",
        min_effect=0.05,
        detection={"kind": "regex", "value": r"(?:в течение|до|за) \d+"},
    )
