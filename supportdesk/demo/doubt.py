"""One letter that nobody has answered yet, from an address that is not on file: the case for the identity desk."""

import io
from email.message import EmailMessage
from email.utils import format_datetime

from django.utils import timezone
from PIL import Image, ImageDraw

from supportdesk.demo.staff import MAILBOX
from tickets.actions.letters import store_letter
from tickets.models import InboundLetter, Mailbox

SENDER = "Сергей М. <serg.melnikov84@mail.example>"
SUBJECT = "Верните переплату по займу"
TEXT = """Добрый день!

20 ноября оплачивал займ 24-117982, деньги списались дважды: 6 300 ₽ в 14:02 и ещё раз 6 300 ₽ в 14:03. Займ закрыт, \
а лишний платёж не вернулся. Прошу вернуть 6 300 ₽ на карту {card}.

Мельников Сергей Павлович, 11.02.1984
"""
CARD = "2200 3344 0002 4417"  # nobody's: only its check digit is right
STATEMENT = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def write_doubtful_letter() -> InboundLetter | None:
    """Put the letter into the journal as the import would; a worker reads it. Only once."""
    mailbox = Mailbox.objects.get(address=MAILBOX)
    if InboundLetter.objects.filter(mailbox=mailbox, source_key="demo:doubt").exists():
        return None
    return store_letter(mailbox=mailbox, source_key="demo:doubt", raw=_letter().as_bytes())


def _letter() -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = SENDER, MAILBOX, SUBJECT
    letter["Date"], letter["Message-ID"] = format_datetime(timezone.now()), "<doubt.demo@mail.example>"
    letter.set_content(TEXT.format(card=CARD))
    letter.add_attachment(STATEMENT, maintype="application", subtype="pdf", filename="Выписка_ноябрь.pdf")
    letter.add_attachment(_screenshot(), maintype="image", subtype="png", filename="списание.png")
    return letter


def _screenshot() -> bytes:
    """Two equal lines of an account, as a phone shows them."""
    picture = Image.new("RGB", (720, 320), "#f4f6f7")
    draw = ImageDraw.Draw(picture)
    for top in (40, 170):
        draw.rounded_rectangle((30, top, 690, top + 110), 18, fill="white")
        draw.rounded_rectangle((60, top + 30, 330, top + 50), 8, fill="#57544d")
        draw.rounded_rectangle((60, top + 66, 220, top + 82), 8, fill="#c9c6bf")
        draw.rounded_rectangle((560, top + 42, 660, top + 66), 8, fill="#b42318")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
