"""The scenes of docs/moderation.md about members, reports, bans, choices and pictures, by name."""

from __future__ import annotations

import json
from functools import partial

from actions import outbound, picture_process, pictures
from actions.picture_files import Files
from actions.settings import OutboundSettings
from storage.outbound import configured
from tests.actions.receiver import receiving
from tests.actions.test_picture_reader import PATIENT, drawn
from tests.bot.stories import photo
from tests.review.scenes import Started
from tests.review.transcripts import COOKS, GROUP, MODERATORS, NINA, OLGA, Scene
from tests.telegram_server import TOKEN

ANSWER = json.dumps({"choices": [{"message": {"content": "spam - offers work in private"}}]}).encode()


def notice(start: Started) -> Scene:
    """What the README shows."""
    scene = start()
    scene.world.scores = {"300$": 0.97, **scene.world.scores}
    boris, lucky = scene.arrives(22, "Boris"), scene.arrives(24, "Lucky Day")
    scene.begin()
    scene.says(NINA, "Does anybody have tomato seedlings to swap?")
    scene.says(lucky, "Remote work, 300$ a day, no experience, nothing to buy. Places are few, write me in private!")
    scene.says(boris, "Nina, I have six left, come by on Saturday")
    return scene


def notice_links(start: Started) -> Scene:
    scene = start(has_moderators_chat=True)
    first = scene.arrives(24, "Lucky Day")
    scene.says(first, "Who wants to buy 1000 followers? Write me in private")
    scene.presses(OLGA, "Spam", MODERATORS)
    eve = scene.arrives(21, "Eve")
    scene.begin()
    scene.says(eve, "Who wants to buy 3000 followers? Write me in private")
    return scene


def members(start: Started) -> Scene:
    scene = start(warnings_mute=2, warnings_ban=3)
    boris, max_ = scene.arrives(22, "Boris", username="boris_g"), scene.arrives(26, "Max")
    scene.begin()
    loud = scene.says(boris, "YOUR TOMATOES ARE THE WORST")
    scene.says(NINA, "/mute 2h", to=loud)
    scene.says(NINA, "/unban @boris_g")
    for text in ("ALL OF YOU KNOW NOTHING", "NOTHING AT ALL"):
        scene.says(NINA, "/warn", to=scene.says(max_, text))
    scene.says(NINA, "/trust 22")
    return scene


def reports(start: Started) -> Scene:
    scene = start(reports_hide=2, informs_reporters=True)
    boris, max_ = scene.regular(22, "Boris"), scene.regular(26, "Max")
    scene.telegram.whisper(boris, "/start")
    eve = scene.arrives(21, "Eve")
    scene.begin()
    reported = scene.says(eve, "Come to my shop around the corner")
    for who in (boris, max_):
        scene.says(who, "/report", to=reported)
    scene.presses(NINA, "Not spam")
    return scene


def shared_bans(start: Started) -> Scene:
    scene = start(shares_bans=True)
    scene.choose(COOKS, shares_bans=True)
    eve = scene.arrives(21, "Eve", GROUP, COOKS)
    scene.begin()
    scene.says(eve, "Who wants to buy cheap seeds? Write me in private")
    scene.presses(NINA, "Spam")
    return scene


def more_settings(start: Started) -> Scene:
    scene = start()
    scene.says(NINA, "/settings")
    for button in ("More settings", "Notices wait for the morning"):
        scene.presses(NINA, button)
    return scene


def second_opinion(start: Started) -> Scene:
    scene = start(has_moderators_chat=True)
    eve = scene.arrives(21, "Eve")
    scene.begin()
    with receiving() as server:
        server.answers = [(200, ANSWER)]
        asks = OutboundSettings(second_opinion_url=server.url, second_opinion_model="another")
        outbound.ask(scene.world.engine, asks)
        scene.says(eve, "Need work? maybe I have some for you, write me in private")
        outbound.ask(scene.world.engine, asks)
        scene.settle()
    return scene


def pictures_read(start: Started) -> Scene:
    """Read by the real reader, in a process of its own."""
    scene = start(reads_pictures=True)
    outbound.record(scene.world.engine, configured.PICTURES, is_on=True)
    scene.world.scores = {"coins": 0.95, **scene.world.scores}
    scene.telegram.pictures.add("coins")
    scene.telegram.files["coins"] = drawn("Cheap coins today", "only at coins.example", kind="JPEG")
    eve = scene.arrives(21, "Eve")
    scene.begin()
    scene.says(eve, None, photo=[photo("coins")])
    fetch = Files(scene.telegram.url, TOKEN, {"trust_env": False}).fetch
    pictures.read_waiting(scene.world.engine, fetch, partial(picture_process.read, bounds=PATIENT))
    scene.settle()
    return scene


OF_MODERATORS = (notice, notice_links, members, reports, shared_bans, more_settings, second_opinion, pictures_read)
