"""The words that scripts of the conversation and the widget fill in, in the language of the page.

``{name}`` and ``{n}`` are filled in by the browser; a counted phrase is a dict of plural forms.
"""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chat.rules.marks import CHAT_LINKS
from supportdesk.words import plural_forms

Words = dict[str, object]


def conversation_words() -> Words:
    """For ``<support-conversation>``, in the widget and in the desk."""
    return _log_words() | _file_words() | _quantity_words() | {"facts": _fact_words(), "failures": _failure_words()}


def public_conversation_words() -> Words:
    """The same without the sentences that only staff read."""
    facts = {kind: sentence for kind, sentence in _fact_words().items() if not kind.startswith("staff_")}
    return conversation_words() | {"facts": facts}


def widget_words() -> Words:
    """For the borrower's widget."""
    return _home_words() | _queue_words() | _history_words() | _composer_words()


def _log_words() -> Words:
    return {
        "you": pgettext("author", "You"),
        "author": "{name}: ",
        "line": "{name}: {text}",
        "typing": _("{name} is typing"),
        "new_messages": _("New messages"),
        "jump": _("To the latest messages"),
        "jump_new": plural_forms("To the latest messages, {n} new", "To the latest messages, {n} new"),
        "redacted": _("The text was removed"),
        "marks": dict.fromkeys(CHAT_LINKS.values(), _("Link to the chat")),
        "tick_pending": pgettext("tick", "waiting to be sent"),
        "tick_sent": pgettext("tick", "delivered"),
        "tick_read": pgettext("tick", "read"),
        "not_sent": _("Not sent."),
        "failed_alert": _("The message was not sent"),
        "today": _("Today"),
        "yesterday": _("Yesterday"),
    }


def _file_words() -> Words:
    return {
        "file": pgettext("attachment", "file"),
        "file_sent": pgettext("attachment", "sent"),
        "file_read": pgettext("attachment", "sent"),
        "file_failed": _("The file was not sent."),
        "remove_file": pgettext("attachment", "Remove"),
        "open_file": _("{name}, {size}. Open"),
        "cancel_upload": _("Cancel the upload: {name}"),
        "file_gone": _("The file did not open. Try again in a minute"),
        "file_big": _("{size}. The limit is 10 MB"),
        "file_type": _("This type is not accepted. Send PNG, JPG, PDF or an office document"),
        "file_empty": _("The file is empty"),
        "file_offline": _("No network. Attach the file again when you are back"),
        "megabytes": _("{n} MB"),
        "kilobytes": _("{n} KB"),
    }


def _quantity_words() -> Words:
    return {
        "seconds": plural_forms("{n} second", "{n} seconds"),
        "minutes": plural_forms("{n} minute", "{n} minutes"),
        "hours": plural_forms("{n} hour", "{n} hours"),
    }


def _fact_words() -> dict[str, str]:
    """One sentence for each kind of fact; a kind without a sentence is not shown to the borrower."""
    return {
        "assigned": _("{agent} is in the chat"),
        "assigned_waited": _("{agent} is in the chat · you waited {waited}"),
        "assigned_email": _("Letter in progress: {agent}"),
        "staff_assigned": _("Taken: {agent}"),
        "staff_assigned_topic": _("Taken at once · topic “{topic}”"),
        "staff_assigned_topic_waited": _("Taken after {waited} · topic “{topic}”"),
        "staff_assigned_waited": _("Taken after {waited}: {agent}"),
        "unassigned": _("We are looking for another specialist"),
        "staff_unassigned": _("Returned to the queue"),
        "transferred": _("Passed on: {to}"),
        "transferred_bare": _("Passed on to a colleague"),
        "staff_topic_set": _("Topic: {topic}"),
        "resolved": _("The question is resolved"),
        "staff_verified": _("Identity confirmed by {agent}"),
        "staff_verified_bare": _("Identity confirmed by signing in"),
        "staff_unverified": _("Identity not confirmed: {agent}"),
        "staff_document": _("A photo of a document has come"),
        "reopened": _("The conversation goes on"),
        "continued": _("The conversation by letters goes on here"),
        "staff_continued": _("Signed in by the link of the letter: the conversation goes on in the chat"),
        "closed": _("The conversation ended at {time}"),
        "redacted": _("Part of the conversation was removed"),
        "call": _("Call with {agent}, {lasted}"),
        "call_bare": _("Phone call"),
        "missed_call": _("A call that nobody answered"),
    }


def _failure_words() -> dict[str, str]:
    return {
        "too_long": _("The text is too long: divide it in two."),
        "empty": _("There is no text."),
        "forbidden": _("You can no longer write here."),
        "closed": _("The conversation has ended. Ask a new question."),
        "too_fast": _("Too many messages at once. Try again in a minute."),
        "attachment": _("The file cannot be sent."),
        "conflict": _("This message was already sent with another text."),
        "other": _("Try again."),
    }


def _home_words() -> Words:
    return {
        "greeting": _("Hello, {name}"),
        "online": _("We’re online"),
        "online_soon": _("We’re online and reply within a minute"),
        "online_wait": _("We’re online and reply in 1–2 minutes"),
        "online_later": plural_forms(
            "We’re online and reply in about {n} minute", "We’re online and reply in about {n} minutes"
        ),
        "busy": _("Everyone is busy now, we answer in turn"),
        "support": _("Support"),
        "history_count": plural_forms("Chats, e-mails and calls: {n}", "Chats, e-mails and calls: {n}"),
        "new_count": plural_forms("{n} new message", "{n} new messages"),
        "off_title": _("Chat is back at {time}"),
        "off_title_day": _("Chat is back {day} at {time}"),
        "off_head": _("We’ll answer {day} from {time}"),
        "off_closed": _("Chat is closed now"),
        "off_text": _("Leave your question now and we’ll answer first thing. The answer will come here."),
        "off_mail": _("To be answered by e-mail, write to {mailbox} from {email}."),
        "day_today": pgettext("when", "today"),
        "day_tomorrow": pgettext("when", "tomorrow"),
        "weekdays": _weekdays(),
        "off_field": _("Your question"),
        "sound_on": pgettext("sound", "on"),
        "sound_off": pgettext("sound", "off"),
        "field": _("Message"),
    }


def _weekdays() -> list[str]:
    """From Sunday, as browsers count."""
    names = _("on Sunday|on Monday|on Tuesday|on Wednesday|on Thursday|on Friday|on Saturday")
    return names.split("|")


def _queue_words() -> Words:
    return {
        "connecting": _("Finding a specialist"),
        "ahead": plural_forms("{n} person ahead of you", "{n} people ahead of you"),
        "next": _("You’re next"),
        "expected": plural_forms(
            "Usually about {n} minute. We already see your question; you can add details.",
            "Usually about {n} minutes. We already see your question; you can add details.",
        ),
        "expected_unknown": _("We already see your question; you can add details."),
        "late": _("It’s taking longer than usual: many questions now."),
        "on_line": pgettext("agent", "online"),
        "specialist": _("specialist"),
        "ended_at": _("the conversation ended at {time}"),
        "rating_seen": _("{name} and a supervisor will see your rating"),
        "rating_seen_bare": _("The specialist and a supervisor will see your rating"),
        "rating_thanks": _("Thanks, noted"),
        "rate_words": [
            _("Very bad"),
            _("Bad"),
            pgettext("rating", "Normal"),
            pgettext("rating", "Good"),
            _("Excellent"),
        ],
    }


def _history_words() -> Words:
    return {
        "now": pgettext("history", "Now"),
        "answering": _("{name} is answering · {when}"),
        "in_queue": _("Waiting for a specialist · {when}"),
        "letter_due": _("Letter in progress · answer by {time}"),
        "letter_open": _("Letter in progress"),
        "resolved_on": _("Resolved {when}"),
        "call_on": _("Call {when}"),
        "rated": _("your rating {n}"),
        "not_rated": _("no rating"),
        "chat": _("Chat on the site"),
        "letter": pgettext("channel", "Letter"),
        "call": _("Call"),
        "paper": _("Letter on paper"),
        "portal": _("Regulator's portal"),
        "empty": _("There are no conversations yet. Ask the first question."),
        "history_failed": _("The history did not load. Try again"),
    }


def _composer_words() -> Words:
    return {
        "offline": _("You’re offline. Messages will go when you’re back"),
        "full": _("Messages are not being stored just now: you can read. Yours will go by itself"),
        "elsewhere": _("The chat is open in other windows, this one stands aside"),
        "refused": _("It did not work. Try again"),
        "session_ended": _("The session has ended"),
        "session_ended_text": _("Sign in to your account again and the chat will open."),
        "unavailable": _("The chat does not answer now"),
        "unavailable_text": _("Nothing you wrote is lost. Try again in a minute or call us."),
    }
