"""The same story with a real file, fetched over HTTP and read by the real reader in its own process."""

from __future__ import annotations

from functools import partial

import pytest

from actions import picture_process, pictures
from actions.picture_files import Files
from storage.models import Picture
from tests.actions.test_picture_reader import PATIENT, bomb, drawn
from tests.bot.picture_stories import prefer, show
from tests.bot.stories import notices
from tests.bot.world import World
from tests.storage import given
from tests.telegram_server import TOKEN

pytestmark = pytest.mark.stories


def post(world: World, file: bytes) -> None:
    """A picture under a caption, and all that follows."""
    show(world, "coins", caption="maybe")
    world.telegram.files["coins"] = file
    fetch = Files(world.telegram.url, TOKEN, {"trust_env": False}).fetch
    pictures.read_waiting(world.engine, fetch, partial(picture_process.read, bounds=PATIENT))
    world.settle()


def test_the_notice_says_what_stands_in_the_picture(world: World) -> None:
    prefer(world, reads_pictures=True, knows_pictures=True)
    post(world, drawn("Buy cheap coins today", kind="JPEG"))
    assert "In the picture: Buy cheap coins today" in notices(world.telegram)[0]["caption"]
    assert len(given.values(world.engine, Picture.perceptual_hash)[0]) == 64


@pytest.mark.parametrize("file", [bomb(60_000, 60_000), drawn()[:3_000], b"\0" * 20_000_000])
def test_a_bomb_a_broken_file_and_a_huge_one_could_not_be_read(world: World, file: bytes) -> None:
    prefer(world, reads_pictures=True)
    post(world, file)
    assert given.values(world.engine, Picture.error)[0].startswith("could not be read: ")
    assert "the picture could not be read" in notices(world.telegram)[0]["caption"]
