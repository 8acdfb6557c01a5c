"""schemathesis against the real application and a real database: every operation, every check."""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from fastapi import FastAPI
from schemathesis.checks import CHECKS
from schemathesis.config import SchemathesisConfig

from review.attempts import Attempts
from storage.access import clients
from storage.models import Scope
from storage.session import open_engine, transaction
from tests import fresh
from tests.review.api.program import judging
from tests.review.site import site_on
from tests.storage import given

pytestmark = pytest.mark.stories

SEED = 20260101
EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "15"))  # of each operation; .ci/run asks for more


@dataclass(frozen=True)
class Served:
    """The site on a migrated database with a few rows, and the token of a client that may do everything."""

    app: FastAPI
    address: str
    token: str
    model_version_id: int


@cache
def served() -> Served:
    folder = Path(tempfile.mkdtemp(prefix="hamlet-api-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    address = fresh.sqlite(folder / "api.sqlite3")
    engine = open_engine(address)
    version = given.version(engine)
    for number in range(1, 4):
        given.corrected(engine, given.verdict(engine, version, given.incoming(f"prize {number}", number)), "ann", True)
    with transaction(engine) as session:
        token = clients.add(session, "schemathesis", list(Scope), requests_a_minute=10**6)
    engine.dispose()
    an_hour_passes = itertools.count(step=3_600).__next__  # with each unknown token, so that none is told to wait
    return Served(site_on(address, Attempts(an_hour_passes)), address, token, version.id)


def configuration() -> SchemathesisConfig:
    config = SchemathesisConfig(seed=SEED)
    config.projects.override.generation.update(
        max_examples=EXAMPLES, deterministic=True, with_security_parameters=False
    )
    return config


@pytest.fixture(scope="module", autouse=True)
def worker() -> Iterator[None]:
    """Judges beside the tests, so that deadlines of ten seconds are not waited out."""
    engine = open_engine(served().address)
    with judging(engine, served().model_version_id):
        yield
    engine.dispose()
    served().app.state.engine.dispose()


schema: Any = schemathesis.openapi.from_asgi("/api/v1/openapi.json", served().app, config=configuration())


@schema.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_every_operation_keeps_to_its_document(case: Any) -> None:
    case.call_and_validate(headers={"Authorization": f"Bearer {served().token}"})


def test_no_check_is_disabled() -> None:
    chosen = schema.config.checks_config_for()
    assert len(CHECKS.get_all_names()) >= 14
    assert all(chosen.get_by_name(name=name).enabled for name in CHECKS.get_all_names())
