"""What the interface of the work answers, for its published description."""

from identity.serializers import ID, MOMENT, NUMBER, TEXT, WHOLE, YES_OR_NO, listed, one_of, or_null, shape
from tickets.models import OutboundLetter, Priority

AGENT = or_null(shape(name=TEXT, initials=TEXT))
TOPIC = shape(code=TEXT, title=TEXT, icon=TEXT)
PERSON = shape(id=ID, display_name=TEXT, initials=TEXT)

# The borrower's side

DESK = shape(
    open=YES_OR_NO,
    opens_at=or_null(MOMENT),
    expected_wait=or_null(WHOLE),
    agents_available=WHOLE,
    mailbox=or_null(TEXT),
)
OPEN_CHAT = shape(
    id=ID,
    subject=TEXT,
    topic=or_null(TEXT),
    agent=AGENT,
    last_message=or_null(shape(author_name=TEXT, body=TEXT)),
    unread=WHOLE,
)
HOME = shape(
    lender=shape(name=TEXT, phone=TEXT),
    borrower=shape(first_name=TEXT, email=TEXT),
    desk=DESK,
    topics=listed(TOPIC),
    open_conversation=or_null(OPEN_CHAT),
    history_count=WHOLE,
)
HISTORY = listed(
    shape(
        id=ID,
        channel=TEXT,
        subject=TEXT,
        topic_title=TEXT,
        status=TEXT,
        started_at=MOMENT,
        closed_at=or_null(MOMENT),
        last_at=or_null(MOMENT),
        unread=WHOLE,
        agent_name=or_null(TEXT),
        due_at=or_null(MOMENT),
        rating=or_null(WHOLE),
    )
)
QUEUE = shape(
    status=one_of("new", "queued", "out_of_hours", "assigned", "resolved"),
    ahead=or_null(WHOLE),
    expected_wait=or_null(WHOLE),
    since=or_null(MOMENT),
    agent=AGENT,
    topic=or_null(shape(code=TEXT, title=TEXT)),
    opens_at=or_null(MOMENT),
    due_at=or_null(MOMENT),
)

CONTINUED = shape(id=ID, subject=TEXT, moved=YES_OR_NO, closed_at=or_null(MOMENT))

# The agent's side

_ROW = {
    "number": WHOLE,
    "conversation": ID,
    "channel": TEXT,
    "name": TEXT,
    "initials": TEXT,
    "topic_title": TEXT,
    "subject": TEXT,
    "page": TEXT,
    "address": TEXT,
    "status": TEXT,
    "is_new": YES_OR_NO,
    "is_mine": YES_OR_NO,
    "waiting_since": or_null(MOMENT),
    "due_at": or_null(MOMENT),
    "warn_at": or_null(MOMENT),
    "target": WHOLE,
    "answered_at": or_null(MOMENT),
    "first_response_at": or_null(MOMENT),
    "snoozed_until": or_null(MOMENT),
    "held_at": or_null(MOMENT),
    "last_message": or_null(shape(author_kind=TEXT, author_name=TEXT, body=TEXT, at=MOMENT)),
    "unread": WHOLE,
    "has_draft": YES_OR_NO,
    "call": TEXT,
    "identity": one_of("verified", "unverified"),
    "answer_due_at": or_null(MOMENT),
}
ROW = shape(**_ROW)
LED = shape(agent=PERSON, reason=TEXT, since=MOMENT, until=or_null(MOMENT), ending=TEXT, summary=TEXT)
STEP = shape(
    id=WHOLE,
    text=TEXT,
    hint=TEXT,
    kind=TEXT,
    level=WHOLE,
    obligatory=YES_OR_NO,
    choices=listed(shape(id=WHOLE, text=TEXT)),
    outcome=TEXT,
    done=YES_OR_NO,
)
TICKET = shape(
    **_ROW,
    priority=one_of(*Priority.values),
    appeal=or_null(shape(number=TEXT, received_on=TEXT, due_on=TEXT)),
    topic=or_null(TOPIC),
    assignee=or_null(PERSON),
    steps=listed(STEP),
    history=listed(LED),
)
INBOX = shape(
    me=shape(id=ID, display_name=TEXT, availability=TEXT, reason=TEXT, capacity=WHOLE),
    slots=listed(shape(number=WHOLE, ticket=or_null(ROW))),
    letters=listed(ROW),
    held=listed(ROW),
    queue=shape(waiting=WHOLE, longest_wait=or_null(WHOLE)),
    waiting_count=WHOLE,
    now=MOMENT,
)
AVAILABILITY = shape(state=TEXT, reason=TEXT)
COLLEAGUES = listed(
    shape(
        id=ID,
        display_name=TEXT,
        initials=TEXT,
        full_name=TEXT,
        present=YES_OR_NO,
        availability=TEXT,
        reason=TEXT,
        load=WHOLE,
        capacity=WHOLE,
        free=WHOLE,
    )
)
ANSWERS = listed(
    shape(
        **{"id": WHOLE, "version": WHOLE, "shortcut": TEXT, "title": TEXT, "topic": or_null(TEXT), "body": TEXT},
        **{"filled": TEXT, "fitting": YES_OR_NO, "sealed": YES_OR_NO, "expired": YES_OR_NO, "note": TEXT},
    )
)
STARTED = shape(number=WHOLE, conversation=ID)

# Letters

_EVIDENCE = ("by", "dkim", "spf", "dmarc", "results", "name_says", "reply_to")
CAME = shape(
    **{"id": WHOLE, "seq": or_null(WHOLE), "state": TEXT, "class": TEXT, "level": TEXT},
    **{"candidates": WHOLE, "is_stranger": YES_OR_NO, "is_third_party": YES_OR_NO, "reasons": listed(TEXT)},
    **{"is_collected": YES_OR_NO},
    **{"why": listed(TEXT), "evidence": shape(**dict.fromkeys(_EVIDENCE, TEXT))},
    **{"from": shape(name=TEXT, address=TEXT), "to": listed({}), "cc": listed({})},
    **{"subject": TEXT, "received_at": or_null(MOMENT), "problems": listed(TEXT)},
)
SENT = shape(
    seq=or_null(WHOLE),
    purpose=one_of(*OutboundLetter.Purpose.values),
    state=TEXT,
    state_words=TEXT,
    error=TEXT,
    to=shape(name=TEXT, address=TEXT),
    cc=listed({}),
    subject=TEXT,
    queued_at=or_null(MOMENT),
    sent_at=or_null(MOMENT),
)
GIVEN_UP = or_null(shape(id=WHOLE, reason=TEXT, at=or_null(MOMENT)))
LETTERS = shape(
    came=listed(CAME),
    sent=listed(SENT),
    participants=listed(shape(address=TEXT, name=TEXT, suppression=GIVEN_UP)),
    signature=TEXT,
    merged_into=or_null(WHOLE),
    previous=or_null(WHOLE),
    may_open_previous=YES_OR_NO,
)

# Reports; times in seconds

SPREAD = shape(n=WHOLE, median=or_null(NUMBER), p90=or_null(NUMBER), mean=or_null(NUMBER))
RESPONSES = shape(wait=SPREAD, working_wait=SPREAD, in_time=or_null(NUMBER))
RATIO = or_null(shape(value=NUMBER, low=NUMBER, high=NUMBER))
CHANNEL = shape(
    channel=TEXT,
    opened=WHOLE,
    resolved=WHOLE,
    first_response=RESPONSES,
    next_response=RESPONSES,
    handle_time=SPREAD,
    resolution_time=SPREAD,
)
REPORT = shape(
    since=MOMENT,
    until=MOMENT,
    channels=listed(CHANNEL),
    parallel=shape(mean=or_null(NUMBER), p95=or_null(NUMBER), effective_handle_time=or_null(NUMBER)),
    resolution_ratio=RATIO,
    first_response_ratio=RATIO,
    moved=shape(letters=WHOLE, moved=WHOLE, share=or_null(NUMBER)),
)

_SERVICE = shape(n=WHOLE, in_time=WHOLE, share=or_null(NUMBER))
BOARD = shape(
    at=MOMENT,
    longest=or_null(shape(number=WHOLE, since=or_null(MOMENT), due_at=or_null(MOMENT), agent=or_null(PERSON))),
    queue=shape(waiting=WHOLE, longest_wait=or_null(WHOLE), left=WHOLE),
    service=_SERVICE,
    service_yesterday=_SERVICE,
    places=shape(total=WHOLE, free=WHOLE),
    agents=listed(
        shape(
            id=ID,
            display_name=TEXT,
            initials=TEXT,
            present=YES_OR_NO,
            availability=TEXT,
            reason=TEXT,
            load=WHOLE,
            late=WHOLE,
            capacity=WHOLE,
            since=or_null(MOMENT),
        )
    ),
    letters=shape(waiting=WHOLE, late=WHOLE, oldest=or_null(MOMENT), next_due=or_null(MOMENT)),
    opened_today=WHOLE,
    first_response_p90=listed(or_null(NUMBER)),
    standard=WHOLE,
)
