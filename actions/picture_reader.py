"""`python -m actions.picture_reader`: reads one picture from its standard input, in a process of its own that is bounded.

What strangers send is decoded here and nowhere else. The first line of the input says what is asked for (JSON), the rest
is the file; the answer is one JSON object. The libraries are the optional extra `pictures`.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
from contextlib import suppress
from typing import Any

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
HASH_SIZE = 16  # 256 bits: with 64, two pictures of a few words on white are often the same
SIDE, NEAR, ONE_COLOUR = 64, 8, 0.97  # this share of a small grey copy within so many of its 256 levels shows nothing
READER = {
    "Global.log_level": "critical",
    "Global.use_cls": False,  # upside-down lines, which are rare, stay unread
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    "EngineConfig.onnxruntime.enable_cpu_mem_arena": False,
}


class TooLarge(Exception):
    """The picture has more pixels than may be decoded."""


def main() -> None:
    """Answer on standard output, which nothing else writes to."""
    answer_to = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    request = json.loads(sys.stdin.buffer.readline())
    bound(request["memory"], request["cpu_seconds"])
    json.dump(answer(sys.stdin.buffer.read(), request), answer_to)
    answer_to.flush()


def bound(memory: int, cpu_seconds: int) -> None:
    """Let this process have so many bytes and seconds, and leave no core dump."""
    limits = {resource.RLIMIT_AS: memory, resource.RLIMIT_CPU: cpu_seconds, resource.RLIMIT_CORE: 0}
    for limit, most in limits.items():
        with suppress(ValueError, OSError):  # macOS knows no limit of memory
            resource.setrlimit(limit, (most, most))


def answer(data: bytes, request: dict[str, Any]) -> dict[str, Any]:
    """What was asked for, or why there is none."""
    try:
        picture = opened(data, request["pixels"])
    except TooLarge as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": "decoding it takes too much memory"}
    except Exception:  # decoders fail on broken files in many ways
        return {"error": "it is no whole picture"}
    try:
        lines = read(picture) if request["wants_words"] else []
        return {"lines": lines, "hash": perceptual_hash(picture) if request["wants_hash"] else None}
    except MemoryError:
        return {"error": "reading it takes too much memory"}
    except Exception as error:
        return {"error": f"the reader failed on it ({type(error).__name__})"}


def opened(data: bytes, most_pixels: int) -> Any:
    """The decoded picture, on white where it is transparent. Raises TooLarge by its header, before anything is decoded."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # counted here
    picture = Image.open(io.BytesIO(data), formats=FORMATS)
    if picture.width * picture.height > most_pixels:
        raise TooLarge(f"it has {picture.width} × {picture.height} pixels")
    picture.load()
    whole = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", whole.size, "white"), whole).convert("RGB")


def read(picture: Any) -> list[str]:
    """The lines of text in it, from top to bottom."""
    import numpy as np
    from rapidocr import RapidOCR

    bgr = np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])
    result: Any = RapidOCR(params=READER)(bgr)  # of one of four types, by what it was told to do
    return list(result.txts or ())


def perceptual_hash(picture: Any) -> str | None:
    """64 hexadecimal digits; None for a picture of nearly one colour, for all of those are alike."""
    import imagehash

    levels = picture.convert("L").resize((SIDE, SIDE)).histogram()
    most = max(range(len(levels)), key=levels.__getitem__)
    if sum(levels[max(0, most - NEAR) : most + NEAR + 1]) >= ONE_COLOUR * SIDE * SIDE:
        return None
    return str(imagehash.phash(picture, hash_size=HASH_SIZE))


if __name__ == "__main__":
    main()
