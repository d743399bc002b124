"""The words that scripts of the inbox fill in, in the language of the page: ``{name}`` and ``{n}`` by the browser."""

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from chat.rules.marks import CHAT_LINKS
from supportdesk.words import plural_forms

Words = dict[str, object]


def inbox_words() -> Words:
    """For static/inbox/."""
    return (
        _place_words()
        | _clock_words()
        | _attention_words()
        | _composer_words()
        | letter_words()
        | _answer_words()
        | _decision_words()
        | _connection_words()
        | company_words()
        | mention_words()
    )


def company_words() -> Words:
    """For static/inbox/company.js: the inbox and a supervisor who reads along."""
    return {
        "also_views": plural_forms("Also viewing: {names}", "Also viewing: {names}"),
        "also_types": plural_forms("Writing now: {names}", "Writing now: {names}"),
    }


def mention_words() -> Words:
    """For static/inbox/mentions.js: every page of the desk that is connected."""
    return {
        "mentioned": _("{name} mentions you in a note"),
        "mention_note": _("You are mentioned in a note"),
        "mention_close": pgettext("mention", "Close"),
        "promise_warned": _("Ticket {number} is due soon"),
        "promise_breached": _("The promise of ticket {number} is broken"),
        "promise_escalated": _("The promise of ticket {number} is still broken"),
    }


def availability_choices() -> list[dict[str, str]]:
    """What an agent may say of themselves, in the order of the menu."""
    return [
        {"state": "available", "reason": "", "icon": "check", "words": _("On the line")},
        {"state": "break", "reason": "", "icon": "coffee", "words": _("Break")},
        {"state": "away", "reason": "letters", "icon": "mail", "words": _("Letters only")},
        {"state": "away", "reason": "training", "icon": "users", "words": _("Training")},
        {"state": "away", "reason": "finishing", "icon": "clock", "words": _("Finishing, no new chats")},
        {"state": "away", "reason": "", "icon": "pause", "words": _("Away")},
    ]


def keyboard() -> list[tuple[list[str], str]]:
    """The keyboard map as shown by Ctrl /."""
    return [
        (["Alt 1…5"], _("place 1…5")),
        (["Alt 0"], _("who waits longest")),
        (["Alt ↑", "Alt ↓"], _("previous, next place")),
        (["Enter", "Shift Enter"], _("send, new line; a letter is sent by Ctrl Enter")),
        (["/"], _("saved replies, in an empty field")),
        (["@"], _("mention a colleague, in a note")),
        (["Alt S"], _("suggestions")),
        (["Alt N"], _("reply or note")),
        (["Alt T", "Alt P", "Alt Z"], _("transfer, snooze, finish")),
        (["Alt I", "Alt H"], _("the borrower's panel, History")),
        (["Alt M"], _("sound")),
        (["Ctrl K"], _("commands and search")),
        (["Esc"], _("close, back to the field")),
    ]


def _place_words() -> Words:
    return {
        "inbox": _("Inbox"),
        "taken_of": _("{taken} of {total}"),
        "no_own_places": _("You have no places for chats: they are given to agents."),
        "place_free": _("The place is free: a chat comes by itself"),
        "place_closed": _("The place is closed: you are not on the line."),
        "back_on_line": _("Back on the line"),
        "you_said": _("You: {text}"),
        "file_alone": pgettext("last message", "A file"),
        "new_messages": plural_forms("{n} new message", "{n} new messages"),
        "types": _("typing"),
        "new_chat": pgettext("chat", "New"),
        "draft": _("Draft"),
        "no_topic": _("No topic"),
        "unverified": _("Identity not verified"),
        "queue_waits": plural_forms(
            "{n} in the queue, waiting up to {longest}", "{n} in the queue, waiting up to {longest}"
        ),
        "queue_empty": _("Nobody is in the queue"),
        "none_letters": _(
            "A new chat will appear here by itself. "
            "While it is quiet, take the letters: the nearest waits until {moment}."
        ),
        "none_quiet": _("A new chat will appear here by itself."),
        "state_available": _("On the line"),
        "state_break": _("Break"),
        "state_away": _("Away"),
    }


def _clock_words() -> Words:
    return {
        "clock_idle": _("you answered"),
        "clock_new": _("waits for the first answer"),
        "clock_wait": _("waits for an answer"),
        "clock_warn": _("waits for an answer, the target is about to break"),
        "clock_late": _("waits for an answer longer than the target"),
        "just_now": _("just now"),
        "minutes_short": plural_forms("{n} min", "{n} min"),
        "hours_short": plural_forms("{n} h", "{n} h"),
        "of_target": _("of {target}"),
        "tomorrow_at": _("tomorrow, {clock}"),
        "yesterday_at": _("yesterday, {clock}"),
        "due_by": pgettext("letter", "by {moment}"),
        "due_answer": pgettext("letter", "answer by {moment}"),
        "due_was": pgettext("letter", "was due {moment}"),
        "due_left": pgettext("letter", "{time} left"),
        "answered_letter": pgettext("letter", "answered"),
    }


def _attention_words() -> Words:
    return {
        "place_warn": plural_forms("Place {place}: {n} second left", "Place {place}: {n} seconds left"),
        "place_late": _("Place {place}: the target is broken"),
        "place_new": _("Place {place}: a new chat"),
        "place_message": _("Place {place}: a new message"),
        "new_chat_note": _("New chat"),
        "note_message": _("Message, place {place}"),
        "note_late": _("Place {place} waits longer than the target"),
        "sound_on": _("The sound is on"),
        "sound_off": _("The sound is off"),
    }


def _composer_words() -> Words:
    return {
        "reply": _("Reply"),
        "letter": pgettext("mode", "Letter"),
        "reply_placeholder": _("Reply… Press / for saved replies"),
        "note_placeholder": _("Note for colleagues… Press @ to mention one"),
        "reply_label": _("Reply, {name}"),
        "note_label": _("Note, only staff can see it"),
        "staff_only": _("Only staff can see it"),
        "send": _("Send"),
        "save": _("Save"),
        "draft_saved": _("Draft saved"),
        "draft_failed": _("The draft is not saved yet"),
        "answers_topic": _("For the topic “{topic}”"),
        "answers_all": _("Saved replies"),
        "answers_others": _("The others"),
        "answers_none": _("Nothing fits"),
        "sealed": _("Legal text, goes as it is"),
        "sealed_out": _("Take out “{title}”"),
        "suggestions_key": _("Suggestions — Alt S"),
        "file_ready": _("Goes with the answer"),
        "file_failed": _("The file did not load. Try once more"),
        "file_remove": _("Remove the file {name}"),
        "file_many": plural_forms("At most {n} file in a message", "At most {n} files in a message"),
        "letter_leaves": plural_forms("The letter leaves in {n} second", "The letter leaves in {n} seconds"),
        "call_back": _("Take back"),
        "send_again": _("Send again"),
        "undo": _("Undo"),
    }


def letter_words() -> Words:
    """For static/inbox/letter.js and letters.js."""
    return {
        "quoted": _("Earlier letters"),
        "letter_to": pgettext("letter", "to: {names}"),
        "letter_cc": pgettext("letter", "copy: {names}"),
        "picture": _("Picture"),
        "open_file": _("Open the file {name}"),
        "files_refused": _("Not shown, because of their kind or size: {names}. They are in the letter as it came."),
        "as_sent": _("Show as it was sent"),
        "as_sent_title": _("The letter as it was sent"),
        "own_page": _("Open on a page of its own"),
        "show_pictures": plural_forms("Show {n} picture from outside", "Show {n} pictures from outside"),
        "pictures_shown": _("The desk fetched the pictures itself: the sender does not learn who looked."),
        "pictures_off": _("Pictures from outside are switched off by the administrator."),
        "masked": _("Hidden automatically"),
        "letter_auto": _("An automatic answer"),
        "letter_bulk": _("A mailing"),
        "letter_bounce": _("A letter came back"),
        "continues": _("Goes on from ticket {number}"),
        "collected": plural_forms(
            "{n} letter of this sender is collected here", "{n} letters of this sender are collected here"
        ),
        "third_party": _("Written by somebody else."),
        "third_party_more": _("This sender takes no part in the ticket; the borrower does not see the letter."),
        "admit": _("Admit to the conversation"),
        "split": _("Make a ticket of its own"),
        "doubt_E0": _("Who sent the letter is not clear from it."),
        "doubt_E1": _("Nothing proves that the address is the sender's own."),
        "doubt_E2": _("The address is real, but an address is not yet a person."),
        "doubt_E3": _("The address is the one in the profile, but somebody else may be writing from it."),
        "doubt_nobody": _("The address is in no profile."),
        "doubt_many": _("The address is in several profiles."),
    }


def _answer_words() -> Words:
    """For static/inbox/recipients.js and the composer of a letter."""
    return {
        "to_whom": _("To whom"),
        "cc_remove": _("Without a copy to {address}"),
        "cc_new": _("Takes no part in this conversation yet"),
        "cc_wrong": _("One of the addresses for copies is wrong. Correct it or take it out."),
        "cc_confirm": _("Send the copy"),
        "given_up": _("Letters to {address} came back, so none are sent there. Ask for another address."),
        "mail_suppressed": _("letters to this address came back: ask for another one"),
        "delayed": plural_forms("Leaves after {n} second", "Leaves after {n} seconds"),
        "letter_kept": _("No network: the letter was not sent, the text is kept. Send it again when it is back."),
        "chat_link_mark": CHAT_LINKS.get(get_language() or "", CHAT_LINKS["ru"]),
        "chat_link_line": _(
            "It is quicker to go on in the chat: {link}. "
            "Sign in to your account there, the link works once within 24 hours."
        ),
    }


def _decision_words() -> Words:
    return {
        "finish": _("Finish"),
        "finish_letter": _("Close the ticket"),
        "resolved": _("finished"),
        "channel_chat": _("Chat on the site"),
        "channel_phone": _("Phone call"),
        "channel_paper": _("Letter on paper"),
        "channel_portal": _("Regulator's portal"),
        "call_ringing": _("Ringing: {name}"),
        "call_talking": _("On the phone: {name}"),
        "call_missed": _("Call back: {name}"),
        "ticket_number": _("Ticket {number}"),
        "signed_in": _("signed in"),
        "page": _("page “{page}”"),
        "queue": _("The queue"),
        "queue_hint": _("to the first who is free"),
        "free_places": plural_forms("{n} free place", "{n} free places"),
        "no_places": _("no free places"),
        "checked": _("How the sender was checked: {level}"),
        "join_ticket": _("Join with ticket {number}"),
        "not_connected": _("not connected"),
        "transferred_to": _("Transferred: {name}"),
        "returned": _("Returned to the queue"),
        "will_rate": _("The borrower will be asked to rate the conversation."),
        "steps_left": plural_forms("{n} step of the scenario is left.", "{n} steps of the scenario are left."),
        "snoozed": _("Snoozed until {moment}"),
        "copied": _("Ticket {number}: the number is copied"),
        "not_done": _("This did not work. Try once more"),
        "no_network": _("No network. Nothing was changed; try again when it is back"),
    }


def _connection_words() -> Words:
    return {
        "lost_ago": _("The connection was lost {ago} ago."),
        "lost_write": _("Go on writing. The clocks keep the server's time."),
        "lost_owed": plural_forms(
            "Go on writing: {n} answer waits to be sent. The clocks keep the server's time.",
            "Go on writing: {n} answers wait to be sent. The clocks keep the server's time.",
        ),
        "lost_long": _("No connection for more than a minute."),
        "lost_long_more": _("New chats do not come to you, the open ones go to colleagues in 2 minutes."),
        "connect": _("Connect"),
        "stores_nothing": _("Messages are not being stored just now: you can read. What you send will go by itself."),
        "gave_way": _("The desk is open in too many windows: this one stands aside."),
        "go_on": _("Go on here"),
        "broke_off": _("The connection broke off because of an error. Drafts are kept."),
        "reload": _("Reload the page"),
        "back": _("Connected again."),
        "back_sent": plural_forms("{n} answer sent", "{n} answers sent"),
        "back_missed": plural_forms("{n} message missed", "{n} messages missed"),
    }
