"""Pictures, made harmless: decoded within limits, turned upright, written anew without any metadata.

The work is done by a child process with bounded memory and time, because decoders of pictures are where strangers'
bytes meet old C code: ``python -m chat.rules.images <kind>`` reads the picture on stdin.
"""

import io
import resource
import subprocess
import sys
from dataclasses import dataclass

PIXEL_LIMIT = 40_000_000
MEMORY_LIMIT = 1536 * 1024 * 1024
SECONDS = 20
WRITTEN_AS = {"jpg": ("JPEG", "image/jpeg"), "png": ("PNG", "image/png"), "webp": ("WEBP", "image/webp")}


class Unreadable(ValueError):
    """The bytes are no picture that can be decoded."""


class TooManyPixels(ValueError):
    """The picture is larger than anybody needs."""


@dataclass(frozen=True, slots=True)
class Picture:
    content: bytes
    kind: str
    width: int
    height: int


def written_anew(content: bytes, kind: str) -> Picture:
    """The same picture without metadata, upright; HEIC becomes JPEG, the first look of a GIF becomes PNG.

    Raises ``Unreadable`` or ``TooManyPixels``.
    """
    command = [sys.executable, "-I", __file__, kind]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise Unreadable from None
    if done.returncode == 3:
        raise TooManyPixels
    if done.returncode:
        raise Unreadable
    head, _, picture = done.stdout.partition(b"\n")
    written, width, height = head.decode().split()
    return Picture(picture, written, int(width), int(height))


def _decode(content: bytes, kind: str) -> Picture:
    from PIL import Image, ImageOps

    if kind == "heic":
        from pillow_heif import register_heif_opener

        register_heif_opener()
    Image.MAX_IMAGE_PIXELS = PIXEL_LIMIT
    formats = {"jpg": ["JPEG"], "png": ["PNG"], "webp": ["WEBP"], "heic": ["HEIF"], "gif": ["GIF"]}[kind]
    picture = Image.open(io.BytesIO(content), formats=formats)
    if picture.width * picture.height > PIXEL_LIMIT:
        raise TooManyPixels
    picture.load()
    upright = ImageOps.exif_transpose(picture)
    kind = {"heic": "jpg", "gif": "png"}.get(kind, kind)
    clean = _without_metadata(upright, kind)
    out = io.BytesIO()
    clean.save(out, WRITTEN_AS[kind][0], quality=88)
    return Picture(out.getvalue(), kind, clean.width, clean.height)


def _without_metadata(picture, kind: str):  # type: ignore[no-untyped-def]
    """Pixels only, in a mode the format can keep."""
    from PIL import Image

    mode = "RGB" if kind == "jpg" or ("A" not in picture.getbands() and "transparency" not in picture.info) else "RGBA"
    converted = picture.convert(mode)
    clean = Image.new(mode, converted.size)
    clean.paste(converted)
    return clean


def main() -> int:
    """The child: limits first, then the stranger's bytes."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    try:
        picture = _decode(sys.stdin.buffer.read(), sys.argv[1])
    except TooManyPixels:
        return 3
    except Exception as error:
        return 3 if type(error).__name__ == "DecompressionBombError" else 4
    sys.stdout.buffer.write(f"{picture.kind} {picture.width} {picture.height}\n".encode() + picture.content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
