"""One call and one letter on paper, so that a fresh desk shows both."""

import io
from datetime import timedelta
from typing import cast

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from chat import actions as chat
from identity.models import Borrower, User
from tickets.actions.calls_by_hand import record_call
from tickets.actions.paper import register_letter
from tickets.models import Ticket

CALLER = "C-104577"
SAID = "Спрашивает, дошёл ли платёж, который отправила вчера вечером. Обещала подождать до вечера."


def write_down_a_call(*, agent: User) -> Ticket:
    borrower = Borrower.objects.filter(customer_id=CALLER).first()
    said = {
        "direction": "in",
        "number": "79160001122",
        "started_at": timezone.now() - timedelta(minutes=25),
        "lasted": timedelta(minutes=4, seconds=30),
        "topic": "payments",
        "note": SAID,
        "outcome": "next_step",
        "next_step": "Проверить зачисление и перезвонить до 18:00",
    }
    return record_call(by=agent, said=said, claimed=borrower)


def register_a_paper_letter(*, by: User) -> Ticket:
    said = {
        "channel": "paper",
        "kind": "claim",
        "incoming_number": "ВХ-2026/118",
        "received_on": timezone.localdate(),
        "sender": "Юсупова Марина Ринатовна",
        "sender_address": "420111, Казань, ул. Баумана, 12, кв. 7",
        "topic": "payments",
        "subject": "Претензия: второе списание",
        "body": "Пишет, что деньги за ноябрь списались дважды, и просит вернуть лишнее. К письму приложена копия чека.",
    }
    return register_letter(by=by, said=said, scans=[_scan()])


def _scan() -> chat.Upload:
    """A sheet with lines of handwriting, seen from afar."""
    sheet = Image.new("RGB", (620, 877), "#fbfaf7")
    draw = ImageDraw.Draw(sheet)
    for line in range(14):
        draw.line((70, 130 + line * 44, 550 - (line % 3) * 60, 126 + line * 44), fill="#33415c", width=3)
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return cast("chat.Upload", SimpleUploadedFile("письмо.png", out.getvalue(), "image/png"))
