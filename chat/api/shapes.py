"""What the chat's interface answers, for its published description."""

from identity.serializers import ANYTHING, ID, MOMENT, TEXT, WHOLE, YES_OR_NO, Shape, listed, one_of, or_null, shape

ATTACHMENT = shape(id=ID, name=TEXT, content_type=TEXT, size=WHOLE, width=or_null(WHOLE), height=or_null(WHOLE))
AUTHOR = shape(kind=TEXT, id=or_null(ID), name=TEXT)
_ENTRY = shape(
    seq=WHOLE,
    kind=TEXT,
    author=AUTHOR,
    id=or_null(ID),
    body=TEXT,
    created_at=MOMENT,
    public=YES_OR_NO,
    attachments=listed(ATTACHMENT),
    data=ANYTHING,
)
ENTRY: Shape = _ENTRY | {"required": [name for name in _ENTRY["required"] if name != "public"]}  # staff alone see that
ENTRIES = shape(entries=listed(ENTRY), head=WHOLE)

_CONVERSATION = {
    "id": ID,
    "channel": TEXT,
    "subject": TEXT,
    "started_at": MOMENT,
    "closed_at": or_null(MOMENT),
    "status": one_of("open", "closed"),
    "seq": WHOLE,
}
CONVERSATION = shape(**_CONVERSATION, seen=listed(shape(reader=TEXT, seq=WHOLE)), may_write=YES_OR_NO)
CONVERSATIONS = listed(shape(**_CONVERSATION, unread=WHOLE, agent_name=or_null(TEXT)))
POSTED = shape(id=ID, seq=WHOLE, created_at=MOMENT, duplicate=YES_OR_NO)
DRAFT = shape(mode=one_of("reply", "note"), body=TEXT, updated_at=or_null(MOMENT))
COLLEAGUES = listed(shape(id=ID, name=TEXT, full_name=TEXT))
ADDRESS = shape(address=TEXT, expires_in=WHOLE)
