"""Why a sender is believed as far as it is, in words for people; the codes are those of the rules."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    """One ground of a verdict about a sender, or why a letter is held (docs/whose-letter.md)."""

    FROM_FIELDS = "from_fields", _("The letter does not have exactly one From line.")
    FROM_MAILBOXES = "from_mailboxes", _("The From line does not name exactly one address.")
    FROM_INVALID = "from_invalid", _("The address in From cannot be written to.")
    DOMAIN_INVALID = "domain_invalid", _("The domain of the address is no valid name.")
    DOMAIN_IMITATES = "domain_imitates", _("The domain is made to look like another one.")
    NO_RESULTS = "no_results", _("None of our mail servers has checked the sender.")
    NOT_AUTHENTICATED = "not_authenticated", _("The letter is not signed, or its signature does not hold.")
    NOT_ALIGNED = "not_aligned", _("The letter is signed by another domain than the sender's.")
    SPF_ONLY = "spf_only", _("Only the server it came from fits the domain; the letter itself is not signed.")
    DMARC_FAIL = "dmarc_fail", _("The check by the rules of the sender's domain (DMARC) failed.")
    DMARC_TEMPERROR = "dmarc_temperror", _("The sender's domain could not be asked about its rules (DMARC).")
    DMARC_PERMERROR = "dmarc_permerror", _("The DMARC verdict is about another domain, or the rules cannot be read.")
    DMARC_REJECT = "dmarc_reject", _("The sender's domain asks to refuse such letters (DMARC): probably forged.")
    DMARC_QUARANTINE = "dmarc_quarantine", _("The sender's domain asks to set such letters aside (DMARC).")
    DMARC_PASS = "dmarc_pass", _("The sender's domain confirms the letter (DMARC).")
    DKIM_ALIGNED = "dkim_aligned", _("The letter is signed by the sender's own domain (DKIM).")
    KNOWN_ADDRESS = "known_address", _("Exactly one borrower has this address in the profile.")
    OUR_TOKEN = "our_token", _("The letter answers one that we wrote to this very address.")
    NAME_HAS_ADDRESS = "name_has_address", _("The sender's name is written as another address: do not trust it.")
    REPLY_TO_ELSEWHERE = "reply_to_elsewhere", _("Answers are asked for at another domain; ours go to the sender.")
    BOUNCE = "bounce", _("A delivery report that belongs to no ticket")
    REVIEW_UNREAD = "review_unread", _("It tells of a public review, but not which words are the review.")


def reason_words(code: str) -> str:
    """A ground in words; a code that nobody knows stays what it is."""
    return str(Reason(code).label) if code in Reason.values else code
