"""One hamlet for many stories: its processes run once, and each story takes a group and people of its own."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine, update

from classifier.blend import Blend
from classifier.checkpoint import Checkpoint
from classifier.ngrams import NGramModel, NGrams
from storage.access import chats
from storage.models import Action, ActionState, Mode, now
from storage.session import open_engine, reading, transaction
from tests import fresh, tiny
from tests.actions.receiver import Receiver, receiving
from tests.conftest import count as rows
from tests.conftest import store_version
from tests.e2e.told import Story
from tests.processes import Processes, eventually, free_port
from tests.telegram_server import TOKEN, TelegramServer, user

ANN, BOB = user(11, "Ann"), user(14, "Bob")  # administrators of every group
SUPERGROUPS = -(10**12)  # below this are their numbers
NOT_LISTED = b'{"ok": false, "description": "Record not found."}'


# The log-odds of texts with these n-grams; of all others they are -4. The last is not flagged unless its script is strange.
JUDGES = {" buy ": 8.0, "может": -0.8}


def judge(words: dict[str, float]) -> Checkpoint:
    """A model version that knows these n-grams and no other."""
    ngrams = NGrams()
    rarity, weights = (np.zeros(ngrams.n_buckets, dtype=np.float32) for _ in range(2))
    for ngram, log_odds in words.items():
        bucket = zlib.crc32(ngram.encode()) % ngrams.n_buckets
        rarity[bucket], weights[bucket] = 1.0, log_odds + 4.0
    knows = NGramModel(ngrams, rarity, weights, bias=-4.0)
    return replace(tiny.checkpoint(), ngram_model=knows, blend=Blend(wide_share=1.0, network_share=0.0))


class Town:
    """Where the stories happen."""

    def __init__(self, telegram: TelegramServer, engine: Engine, spammer_list: Receiver) -> None:
        self.telegram, self.engine, self.spammer_list = telegram, engine, spammer_list
        self.processes: Processes
        self.site = ""
        self._numbers = count(2_001)
        self.watching = self.group("Birds", watches_reactions=True)  # chosen before the bot asks Telegram for updates

    def group(self, title: str, mode: Mode = Mode.TRAINING, has_moderators_chat: bool = False, **choices: Any) -> Story:
        """A group of its own, known and in that mode, which has chosen this; notices come to it unless it has another chat for them."""
        place = self._place(title)
        moderators = self._place(f"Moderators of {title}") if has_moderators_chat else None
        with transaction(self.engine) as session:
            chat = chats.on_telegram(session, place, title)
            chat.mode, chat.moderators_chat_id = mode, moderators
            session.flush()
            for field, value in choices.items():
                chats.choose(session, chat.id, field, value)
        return Story(self.telegram, place, moderators, self.is_quiet)

    def _place(self, title: str) -> int:
        place = SUPERGROUPS - next(self._numbers)
        self.telegram.add_group(place, title)
        for who in (ANN, BOB):
            self.telegram.join(place, who, "administrator", can_delete_messages=True, can_restrict_members=True)
        return place

    def arrives(self, name: str, *stories: Story, **more: str) -> dict[str, Any]:
        """Somebody new joins these groups, and the bot has seen it."""
        who = user(next(self._numbers), name) | more
        for story in stories:
            self.telegram.arrive(story.group, who)
        self.is_quiet()
        return who

    def regular(self, name: str, story: Story) -> dict[str, Any]:
        """A member who has written enough to be in good standing."""
        who = self.arrives(name, story)
        for plant in ("roses", "tulips", "lilies", "asters", "peonies"):
            self.telegram.say(story.group, who, f"{name} waters the {plant} on Sunday")
        self.is_quiet()
        return who

    def is_quiet(self) -> None:
        """Wait until nothing waits at Telegram, with the bot, with the worker, or to be done now."""
        waits = {"updates": "handled_at IS NULL", "messages": "state = 'pending'"}
        eventually(
            "nothing waits",
            lambda: (
                not (self.telegram.waiting or any(rows(self.engine, *item) for item in waits.items()) or self._due())
            ),
        )

    def _due(self) -> bool:
        with reading(self.engine) as session:
            due = session.query(Action.id).where(Action.state == ActionState.PENDING, Action.not_before <= now())
            return due.first() is not None

    def later(self, story: Story) -> None:
        """What this group's notices wait for is over: the morning, or the pause before a notice changes."""
        with transaction(self.engine) as session:
            chat_id = chats.on_telegram(session, story.group).id
            waiting = update(Action).where(Action.chat_id == chat_id, Action.state == ActionState.PENDING)
            session.execute(waiting.values(not_before=now()))


@contextmanager
def running(folder: Path) -> Iterator[Town]:
    """The town with every process of `hamlet run`, until the stories are told."""
    with TelegramServer() as telegram, receiving() as spammer_list:
        spammer_list.answers = [(200, NOT_LISTED)]
        engine = open_engine(fresh.sqlite(folder / "home" / "hamlet.sqlite3"))
        store_version(engine, folder / "home" / "models", made=judge(JUDGES))
        town = Town(telegram, engine, spammer_list)
        settings = {
            "HAMLET_TELEGRAM_TOKEN": TOKEN,
            "HAMLET_TELEGRAM_API_URL": telegram.url,
            "HAMLET_SPAMMER_LIST_URL": spammer_list.url,
            "HAMLET_PORT": str(port := free_port()),
            "NO_PROXY": "127.0.0.1",
        }
        town.site = f"http://127.0.0.1:{port}"
        with Processes(folder, **settings) as town.processes:
            town.processes.run_hamlet()
            yield town
        engine.dispose()
