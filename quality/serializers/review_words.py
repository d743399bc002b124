"""Words of reviews: why a plan drew a conversation, what its settings mean, what the workspace says."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_PLAN_TAGS = {
    "random": gettext_lazy("Random pick"),
    "stratified": gettext_lazy("By topic"),
    "risk": gettext_lazy("Risk"),
    "outliers": gettext_lazy("Unusual"),
    "new_agents": gettext_lazy("New agent"),
    "checks": gettext_lazy("Check of the checks"),
    "second": gettext_lazy("Second review"),
}


def plan_tag(kind: str) -> str:
    """Why a plan drew a conversation, in a word."""
    return str(_PLAN_TAGS.get(kind, kind))


def workspace_words() -> dict[str, str]:
    """What the script of the review page says."""
    return {
        "saved": _("The draft is saved"),
        "saving": _("Saving the draft…"),
        "offline": _("The draft is not saved: there is no connection. It stays on this page."),
        "conflict": _("This review was changed in another window. Open the page anew to go on."),
        "select": _("Select words in the transcript first"),
        "attached": _("Attached to criterion %s"),
        "no_criterion": _("There is no criterion %s"),
        "remove": _("Remove the evidence"),
    }


PLAN_SETTINGS = {
    "per_agent": gettext_lazy("conversations of each agent a week"),
    "per_stratum": gettext_lazy("conversations of each channel and topic a week"),
    "top_share": gettext_lazy("share of the likeliest complaints, 0 to 1"),
    "most": gettext_lazy("at most, each time"),
    "mads": gettext_lazy("beyond the median by so many MADs"),
    "first_week_share": gettext_lazy("share of the first week, 0 to 1"),
    "first_month": gettext_lazy("a week in the first month"),
    "flagged": gettext_lazy("failed ones of each check a month"),
    "unflagged": gettext_lazy("passed ones of each check a month"),
    "share": gettext_lazy("share of all reviews, 0 to 1"),
}
_PLANS = {
    "random": gettext_lazy("The unbiased core: what is said of an agent rests on it. Half of all reviews at least."),
    "stratified": gettext_lazy("So that no channel and no topic stays unseen."),
    "risk": gettext_lazy("Confirmed critical failures, low ratings, broken promises, the likeliest complaints."),
    "outliers": gettext_lazy("Much longer, slower or handed on more often than usual for the topic."),
    "new_agents": gettext_lazy("Everything in the first week, then ten a week in the first month."),
    "checks": gettext_lazy("Blind: shows how precise each automatic check is, and what it misses."),
    "second": gettext_lazy("Blind: another reviewer rates the same, and the agreement is measured."),
}


def plan_words(kind: str) -> str:
    """What a kind of plan is for."""
    return str(_PLANS[kind])
