"""Has a picture read by a process of its own, which is stopped where it takes too long (`actions/picture_reader.py`)."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import structlog

from storage import picture_words
from storage.moderation.picture_readings import Reading, Waiting

LIBRARIES = ("PIL", "imagehash", "onnxruntime", "rapidocr")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

log = structlog.get_logger()


@dataclass(frozen=True)
class Bounds:
    """What one picture may take."""

    pixels: int = 25_000_000  # 10,000 × 2,500; Telegram's own photos have at most 6.6 million
    memory: int = 2 << 30  # bytes of address space, of which the models and libraries take most
    cpu_seconds: int = 20
    seconds: float = 30.0


class Unreadable(Exception):
    """A picture could not be read; the message says why. Unless that is final, another attempt may succeed."""

    def __init__(self, reason: str, is_final: bool = True) -> None:
        super().__init__(f"could not be read: {reason}")
        self.is_final = is_final


def is_installed() -> bool:
    """Whether the optional extra `pictures` is there."""
    return all(importlib.util.find_spec(name) is not None for name in LIBRARIES)


def read(data: bytes, waiting: Waiting, bounds: Bounds = Bounds()) -> Reading:
    """The words in the picture and its perceptual hash, as far as they are asked for. Raises Unreadable."""
    request = {
        "pixels": bounds.pixels,
        "memory": bounds.memory,
        "cpu_seconds": bounds.cpu_seconds,
        "wants_words": waiting.wants_words,
        "wants_hash": waiting.wants_hash,
    }
    answer = _answer(json.dumps(request).encode() + b"\n" + data, bounds.seconds)
    if "error" in answer:
        raise Unreadable(answer["error"])
    return Reading(picture_words.of_lines(answer["lines"]), answer["hash"])


def _answer(question: bytes, seconds: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "actions.picture_reader"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HAMLET_")}
    try:
        done = subprocess.run(
            command, input=question, capture_output=True, timeout=seconds, env=environment | ONE_THREAD, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable(f"reading it took more than {seconds:.0f} seconds") from error
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise Unreadable("reading it took too long")
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        log.warning(
            "a picture's reader broke off", code=done.returncode, reason=done.stderr[-500:].decode("utf-8", "replace")
        )
        raise Unreadable("its reader broke off") from error
    return dict(answer)
