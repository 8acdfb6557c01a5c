"""What the tests of rescans do: ask for one, have it filled, flag what it lists."""

from __future__ import annotations

from sqlalchemy import Engine

from storage.learning import versions
from storage.models import RescanHit
from storage.moderation import rescan_flags, rescans
from storage.moderation.rescan_flags import Flags
from storage.session import transaction
from tests import tiny
from tests.conftest import AddVersion
from tests.storage import given
from worker import rescanning
from worker.champion import Champion
from worker.models import Serving


def promote(engine: Engine, name: str) -> None:
    with transaction(engine) as session:
        versions.promote(session, name, "a test")


def serve(engine: Engine, add_version: AddVersion, champion: Champion, name: str) -> Serving:
    add_version(engine, name, made=tiny.checkpoint(review=0.0))
    current = champion.current()
    assert current is not None
    return current


def requested(engine: Engine, days: int = 7) -> int:
    with transaction(engine) as session:
        return rescans.request(session, 1, days, "web:ann").id


def look(engine: Engine, serving: Serving, size: int = 32) -> int:
    """How many slices there were."""
    slices = 1
    while rescanning.advance(engine, serving, size):
        slices += 1
    return slices


def hits(engine: Engine) -> list[int]:
    return given.values(engine, RescanHit.message_id)


def flag(engine: Engine, rescan_id: int, acts: bool = False) -> Flags:
    with transaction(engine) as session:
        return rescan_flags.flag(session, 1, rescan_id, "web:ann", acts=acts)
