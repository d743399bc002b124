"""Addresses of the chat."""

from django.urls import URLPattern, URLResolver, path

from chat import api, views

ONE = "api/v1/conversations/<uuid:conversation>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/conversations", api.OwnConversations.as_view(), name="conversations"),
    path(ONE, api.OneConversation.as_view(), name="conversation"),
    path(f"{ONE}/entries", api.Entries.as_view(), name="conversation-entries"),
    path(f"{ONE}/messages", api.Messages.as_view(), name="conversation-messages"),
    path(f"{ONE}/seen", api.Seen.as_view(), name="conversation-seen"),
    path(f"{ONE}/close", api.CloseConversation.as_view(), name="conversation-close"),
    path(f"{ONE}/mentionable", api.Mentionable.as_view(), name="conversation-mentionable"),
    path(f"{ONE}/draft", api.ConversationDraft.as_view(), name="conversation-draft"),
    path(f"{ONE}/attachments", api.ConversationAttachments.as_view(), name="conversation-attachments"),
    path("api/v1/attachments/<uuid:attachment>", api.AttachmentAddress.as_view(), name="attachment-address"),
    path("files/<str:signed>", api.serve_file, name="chat-file"),
    path("widget/", views.widget, name="widget"),
    path("loader.js", views.loader, name="loader"),
]
