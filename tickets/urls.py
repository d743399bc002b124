"""Addresses of tickets: pages of the desk, and the interface under /api/v1/."""

from django.urls import path

from tickets import api
from tickets.views import (
    borrowers,
    documents,
    home,
    hooks,
    identity,
    inbox,
    letters,
    mailboxes,
    operations,
    reports,
    shown,
    supervise,
)

pages = [
    path("", home.home, name="home"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/<int:number>/", inbox.inbox, name="inbox-ticket"),
    path("inbox/<int:number>/context/", inbox.context, name="inbox-context"),
    path("inbox/<int:number>/phone/", inbox.reveal_phone, name="reveal-phone"),
    path("inbox/<int:number>/identity/", identity.identity, name="identity"),
    path("inbox/<int:number>/identity/compare/", identity.compare, name="identity-compare"),
    path("inbox/<int:number>/identity/confirm/", identity.confirm, name="identity-confirm"),
    path("inbox/<int:number>/identity/decline/", identity.decline, name="identity-decline"),
    path("inbox/<int:number>/identity/document/", identity.ask_for_document, name="identity-document"),
    path("inbox/<int:number>/identity/unmask/", identity.unmask, name="identity-unmask"),
    path("inbox/<int:number>/documents/<uuid:file_id>/", documents.document, name="document"),
    path("inbox/<int:number>/documents/<uuid:file_id>/picture/", documents.picture, name="document-picture"),
    path("inbox/<int:number>/documents/<uuid:file_id>/judge/", documents.judge, name="document-judge"),
    path("documents/<str:signed>/", documents.bring, name="bring-document"),
    path("borrowers/", borrowers.borrowers, name="borrowers"),
    path("borrowers/<uuid:borrower_id>/", borrowers.borrower, name="borrower"),
    path("letters/quarantine/", letters.quarantine, name="letters-quarantine"),
    path("letters/<int:letter_id>/raw/", letters.raw, name="letter-raw"),
    path("letters/<int:letter_id>/html/", shown.letter, name="letter-html"),
    path("letters/pictures/<str:signed>/", shown.picture, name="letter-picture"),
    path("letters/<int:letter_id>/again/", letters.again, name="letter-again"),
    path("settings/mail/", mailboxes.mailboxes, name="mailboxes"),
    path("settings/mail/new/", mailboxes.add, name="mailbox-add"),
    path("settings/mail/leave/", mailboxes.leave, name="mailbox-leave"),
    path("settings/mail/<int:mailbox_id>/", mailboxes.change, name="mailbox"),
    path("settings/mail/<int:mailbox_id>/check/", mailboxes.check, name="mailbox-check"),
    path("settings/mail/<int:mailbox_id>/pause/", mailboxes.pause, name="mailbox-pause"),
    path("settings/mail/<int:mailbox_id>/resume/", mailboxes.resume, name="mailbox-resume"),
    path("settings/mail/<int:mailbox_id>/trust/", mailboxes.trust, name="mailbox-trust"),
    path("settings/mail/<int:mailbox_id>/connect/", mailboxes.connect, name="mailbox-connect"),
    path("hooks/<int:mailbox_id>/mime", hooks.hook, name="hook"),
    path("operations/", operations.operations, name="operations"),
    path("operations/jobs/<int:job_id>/again/", operations.try_again, name="job-again"),
    path("reports/", reports.reports, name="reports"),
    path("supervise/", supervise.supervise, name="supervise"),
    path("supervise/<int:number>/", supervise.look, name="look"),
]

V1 = "api/v1"
ONE = f"{V1}/tickets/<int:number>"
CONVERSATION = f"{V1}/conversations/<uuid:conversation>"

interface = [
    path(f"{V1}/home", api.Home.as_view(), name="api-home"),
    path(f"{V1}/history", api.History.as_view(), name="api-history"),
    path(f"{V1}/conversations/continue", api.ContinueConversation.as_view(), name="conversation-continue"),
    path(f"{CONVERSATION}/ticket", api.ConversationTicket.as_view(), name="conversation-ticket"),
    path(f"{CONVERSATION}/reopen", api.ReopenConversation.as_view(), name="conversation-reopen"),
    path(f"{V1}/inbox", api.OwnInbox.as_view(), name="api-inbox"),
    path(f"{V1}/availability", api.OwnAvailability.as_view(), name="availability"),
    path(f"{V1}/agents", api.Agents.as_view(), name="agents"),
    path(f"{V1}/answers", api.Answers.as_view(), name="answers"),
    path(f"{V1}/borrowers/<uuid:borrower>/conversations", api.StartChat.as_view(), name="start-chat"),
    path(f"{V1}/reports/service", api.ServiceReport.as_view(), name="service-report"),
    path(ONE, api.OneTicket.as_view(), name="ticket"),
    path(f"{ONE}/resolve", api.Resolve.as_view(), name="ticket-resolve"),
    path(f"{ONE}/reopen", api.Reopen.as_view(), name="ticket-reopen"),
    path(f"{ONE}/take", api.Take.as_view(), name="ticket-take"),
    path(f"{ONE}/snooze", api.Snooze.as_view(), name="ticket-snooze"),
    path(f"{ONE}/transfer", api.Transfer.as_view(), name="ticket-transfer"),
    path(f"{ONE}/transfer/undo", api.UndoTransfer.as_view(), name="ticket-transfer-undo"),
    path(f"{ONE}/topic", api.TicketTopic.as_view(), name="ticket-topic"),
    path(f"{ONE}/letters", api.TicketLetters.as_view(), name="ticket-letters"),
    path(f"{ONE}/letters/<int:seq>/cancel", api.CancelAnswer.as_view(), name="letter-cancel"),
    path(f"{ONE}/letters/<int:seq>/retry", api.RetryAnswer.as_view(), name="letter-retry"),
    path(f"{V1}/suppressions/<int:suppression>/lift", api.LiftSuppression.as_view(), name="suppression-lift"),
    path(f"{ONE}/letters/<int:seq>/admit", api.AdmitLetter.as_view(), name="letter-admit"),
    path(f"{ONE}/letters/<int:seq>/split", api.SplitLetter.as_view(), name="letter-split"),
    path(f"{ONE}/merge", api.MergeTicket.as_view(), name="ticket-merge"),
    path(f"{ONE}/steps/<int:step>", api.Step.as_view(), name="ticket-step"),
]

urlpatterns = [*pages, *interface]
