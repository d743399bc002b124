"""A picture with words burnt into it, all over: whoever photographs the screen photographs their own name.

The font that Pillow brings has no Cyrillic, so names are written in Latin letters (ISO 9, simplified).
"""

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

LARGEST = 2000  # pixels of the longer side
CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
WRITTEN = "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya"
LETTERS = {letter: written.strip("-") for letter, written in zip(CYRILLIC, WRITTEN.split(" "), strict=True)}


def small_jpeg(content: bytes) -> tuple[bytes, int, int]:
    """The picture as a JPEG of bearable size, with its width and height."""
    opened = Image.open(io.BytesIO(content))
    opened.draft("RGB", (LARGEST, LARGEST))
    picture = opened.convert("RGB")
    picture.thumbnail((LARGEST, LARGEST))
    return _jpeg(picture), picture.width, picture.height


def marked(content: bytes, words: Sequence[str]) -> bytes:
    """The picture with these words across it, again and again."""
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    text = "   ".join(latin(each) for each in words) + "   "
    size = max(14, picture.width // 45)
    font = ImageFont.load_default(size)
    reach = int((picture.width**2 + picture.height**2) ** 0.5) + size
    sheet = Image.new("L", (reach, reach), 0)
    draw = ImageDraw.Draw(sheet)
    line = text * (1 + reach // max(1, int(draw.textlength(text, font=font))))
    for number, top in enumerate(range(0, reach, size * 5)):
        draw.text((-(number % 3) * size * 6, top), line, fill=150, font=font, stroke_width=0)
    sheet = sheet.rotate(28, resample=Image.Resampling.BILINEAR)
    left, upper = (reach - picture.width) // 2, (reach - picture.height) // 2
    mask = sheet.crop((left, upper, left + picture.width, upper + picture.height))
    shade = Image.new("RGB", picture.size, (176, 24, 24))
    picture.paste(shade, (0, 0), mask)
    return _jpeg(picture)


def latin(text: str) -> str:
    """``Елена Воронова`` as ``Elena Voronova``."""
    return "".join(_latin_letter(letter) for letter in text)


def _latin_letter(letter: str) -> str:
    if letter.lower() not in LETTERS:
        return letter if letter.isascii() else "?"
    written = LETTERS[letter.lower()]
    return written.capitalize() if letter.isupper() else written


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=86)
    return out.getvalue()
