"""What the stories about pictures share: files that say what is in them, and a chat that wants pictures read."""

from __future__ import annotations

from typing import Any

from actions import outbound, pictures
from actions.picture_files import Files
from storage.access import chats
from storage.moderation.picture_readings import Reading, Waiting
from storage.outbound import configured
from storage.session import transaction
from tests.bot.stories import EVE, GROUP, photo
from tests.bot.world import World
from tests.telegram_server import TOKEN

COINS, ALMOST_COINS, ROSES = "ab" * 32, "ab" * 31 + "aa", "12" * 32  # perceptual hashes


def reads(data: bytes, waiting: Waiting) -> Reading:
    """A reader of files that hold words and a hash in plain letters."""
    words, _, perceptual_hash = data.decode().partition("#")
    return Reading(words if waiting.wants_words else "", perceptual_hash or None if waiting.wants_hash else None)


def prefer(world: World, chat_id: int = GROUP, **choices: Any) -> None:
    """Have pictures readable, and a group choose."""
    outbound.record(world.engine, configured.PICTURES, is_on=True)
    world.telegram.say(chat_id, EVE, "hello")
    world.settle()
    with transaction(world.engine) as session:
        for field, value in choices.items():
            chats.choose(session, world.chat(chat_id).id, field, value, "a test")


def show(world: World, file_id: str, words: str = "", perceptual_hash: str = "", **extra: Any) -> int:
    """Eve posts a picture with these words in it, and nobody has read it yet."""
    world.telegram.pictures.add(file_id)
    world.telegram.files[file_id] = f"{words}#{perceptual_hash}".encode()
    number = world.telegram.say(
        extra.pop("chat_id", GROUP), extra.pop("who", EVE), None, photo=[photo(file_id)], **extra
    )
    world.settle()
    return number


def look(world: World) -> int:
    """The pictures that wait are fetched and read, and all that follows. Returns how many were read."""
    count = pictures.read_waiting(world.engine, Files(world.telegram.url, TOKEN, {"trust_env": False}).fetch, reads)
    world.settle()
    return count
