"""A picture is read by a bounded process of its own; bombs, broken and slow files end as "could not be read"."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from actions import picture_process
from actions.picture_process import Bounds, Unreadable
from storage.moderation.picture_readings import Reading, Waiting
from storage.moderation.policies import known_pictures

PATIENT = Bounds(seconds=300)  # of a busy machine; the process may use as much as any other
WORDS = ("Buy cheap coins today", "at www.coins.example")
DIFFERENT = 256 // 4  # bits; pictures that have nothing in common differ in half of them


def drawn(*lines: str, size: tuple[int, int] = (800, 300), kind: str = "PNG") -> bytes:
    """A picture with these lines on a bright pattern."""
    picture = Image.radial_gradient("L").resize(size).point(lambda level: 160 + level // 3).convert("RGB")
    for number, line in enumerate(lines):
        place = (30, 40 + 90 * number)
        ImageDraw.Draw(picture).text(place, line, font=ImageFont.load_default(48), fill="black")
    return encoded(picture, kind)


def encoded(picture: Image.Image, kind: str = "PNG", **options: int) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def read(data: bytes, words: bool = False, bounds: Bounds = PATIENT) -> Reading:
    return picture_process.read(data, Waiting(1, "p", "p", 1, wants_words=words, wants_hash=True), bounds)


def hash_of(data: bytes) -> int:
    return int(read(data).perceptual_hash or "", 16)


def reason(data: bytes, bounds: Bounds = PATIENT) -> str:
    with pytest.raises(Unreadable) as refused:
        read(data, bounds=bounds)
    assert refused.value.is_final
    return str(refused.value)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it has so many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_the_extra_is_installed_with_what_the_tests_need() -> None:
    assert picture_process.is_installed()


def test_the_words_in_a_picture_are_read() -> None:
    reading = read(drawn(*WORDS), words=True)
    assert [line.replace(" ", "") for line in reading.words.split("\n")] == [line.replace(" ", "") for line in WORDS]


def test_a_copy_that_is_scaled_and_compressed_has_nearly_the_same_hash_and_another_picture_has_not() -> None:
    original = Image.effect_mandelbrot((640, 480), (-1.3, -0.1, -0.1, 0.8), 60)
    copy = encoded(original.resize((400, 300)).convert("RGB"), "JPEG", quality=50)
    other = encoded(original.rotate(90).filter(ImageFilter.BLUR))
    mine = hash_of(encoded(original))
    assert (mine ^ hash_of(copy)).bit_count() <= known_pictures.DISTANCE
    assert (mine ^ hash_of(other)).bit_count() > DIFFERENT


@pytest.mark.parametrize("dot", [False, True])
def test_a_picture_of_nearly_one_colour_has_no_hash(dot: bool) -> None:
    picture = Image.new("RGB", (400, 300), "white")
    if dot:
        ImageDraw.Draw(picture).text((150, 150), "hello", fill="black")
    assert read(encoded(picture)).perceptual_hash is None


def test_a_bomb_is_not_decoded() -> None:
    assert "60000 × 60000 pixels" in reason(bomb(60_000, 60_000))


def test_a_picture_that_lies_about_its_size_is_none() -> None:
    assert "it is no whole picture" in reason(bomb(4_000, 4_000))


@pytest.mark.parametrize(
    "data", [drawn(kind="JPEG")[:3_000], drawn()[:3_000], b"", b"GIF89a", b"<svg/>", b"\0" * 1_000]
)
def test_a_file_that_is_cut_off_or_no_picture_could_not_be_read(data: bytes) -> None:
    assert reason(data).startswith("could not be read: ")


def test_what_takes_too_long_is_stopped() -> None:
    assert "more than 0 seconds" in reason(drawn(), Bounds(seconds=0.01))


def test_what_needs_too_much_memory_is_refused() -> None:
    assert reason(encoded(Image.new("RGB", (5_000, 5_000))), Bounds(memory=150 << 20, seconds=300))
