"""What a worker judges, the site is asked for, an import brings and a command says is in no log line at info level, nor in a traceback."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import Engine

from classifier.errors import TextError
from classifier.spam import SpamClassifier
from cli import history, labelled
from cli.errors import CommandError
from jobs.logs import QUIET
from tests import tiny
from tests.bot.stories import ANN, EVE, GROUP
from tests.bot.world import World
from tests.cli.conftest import Terminal
from tests.review.site import Site
from tests.storage import given
from tests.storage.exports import export, said
from worker import moderation
from worker.models import Serving

WORDS = ("quokkafish", "zanzibarbecue", "kumquatling", "Quibblestone")
TEXTS = [f"buy {word} at https://{word}.example" for word in WORDS]


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[io.StringIO]:
    """All that a process logs at info level and above, of ours and of libraries, with tracebacks."""
    caplog.set_level(logging.INFO)
    for name in QUIET:
        caplog.set_level(logging.WARNING, logger=name)
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    logging.getLogger().addHandler(handler)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(written),
        cache_logger_on_first_use=False,
    )
    yield written
    logging.getLogger().removeHandler(handler)


def found(logged: io.StringIO) -> list[str]:
    return [word for word in WORDS if word in logged.getvalue()]


class Fragile(SpamClassifier):
    """Breaks on one text."""

    def try_score(self, texts: list[str], lowered: float = 0.0) -> list[float | TextError]:  # type: ignore[override]  # callers pass lists
        if any("kumquatling" in text for text in texts):
            raise MemoryError("too much of it")
        return super().try_score(texts, lowered)


def test_a_worker_logs_no_text_that_it_judges_or_breaks_on(sqlite_engine: Engine, logged: io.StringIO) -> None:
    model = given.version(sqlite_engine)
    messages = [given.incoming(text, n, author_name="Quibblestone") for n, text in enumerate([*TEXTS, "x" * 500_000])]
    given.received(sqlite_engine, *messages)
    serving = Serving(model.id, model.name, Fragile(tiny.checkpoint(review=0.0)))
    moderation.judge(sqlite_engine, serving, 100, 30)
    assert "judged" in logged.getvalue()
    assert "message could not be judged" in logged.getvalue()
    assert found(logged) == []


def test_the_site_logs_nothing_that_is_searched_for_or_tried(site: Site, logged: io.StringIO) -> None:
    structlog.get_logger().info("a line")
    for path in (
        "/review?words={}",
        "/review?show=all&words={}",
        "/review?chat={}",
        "/chats/1/members?address={}",
        "/{}",
    ):
        for word in WORDS:
            site.get(path.format(word))
    for text in TEXTS:
        site.say(text)
        site.post("/check", text=text)
        site.post("/chats/1/rules", pattern=text, kind="words", effect="flag", reason=text)
        site.post("/chats/1/guidelines", guidelines=text)
    assert "a line" in logged.getvalue()
    assert found(logged) == []


def test_an_import_logs_nothing_that_it_brings(
    home: Engine, terminal: Terminal, tmp_path: Path, logged: io.StringIO
) -> None:
    structlog.get_logger().info("a line")
    past, table = tmp_path / "result.json", tmp_path / "mine.csv"
    past.write_bytes(export(*[said(n, text) | {"from": "Quibblestone"} for n, text in enumerate(TEXTS, 1)]))
    table.write_text("text,label\n" + "".join(f"{text},spam\n" for text in TEXTS) + "kumquatling,perhaps\n")
    history.import_chat(terminal.console, past)
    with pytest.raises(CommandError, match="1 lines were rejected"):
        labelled.import_labelled(terminal.console, table, None, None)
    assert "4 messages of a group taken" in terminal.said
    assert "a line" in logged.getvalue()
    assert found(logged) == []


@pytest.mark.stories
def test_commands_log_nothing_of_what_is_said_in_them(world: World, logged: io.StringIO) -> None:
    structlog.get_logger().info("a line")
    world.telegram.say(GROUP, ANN, "welcome")
    message = world.telegram.say(GROUP, EVE, TEXTS[0])
    world.settle()
    for command in ("/flag quokkafish", "/allow zanzibarbecue", "/flag (kumquatling", "/unrule kumquatling"):
        world.telegram.say(GROUP, ANN, command)
        world.settle()
    world.telegram.reply(GROUP, ANN, message, "/ban Quibblestone")
    world.telegram.whisper(EVE, "/appeal kumquatling")
    world.settle()
    assert "a line" in logged.getvalue()
    assert found(logged) == []
