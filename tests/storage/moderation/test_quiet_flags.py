"""What a rescan flags without notices is in no digest, neither of a night nor of a raid; what it acts on is."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine

from storage.access import chats
from storage.models import Mode, ModelVersion, Rescan, RescanHit, Standing, now
from storage.moderation import raids, rescan_flags, rescans
from storage.moderation.raids import HeldBack
from storage.nights import EAST, OFFSETS
from storage.session import reading, transaction
from tests.storage import given


def rescanned(engine: Engine, *, acts: bool) -> None:
    """The first two messages, judged ham by v1, flagged as v2 sees them."""
    old = given.version(engine, "v1")
    for number in (1, 2):
        given.verdict(engine, old, given.incoming(f"text {number}", number), 0.1)
    given.mode(engine, Mode.TRAINING)
    with transaction(engine) as session:
        rescan = rescans.request(session, 1, 7, "web:ann")
        rescan.done_at = now()
        rescan_id = rescan.id
    new = given.version(engine, "v2")
    with transaction(engine) as session:
        session.get_one(Rescan, rescan_id).model_version_id = new.id
        for number in (1, 2):
            hit = {"rescan_id": rescan_id, "message_id": number, "edit": 0, "standing": Standing.NEWCOMER}
            session.add(RescanHit(**hit, score=0.93, review_threshold=0.5, act_threshold=0.9))
    with transaction(engine) as session:
        raids.ask_for_digest(session, 1, now() + timedelta(hours=5))
        rescan_flags.flag(session, 1, rescan_id, "web:ann", acts=acts)


def held_back(engine: Engine) -> HeldBack:
    with reading(engine) as session:
        return raids.held_back(session, 1)


def test_a_digest_does_not_stand_for_quiet_flags(engine: Engine) -> None:
    rescanned(engine, acts=False)
    assert held_back(engine).count == 0
    with reading(engine) as session:
        assert raids.undecided(session, 1, 1, 99, 10) == []


def test_neither_after_the_next_rescan(engine: Engine) -> None:
    rescanned(engine, acts=False)
    with transaction(engine) as session:
        rescans.request(session, 1, 7, "web:ann")
    assert held_back(engine).count == 0


def test_what_was_edited_and_flagged_since_is_in_the_digest(engine: Engine) -> None:
    rescanned(engine, acts=False)
    with reading(engine) as session:
        version = session.get_one(ModelVersion, 2)
    given.verdict(engine, version, given.edited("buy now, edited", 1))
    assert held_back(engine).count == 1


def test_flags_that_are_acted_on_are_in_the_digest_of_a_night(engine: Engine) -> None:
    with transaction(engine) as session:
        chat = chats.on_telegram(session, -100123)
        hour = (2 - now().hour) % 24
        zones = {hours: word for word, hours in OFFSETS.items()}
        chats.choose(session, chat.id, "quiet_night", "22to7")
        chats.choose(session, chat.id, "time_zone", zones[hour if hour <= EAST else hour - 24])
    rescanned(engine, acts=True)
    assert held_back(engine).count == 2
