"""What members write, and their names, are in no line of any log: at info level, and at any other of ours."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from storage.models import Mode
from tests.bot.sanction_stories import press
from tests.bot.stories import ANN, GROUP, notices
from tests.bot.world import World
from tests.jobs import scripts
from tests.telegram_server import user

pytestmark = pytest.mark.stories

WORDS = ("quokkafish", "zanzibarbecue", "kumquatling", "Quibblestone", "quibbler_handle")
EVE = user(13, "Evelyn Quibblestone") | {"username": "quibbler_handle"}


def live(world: World) -> None:
    """Flagged, edited, decided, broken, impossible to send, appealed, forgotten: what happens to a member's messages."""
    world.telegram.say(GROUP, ANN, "welcome")
    world.telegram.arrive(GROUP, EVE)
    world.settle()
    world.mode(Mode.TRAINING)
    message = world.telegram.say(GROUP, EVE, "buy quokkafish")
    world.settle()
    world.telegram.edit(GROUP, message, "buy zanzibarbecue")
    world.telegram.say(GROUP, EVE, "break kumquatling")
    world.settle()
    press(world, "Spam")
    for words in ("/appeal kumquatling", "/mydata", "/forget yes"):
        world.telegram.whisper(EVE, words)
        world.settle()


def test_nothing_that_a_member_writes_is_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with capture_logs() as lines:
        live(world)
    assert notices(world.telegram), "the notice was posted, so the words went all the way"
    logged = [*map(str, lines), caplog.text]
    assert [word for word in WORDS if any(word in line for line in logged)] == []


SCRIPT = """
import logging
from jobs import logs
from jobs.settings import JobsSettings

logs.configure("bot", JobsSettings())
data = {"message": {"text": "quokkafish"}}
log = logging.getLogger("telegram.ext.Updater")
log.critical("Something went wrong. Received data was *not* processed! Received data was: %r", data)
log.critical("Error while parsing updates! Received data was %r", [data])
"""


def test_an_update_that_the_library_cannot_read_is_logged_without_its_text(tmp_path: Path) -> None:
    done = scripts.run(SCRIPT, tmp_path)
    assert "Error while parsing updates" in done.stderr
    assert "quokkafish" not in done.stdout + done.stderr
