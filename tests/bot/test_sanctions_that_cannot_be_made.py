"""A sanction that cannot be made at once: its member has left, its end is past, the bot lacks the right."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from storage.models import Action, ActionKind, ActionState, Correction, Message, Mode, now
from storage.sanctions import Reason
from storage.session import reading, transaction
from tests.bot.sanction_stories import all_due, member, notice_text, press
from tests.bot.stories import ANN, EVE, GROUP, notices, spam, stands
from tests.bot.world import World
from tests.storage import given
from tests.telegram_server import BOT, Refused

pytestmark = pytest.mark.stories

# Who is not there


def test_who_left_is_restricted_when_they_return(world: World) -> None:
    spam(world, Mode.SOFT, text="hello")
    world.telegram.say(GROUP, EVE, "buy now")
    world.telegram.join(GROUP, EVE, "left")
    world.settle()
    assert "restricted" not in notice_text(world)
    assert "may not write after returning" in notice_text(world)
    world.telegram.arrive(GROUP, EVE)
    world.settle()
    assert member(world)["status"] == "restricted"
    assert "restricted" in notice_text(world)


def test_who_left_and_was_found_innocent_returns_unharmed(world: World) -> None:
    spam(world, Mode.SOFT, text="hello")
    world.telegram.say(GROUP, EVE, "buy now")
    world.telegram.join(GROUP, EVE, "left")
    world.settle()
    press(world, "Not spam")
    world.telegram.arrive(GROUP, EVE)
    world.settle()
    assert member(world)["status"] == "member"


# Clocks


@pytest.mark.parametrize("left", [timedelta(days=-1), timedelta(seconds=10)])
def test_a_ban_whose_end_is_past_is_not_made_and_not_claimed(world: World, left: timedelta) -> None:
    """A backup of a month ago is restored: Telegram would take such an end for none at all."""
    spam(world, Mode.TRAINING)
    world.telegram.press(ANN, notices(world.telegram)[0], "Spam")
    world.hear()
    with transaction(world.engine) as session:
        session.execute(update(Message).values(sent_at=now() - timedelta(days=31)))
        session.execute(update(Action).where(Action.kind == ActionKind.BAN).values(until=now() + left))
    world.settle()
    assert world.telegram.called("banChatMember") == []
    assert "banned" not in notice_text(world)
    with reading(world.engine) as session:
        ban = session.scalars(select(Action).filter_by(kind=ActionKind.BAN)).one()
    assert (ban.state, ban.error) == (ActionState.FAILED, Reason.OVER)


@pytest.mark.parametrize("wrong", [timedelta(days=-4000), timedelta(days=500)])
def test_a_ban_that_a_wrong_clock_asked_for_lasts_thirty_days(world: World, wrong: timedelta) -> None:
    spam(world, Mode.TRAINING)
    world.telegram.press(ANN, notices(world.telegram)[0], "Spam")
    world.hear()
    with transaction(world.engine) as session:
        session.execute(update(Action).where(Action.kind == ActionKind.BAN).values(until=now() + wrong))
    world.settle()
    end = (now() + timedelta(days=30)).timestamp()
    assert abs(member(world)["until_date"] - end) < 60


# Rights


def tomorrow_without_rights(world: World) -> None:
    world.telegram.join(GROUP, BOT, "administrator", can_delete_messages=True)
    all_due(world)


def test_a_ban_that_is_refused_in_a_later_attempt_is_told(world: World) -> None:
    world.telegram.fail_next("banChatMember", Refused(502, "Bad Gateway"))
    spam(world, Mode.ENFORCE)
    tomorrow_without_rights(world)
    assert "could not be banned" in notice_text(world)


def test_an_undoing_that_is_refused_in_a_later_attempt_is_told(world: World) -> None:
    spam(world, Mode.ENFORCE)
    world.telegram.fail_next("unbanChatMember", Refused(502, "Bad Gateway"))
    press(world, "Not spam")
    tomorrow_without_rights(world)
    assert "could not be unbanned" in notice_text(world)


@pytest.mark.parametrize("mode", [Mode.TRAINING, Mode.OBSERVE])
def test_spam_pressed_again_does_what_could_not_be_done(world: World, mode: Mode) -> None:
    flagged = spam(world, mode)
    world.telegram.join(GROUP, BOT, "administrator")
    press(world, "Spam")
    world.telegram.join(GROUP, BOT, "administrator", can_delete_messages=True, can_restrict_members=True)
    world.mode(Mode.TRAINING)
    press(world, "Spam")
    assert not stands(world.telegram, flagged)
    assert member(world)["status"] == "kicked"
    assert len(given.values(world.engine, Correction.id)) == 1
