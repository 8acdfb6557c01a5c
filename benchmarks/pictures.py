"""How far perceptual hashes of a picture's copies and of different pictures are apart: `python -m benchmarks.pictures`."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import combinations

from PIL import Image, ImageDraw, ImageFont

from actions.picture_reader import perceptual_hash

TEXTS = (
    ("Buy cheap coins now", "at coins.example", "only today"),
    ("Buy cheap bikes now", "at bikes.example", "only today"),
    ("Dear neighbours,", "the meeting is at six", "in the hall"),
    ("Work from home", "write to me in private", "500 a day"),
    ("Invoice 4711", "Total 15.00", "Thank you"),
    ("Invoice 4712", "Total 19.00", "Thank you"),
)


def drawn(lines: tuple[str, ...]) -> Image.Image:
    """The hardest case: black words on white, of which all pictures look much alike."""
    picture = Image.new("RGB", (800, 400), "white")
    for number, line in enumerate(lines):
        ImageDraw.Draw(picture).text((20, 20 + 90 * number), line, font=ImageFont.load_default(64), fill="black")
    return picture


def copies(picture: Image.Image) -> Iterator[Image.Image]:
    """As chats pass them on: compressed, smaller, larger."""
    for size, quality in (((800, 400), 40), ((400, 200), 60), ((320, 160), 85), ((1280, 640), 85)):
        file = io.BytesIO()
        picture.resize(size).save(file, "JPEG", quality=quality)
        yield Image.open(io.BytesIO(file.getvalue())).convert("RGB")


def bits(picture: Image.Image) -> int:
    return int(perceptual_hash(picture) or "0", 16)


def main() -> None:
    pictures = [drawn(lines) for lines in TEXTS]
    same = [(bits(one) ^ bits(copy)).bit_count() for one in pictures for copy in copies(one)]
    different = sorted(
        ((bits(a) ^ bits(b)).bit_count(), TEXTS[i][0], TEXTS[j][0])
        for (i, a), (j, b) in combinations(enumerate(pictures), 2)
    )
    print(f"copies differ in at most {max(same)} of 256 bits")
    for distance, one, other in different[:4]:
        print(f"{distance} bits: “{one}” and “{other}”")


if __name__ == "__main__":
    main()
