"""Which versions serve, stand in shadow, may be gone back to, or be pruned."""

from __future__ import annotations

from sqlalchemy import Engine

from storage.learning import pruning, versions
from storage.models import ModelVersion
from storage.session import reading, transaction


def promote(engine: Engine, name: str) -> None:
    with transaction(engine) as session:
        versions.promote(session, name, "a test")


def champion(engine: Engine) -> str | None:
    with reading(engine) as session:
        version = versions.champion(session)
        return version.name if version else None


def shadow(engine: Engine) -> str | None:
    with reading(engine) as session:
        version = versions.shadow(session)
        return version.name if version else None


def prunable(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return sorted(version.name for version in pruning.prunable(session))


def fallbacks(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return [version.name for version in versions.fallbacks(session)]


def row(**values: object) -> ModelVersion:
    required = {"review_threshold": 0.5, "act_threshold": 0.9, "examples_hash": "", "metrics": {}}
    return ModelVersion(**required | values)
