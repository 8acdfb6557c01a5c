"""What the tests of the loaded versions do to them, and what they ask."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from classifier.files import FILES
from storage.learning import versions
from storage.session import transaction
from worker.champion import Champion


def damage(models: Path, name: str) -> None:
    """One byte of the weights is wrong."""
    path = models / name / FILES[1]
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def promote(engine: Engine, version: str) -> None:
    with transaction(engine) as session:
        versions.promote(session, version, "a test")


def name(champion: Champion) -> str | None:
    serving = champion.current()
    return serving.name if serving else None


def both(champion: Champion) -> tuple[str | None, str | None]:
    """What serves and what is in shadow, after a look at the database."""
    serving, in_shadow = champion.current(), champion.shadow()
    return serving and serving.name, in_shadow and in_shadow.name
