"""The codes identity writes to the audit log, and what each means (docs/audit.md is made of these)."""

CODES = {
    "token.refused": "A lender's token was not believed; `reason` is one of the token codes, `kid` the key it named.",
    "borrower.signed_in": "A lender's token was exchanged for a chat session.",
    "borrower.signed_out": "A borrower left the lender's site; `sessions` chat sessions ended with it.",
    "staff.signed_in": "A staff member signed in.",
    "staff.sign_in_failed": "A wrong e-mail or password; `email_hash` groups tries without keeping what was typed.",
    "staff.locked_out": "The last failure closed sign-in for this account at this address; `until` says until when.",
    "staff.signed_out": "A staff member signed out.",
    "staff.session_ended": "A sign-in was ended from the session list, by its owner or an administrator.",
    "staff.created": "A staff member was added; `role` is what they may do.",
    "staff.deactivated": "A staff member may no longer sign in; their sessions ended.",
    "staff.activated": "A deactivated staff member may sign in again.",
    "staff.role_changed": "`before` became `after`; the person's sessions ended.",
    "staff.password_changed": "A staff member changed their password; their other sessions ended.",
    "document.seen": "A staff member looked at a photo in the vault, with their name across it.",
    "document.erased": "The bytes of a photo were erased; what was decided stays.",
    "staff.password_set": "An administrator set another person's password; that person's sessions ended.",
}
