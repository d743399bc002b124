"""Letters without the numbers of documents: what comes into the desk; the raw letter keeps them."""

import re
from dataclasses import replace

from identity.rules.pii import mask_documents
from tickets.rules.email import Letter

_MARKUP = re.compile(r"(<[^>]{0,20000}>)")


def masked(letter: Letter) -> Letter:
    """The same letter with every card and passport number masked, in its texts, its subject and its names of files."""
    return replace(
        letter,
        subject=mask_documents(letter.subject),
        text=mask_documents(letter.text),
        reply_text=mask_documents(letter.reply_text),
        trimmed=mask_documents(letter.trimmed),
        html=masked_html(letter.html),
        attachments=tuple(replace(file, name=mask_documents(file.name)) for file in letter.attachments),
    )


def masked_html(html: str) -> str:
    """Between the tags only: addresses in attributes stay whole."""
    return "".join(
        piece if number % 2 else mask_documents(piece) for number, piece in enumerate(_MARKUP.split(html)) if piece
    )
