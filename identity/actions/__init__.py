"""Every write of identity."""

from identity.actions.audit import record_audit
from identity.actions.borrowers import (
    end_borrower_session,
    exchange_token,
    open_borrower_session,
    refresh_borrower,
    spend_token,
)
from identity.actions.housekeeping import forget_expired, forget_old_sessions
from identity.actions.sessions import (
    end_session,
    end_sessions_of,
    open_probe_session,
    open_staff_session,
    renew_key,
    sign_out,
    touch_sessions,
)
from identity.actions.sign_in import sign_in
from identity.actions.sockets import (
    SocketIdentity,
    issue_socket_ticket,
    redeem_socket_ticket,
    redeem_socket_tickets,
    return_ticket,
)
from identity.actions.staff import (
    activate,
    change_password,
    change_profile,
    change_role,
    create_staff,
    deactivate,
    set_password,
)
from identity.actions.vault import erase_document, erase_old_documents, keep_in_vault, look_into_vault

__all__ = [
    "SocketIdentity",
    "activate",
    "change_password",
    "change_profile",
    "change_role",
    "create_staff",
    "deactivate",
    "end_borrower_session",
    "end_session",
    "end_sessions_of",
    "erase_document",
    "erase_old_documents",
    "exchange_token",
    "forget_expired",
    "forget_old_sessions",
    "issue_socket_ticket",
    "keep_in_vault",
    "look_into_vault",
    "open_borrower_session",
    "open_probe_session",
    "open_staff_session",
    "record_audit",
    "redeem_socket_ticket",
    "redeem_socket_tickets",
    "refresh_borrower",
    "renew_key",
    "return_ticket",
    "set_password",
    "sign_in",
    "sign_out",
    "spend_token",
    "touch_sessions",
]
