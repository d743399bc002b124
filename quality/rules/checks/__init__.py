"""The automatic checks: one small module each, found here by code."""

from quality.rules.checks import (
    by_name,
    closing,
    code_request,
    first_response,
    forbidden_wording,
    foreign_links,
    formal_address,
    further_help,
    gaps,
    greeting,
    introduced,
    personal_data,
    shouting,
    threats,
)
from quality.rules.outcomes import Check

_ALL: tuple[Check, ...] = (
    greeting,
    introduced,
    by_name,
    formal_address,
    first_response,
    gaps,
    closing,
    further_help,
    forbidden_wording,
    shouting,
    personal_data,
    code_request,
    foreign_links,
    threats,
)
CHECKS: dict[str, Check] = {check.CODE: check for check in _ALL}
