"""Makes large pictures of one colour, a kind of file each, whose decoding takes known memory.

    python make_large_pictures.py        # needs pillow >= 12 (with AVIF)
"""

import struct
import zlib
from pathlib import Path

from PIL import Image

FOLDER = Path(__file__).resolve().parent
SIDE = 3000
# The start and the step of each pass of an interlaced PNG: left, top, across, down.
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def interlaced(name: str, colour_type: int, bytes_of_pixel: int) -> None:
    """A PNG of 16 bits a number, in passes, which Pillow does not write."""
    rows = []
    for left, top, across, down in PASSES:
        width, height = -(-(SIDE - left) // across), -(-(SIDE - top) // down)
        rows.append((b"\0" + b"\x80" * (width * bytes_of_pixel)) * height)
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 16, colour_type, 0, 0, 1)
    content = zlib.compress(b"".join(rows), 9)
    (FOLDER / name).write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", content) + chunk(b"IEND", b"")
    )


if __name__ == "__main__":
    picture = Image.new("RGB", (SIDE, SIDE), (120, 130, 140))
    transparent = picture.convert("RGBA")
    transparent.putalpha(128)
    interlaced("large-interlaced.png", 2, 6)
    picture.save(FOLDER / "large.png")
    transparent.save(FOLDER / "large-transparent.png")
    picture.save(FOLDER / "large.jpg", quality=50, optimize=True)
    picture.save(FOLDER / "large-progressive.jpg", quality=50, subsampling=0, progressive=True)
    picture.quantize(2).save(FOLDER / "large.gif")
    picture.save(FOLDER / "large.webp", lossless=True)
    picture.save(FOLDER / "large.tif", compression="tiff_adobe_deflate")
    picture.save(FOLDER / "large.avif", quality=50)
