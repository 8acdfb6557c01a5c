"""The scenes of docs/moderation.md: what moderators are shown of newcomers, by name."""

from __future__ import annotations

from collections.abc import Callable

from storage.access import chats
from storage.models import Listing, Message, MessageState, now
from storage.nights import EAST, OFFSETS
from storage.session import transaction
from tests.bot.stories import photo
from tests.review.transcripts import GROUP, MODERATORS, NINA, OLGA, Scene
from tests.storage import given

Started = Callable[..., Scene]  # with the choices of its group


def wordless(start: Started) -> Scene:
    scene = start(has_moderators_chat=True, wordless="hold")
    eve = scene.arrives(21, "Eve")
    scene.telegram.pictures.add("roses")
    scene.begin()
    scene.says(eve, None, photo=[photo("roses")])
    scene.presses(NINA, "Let it in", MODERATORS)
    return scene


def everything(start: Started) -> Scene:
    scene = start(spam_removes="chat")
    eve = scene.arrives(21, "Eve")
    scene.begin()
    scene.says(eve, "Good morning everybody!")
    scene.says(eve, "Does anybody need help with the garden?")
    scene.says(eve, "Who wants to buy seeds at half the price, write me in private")
    scene.presses(NINA, "Spam")
    return scene


def flood(start: Started) -> Scene:
    scene = start(floods=True)
    people = [scene.arrives(20 + number, name) for number, name in enumerate(("Eve", "Mia", "Zoe"))]
    scene.begin()
    for number, who in enumerate(people):
        scene.says(who, f"Join our evening of wonders at 7 pm, room {number + 1}")
    scene.presses(NINA, "All of them are spam")
    given.passed(scene.world.engine, "actions", "not_before")
    scene.settle()
    return scene


def holds(start: Started) -> Scene:
    scene = start(has_moderators_chat=True, hold_links=True)
    eve, mia = scene.arrives(21, "Eve"), scene.arrives(22, "Mia")
    scene.begin()
    scene.says(eve, "My roses have a page now: https://roses.example")
    scene.presses(NINA, "Let it in", MODERATORS)
    scene.says(mia, "See you at https://tulips.example")
    scene.presses(OLGA, "Refuse", MODERATORS)
    return scene


def rules(start: Started) -> Scene:
    scene = start()
    eve = scene.arrives(21, "Eve")
    scene.begin()
    scene.says(NINA, "/flag roulette")
    scene.says(NINA, "/allow garden club")
    scene.says(NINA, "/rules")
    scene.says(eve, "Who plays ROULETTE with me tonight?")
    return scene


def names(start: Started) -> Scene:
    scene = start(has_moderators_chat=True, reads_joining_names=True)
    scene.world.scores = {"usdt": 0.93, **scene.world.scores}
    scene.arrives(23, "Ida", username="get_usdt_bonus")
    scene.presses(NINA, "Spam", MODERATORS)
    return scene


def scripts(start: Started) -> Scene:
    scene = start(has_moderators_chat=True, weighs_scripts=True)
    scene.world.scores = {"работа": 0.42, **scene.world.scores}
    with transaction(scene.world.engine) as session:
        chat_id = chats.on_telegram(session, GROUP).id
        about = {"chat_id": chat_id, "author_id": 8, "sent_at": now(), "state": MessageState.HISTORY}
        session.add_all(Message(message_id=100_000 + n, text="good morning, garden", **about) for n in range(200))
    eve = scene.arrives(21, "Eve")
    scene.begin()
    scene.says(eve, "Удалённая работа, 300$ в день, пишите в личку")
    return scene


def listed(start: Started) -> Scene:
    scene = start(spammer_list=True)
    eve = scene.arrives(21, "Eve")
    with transaction(scene.world.engine) as session:
        moment = now()
        row = Listing(user_id=eve["id"], asked_at=moment, answered_at=moment, is_listed=True, since=given.NOON)
        row.source = "spammers.example"
        session.add(row)
    scene.begin()
    scene.says(eve, "Hello everybody, what a nice group")
    return scene


def reactions(start: Started) -> Scene:
    scene = start(watches_reactions=True)
    eve = scene.arrives(21, "Eve")
    scene.begin()
    news = [scene.telegram.say(GROUP, NINA, f"Bed {number + 1} is watered") for number in range(11)]
    scene.world.settle()
    scene._drawn = set(scene.telegram.history) - {(GROUP, news[-1])}
    for number in news:
        scene.telegram.react(GROUP, eve, number)
    scene.settle()
    scene.presses(NINA, "Ban")
    return scene


def digest(start: Started) -> Scene:
    hours = (2 - now().hour) % 24
    zones = {hours: word for word, hours in OFFSETS.items()}
    scene = start(quiet_night="22to7", time_zone=zones[hours if hours <= EAST else hours - 24])
    eve, mia = scene.arrives(21, "Eve"), scene.arrives(22, "Mia")
    scene.begin()
    scene.says(eve, "Who wants to buy followers? Cheap")
    scene.says(mia, "I buy old accounts, write me in private")
    given.passed(scene.world.engine, "actions", "not_before")
    scene.settle()
    scene.presses(NINA, "All of them are spam")
    return scene


OF_NEWCOMERS = (wordless, everything, flood, holds, rules, names, scripts, listed, reactions, digest)
