"""The rule of each check in a sentence, for people who do not read its code."""

from django.utils.translation import gettext_lazy

RULES = {
    "greeting": gettext_lazy("A greeting in the first two answers, in a letter in the first."),
    "introduced": gettext_lazy("The agent says their name, or a letter is signed with it."),
    "by_name": gettext_lazy("The borrower's first name occurs at least once, in any grammatical case."),
    "formal_address": gettext_lazy("No “ты” outside quotations."),
    "empathy": gettext_lazy("After discontent an answer holds an apology or understanding."),
    "forbidden_wording": gettext_lazy("No phrase of the lexicon of rude and banned wording in the agent's own words."),
    "threats": gettext_lazy("No threat, pressure or promise of approval; a person confirms each finding."),
    "code_request": gettext_lazy("No request for a PIN, CVV, text message code or full card number."),
    "negative_wording": gettext_lazy("After “cannot” the same or the next sentence says what can be done."),
    "spelling": gettext_lazy("Fewer than two words that are surely misspelt."),
    "shouting": gettext_lazy("No words in capitals, no “!!”."),
    "business_style": gettext_lazy("No slang, diminutives or officialese."),
    "first_response": gettext_lazy("The first answer comes within the limit of working time."),
    "gaps": gettext_lazy("No wait beyond the limit; an announced pause adds its time once."),
    "questions": gettext_lazy("Each question has an answer within the next two, and is not asked again."),
    "closing": gettext_lazy("A goodbye in the last three answers."),
    "further_help": gettext_lazy("Further help is offered in the last three answers."),
    "identification": gettext_lazy("Contract data are told only after the identity is confirmed."),
    "personal_data": gettext_lazy("The agent writes no card, passport or other number of documents."),
    "borrower_personal_data": gettext_lazy("The borrower sent such numbers: to be removed, nobody's failure."),
    "foreign_links": gettext_lazy("Links lead to allowed hosts only, never to messengers."),
    "template_overuse": gettext_lazy("No answer nearly the same as an earlier one."),
    "topic": gettext_lazy("A topic is set; a doubt of the model goes to a person."),
    "promise": gettext_lazy("What was promised by a moment came by then; a person confirms."),
    "complaint": gettext_lazy("A complaint gets an apology, a number, a term and a result."),
}
BASES = {
    "desk": gettext_lazy("by labels of this desk"),
    "shipped": gettext_lazy("by the shipped measurement"),
    "exact": gettext_lazy("exact: nothing to estimate"),
    "none": gettext_lazy("not proved yet"),
}
LEXICONS = {
    "forbidden_wording": gettext_lazy("Rude and banned wording"),
    "threats": gettext_lazy("Threats, pressure, promises of approval"),
    "code_request": gettext_lazy("Requests for secret codes"),
    "business_style": gettext_lazy("Slang, diminutives, officialese"),
    "discontent": gettext_lazy("Signs of discontent"),
    "negative_wording": gettext_lazy("Refusals"),
}
