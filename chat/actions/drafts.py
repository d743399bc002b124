"""What a staff member has typed and not sent, kept on the server per conversation."""

from django.db import transaction
from django.utils import timezone

from chat.errors import Refused
from chat.models import Conversation, Draft
from chat.rules.entries import STAFF_BODY_LIMIT
from identity.models import User
from identity.rules.pii import mask_documents


@transaction.atomic
def save_draft(*, conversation: Conversation, user: User, mode: str, body: str) -> Draft | None:
    """Keep the text; an empty one removes the draft."""
    if mode not in Draft.Mode.values or "\0" in body:
        raise Refused("malformed")
    if len(body) > STAFF_BODY_LIMIT:
        raise Refused("too_long")
    if not body.strip():
        Draft.objects.filter(conversation=conversation, user=user).delete()
        return None
    draft, _ = Draft.objects.update_or_create(
        conversation=conversation,
        user=user,
        defaults={"mode": mode, "body": mask_documents(body), "updated_at": timezone.now()},
    )
    return draft
