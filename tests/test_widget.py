"""The borrower's widget in a real browser, on another origin than the desk: W1–W17 of the design's checklist."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.browser import Agent, Borrower, LiveDesk


def test_enter_paints_the_own_message_at_once_keeps_the_focus_and_then_shows_its_tick(borrower: Borrower) -> None:
    borrower.pick()
    borrower.field.fill("Деньги списали два раза, по 6 300")
    borrower.field.press("Enter")
    expect(borrower.message("Деньги списали два раза")).to_be_visible()
    expect(borrower.field).to_have_value("")
    expect(borrower.field).to_be_focused()
    expect(borrower.message("Деньги списали").get_by_role("img", name="доставлено")).to_be_visible()
    borrower.picture("widget-queue")
