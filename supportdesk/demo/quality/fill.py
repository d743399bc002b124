"""Everything in its order; what is there is left as it is, so that a start that was cut short goes on."""

from collections.abc import Callable

from quality.actions.metrics import roll_up_last
from quality.models import CoachingSession, MysteryProgramme, Practice, Review
from supportdesk.demo.quality import judged, work
from supportdesk.demo.quality.past import COACHED, DAYS, DIALOGS, tell_the_past
from supportdesk.demo.quality.people import agents, by_mail, make_colleagues

LEAD, SECOND, ADMIN = "o.severova@lad.example", "m.ahmedov@lad.example", "admin@lad.example"
TITLE = "Итог одной фразой перед прощанием"


def fill_quality(*, dialogs: int = DIALOGS, say: Callable[[str], None] = print) -> None:
    """Colleagues, their chats, and all that people made of them."""
    make_colleagues()
    told = tell_the_past(dialogs)
    if Practice.objects.filter(title=TITLE).exists():
        return
    staff, lead, second = agents(), by_mail(LEAD), by_mail(SECOND)
    scores = judged.scores_of_chats()
    if not Review.objects.filter(source=Review.Source.SELF).exists():
        judged.review_some(scores, reviewers=(lead, second))
        judged.object_to_one(agent=staff[0])
        for agent in staff[:2]:
            judged.review_oneself(scores, agent=agent)
    judged.calibrate(scores, raters=(lead, second, by_mail(ADMIN)))
    if not CoachingSession.objects.exists():
        work.talk_with(staff[COACHED], by=lead, scores=scores)
    if not MysteryProgramme.objects.exists():
        work.shop(staff, by=lead, shopper=second, scores=scores)
        work.ask_waves()
        work.label_some(by=lead)
    work.begin_a_draft(by=by_mail(ADMIN))
    roll_up_last(days=DAYS + 2)
    work.try_a_practice(staff, by=lead)
    say(f"Eight weeks of quality are there: {told} chats, reviews, calibrations, talks, visits, surveys, a practice.")
