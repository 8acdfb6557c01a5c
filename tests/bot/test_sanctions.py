"""A sanction is what Telegram says it is: what people did by hand stays, and notices claim nothing that is not so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import ColumnElement, select, update

from storage.learning import erasure
from storage.models import Action, ActionKind, ActionState, Correction, Message, Mode, now
from storage.moderation import clock
from storage.rules import UNDONE_BY
from storage.sanctions import Reason
from storage.session import reading, transaction
from tests.bot.stories import ANN, CHANNEL, EVE, GROUP, MAX, notices, spam, stands
from tests.bot.world import World
from tests.storage import given
from tests.telegram_server import BOT, Refused

pytestmark = pytest.mark.stories

SOMEBODY = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
LATER = int((now() + timedelta(days=200)).timestamp())
PHOTO = {"file_id": "p", "file_unique_id": "p", "width": 10, "height": 10}
TEXTS_ONLY = {"status": "restricted", "is_member": True, "can_send_messages": True, "can_send_photos": False}


def by_hand(world: World, **status: Any) -> None:
    """A moderator does it in Telegram's own interface; the bot missed it."""
    world.telegram._members[GROUP, EVE["id"]] = {"user": EVE, **status}


def member(world: World) -> dict[str, Any]:
    return world.telegram._members[GROUP, EVE["id"]]


def press(world: World, button: str, which: int = 0) -> None:
    world.telegram.press(ANN, notices(world.telegram)[which], button)
    world.settle()


def said(world: World, which: int = 0) -> str:
    """The last line of a notice but for the decisions."""
    return str(notices(world.telegram)[which]["text"])


def all_due(world: World) -> None:
    with transaction(world.engine) as session:
        session.execute(update(Action).values(not_before=Action.created_at))
    world.settle()


# By hand


@pytest.mark.parametrize("button", ["Spam", "Not spam"])
def test_a_ban_for_good_stays_one_whatever_button_is_pressed_under_another_message(world: World, button: str) -> None:
    first = spam(world, Mode.TRAINING)
    world.telegram.say(GROUP, EVE, "buy more")
    world.settle()
    world.telegram.reply(GROUP, ANN, first, "/ban for good")
    world.settle()
    press(world, button, which=1)
    assert (member(world)["status"], member(world)["until_date"]) == ("kicked", 0)


def test_a_ban_for_good_that_failed_is_tried_again_for_good(world: World) -> None:
    first = spam(world, Mode.TRAINING)
    world.telegram.join(GROUP, EVE, "administrator")
    world.telegram.reply(GROUP, ANN, first, "/ban for good")
    world.settle()
    assert "who is an administrator" in said(world)
    world.telegram.join(GROUP, EVE)
    press(world, "Spam")
    assert (member(world)["status"], member(world)["until_date"]) == ("kicked", 0)


@pytest.mark.parametrize("until", [0, LATER], ids=["for good", "until later"])
def test_a_ban_by_hand_is_neither_shortened_nor_lifted(world: World, until: int) -> None:
    spam(world, Mode.TRAINING)
    by_hand(world, status="kicked", until_date=until)
    press(world, "Spam")
    assert member(world)["until_date"] == until
    press(world, "Not spam")
    assert (member(world)["status"], member(world)["until_date"]) == ("kicked", until)
    assert "what was done by hand stands" in said(world)
    assert "unbanned" not in said(world)


def test_a_shorter_ban_by_hand_comes_back_with_the_undo(world: World) -> None:
    spam(world, Mode.TRAINING)
    tomorrow = int((now() + timedelta(days=1)).timestamp())
    by_hand(world, status="kicked", until_date=tomorrow)
    press(world, "Spam")
    assert member(world)["until_date"] > tomorrow
    press(world, "Not spam")
    assert (member(world)["status"], member(world)["until_date"]) == ("kicked", tomorrow)


def test_a_ban_by_hand_after_hamlets_is_not_lifted(world: World) -> None:
    spam(world, Mode.ENFORCE)
    by_hand(world, status="kicked", until_date=0)
    press(world, "Not spam")
    assert member(world)["status"] == "kicked"
    assert "banned for good" in said(world)


def test_a_restriction_by_hand_comes_back_with_the_undo(world: World) -> None:
    spam(world, Mode.SOFT, text="hello")
    by_hand(world, **TEXTS_ONLY, until_date=LATER)
    world.telegram.say(GROUP, EVE, "buy now")
    world.settle()
    assert not member(world)["can_send_messages"]
    assert member(world)["until_date"] == LATER, "it ends no sooner than the one by hand"
    press(world, "Not spam")
    assert (member(world)["can_send_messages"], member(world)["can_send_photos"]) == (True, False)
    assert member(world)["until_date"] == LATER


def test_a_restriction_by_hand_comes_back_when_hamlets_time_is_over(world: World) -> None:
    spam(world, Mode.SOFT, text="hello")
    by_hand(world, **TEXTS_ONLY, until_date=0)
    world.telegram.say(GROUP, EVE, "buy now")
    world.settle()
    assert not member(world)["can_send_messages"]
    all_due(world)
    assert (member(world)["status"], member(world)["can_send_messages"]) == ("restricted", True)


def test_a_mute_by_hand_is_not_lifted(world: World) -> None:
    spam(world, Mode.SOFT, text="hello")
    by_hand(world, status="restricted", is_member=True, until_date=0)
    world.telegram.say(GROUP, EVE, "buy now")
    world.settle()
    press(world, "Not spam")
    assert (member(world)["status"], member(world)["until_date"]) == ("restricted", 0)


def test_soft_mode_makes_no_restriction_of_a_ban(world: World) -> None:
    spam(world, Mode.SOFT, text="hello")
    world.telegram.say(GROUP, EVE, "buy now")
    by_hand(world, status="kicked", until_date=0)
    world.settle()
    assert member(world)["status"] == "kicked"
    assert "banned for good" in said(world)


def test_somebody_who_was_let_go_by_hand_is_said_to_be_free(world: World) -> None:
    spam(world, Mode.ENFORCE)
    world.telegram.join(GROUP, EVE, "left")
    with world.telegram.world():
        changed = {
            "old_chat_member": {"user": EVE, "status": "kicked", "until_date": 0},
            "new_chat_member": member(world),
        }
        about = {"chat": {"id": GROUP, "type": "supergroup", "title": "Gardeners"}, "from": ANN}
        world.telegram._tell({"chat_member": about | changed | {"date": int(now().timestamp())}})
    world.settle()
    assert "the ban is over" in said(world)


# Who is not there, and channels


def test_who_left_is_restricted_when_they_return(world: World) -> None:
    spam(world, Mode.SOFT, text="hello")
    world.telegram.say(GROUP, EVE, "buy now")
    world.telegram.join(GROUP, EVE, "left")
    world.settle()
    assert "restricted" not in said(world)
    assert "after a return they may not write" in said(world)
    world.telegram.arrive(GROUP, EVE)
    world.settle()
    assert member(world)["status"] == "restricted"
    assert "restricted" in said(world)


def test_who_left_and_was_found_innocent_returns_unharmed(world: World) -> None:
    spam(world, Mode.SOFT, text="hello")
    world.telegram.say(GROUP, EVE, "buy now")
    world.telegram.join(GROUP, EVE, "left")
    world.settle()
    press(world, "Not spam")
    world.telegram.arrive(GROUP, EVE)
    world.settle()
    assert member(world)["status"] == "member"


def test_a_channel_in_soft_mode_writes_no_more_for_thirty_days(world: World) -> None:
    spam(world, Mode.SOFT, text="hello")
    world.telegram.say(GROUP, SOMEBODY, "buy now", sender_chat=CHANNEL)
    world.settle()
    assert world.telegram.banned_channels == {(GROUP, CHANNEL["id"])}
    assert "· banned" in said(world)
    all_due(world)
    assert world.telegram.banned_channels == set()


def test_not_spam_lets_a_channel_write_again(world: World) -> None:
    spam(world, Mode.SOFT, text="hello")
    world.telegram.say(GROUP, SOMEBODY, "buy now", sender_chat=CHANNEL)
    world.settle()
    press(world, "Not spam")
    assert world.telegram.banned_channels == set()
    assert "unbanned" in said(world)


def over(world: World, verdict_or_order: ColumnElement[bool]) -> None:
    """The end that these sanctions were given has come, and with it their release."""
    with transaction(world.engine) as session:
        ended = update(Action).where(verdict_or_order, Action.until.is_not(None)).values(until=now())
        session.execute(ended.execution_options(synchronize_session=False))
        due = update(Action).where(verdict_or_order, Action.kind.in_(UNDONE_BY)).values(not_before=now())
        session.execute(due.execution_options(synchronize_session=False))
    world.settle()


@pytest.mark.parametrize("word", ["/ban", "/ban for good"])
@pytest.mark.parametrize("about", ["the same message", "another", "a picture"])
def test_a_channels_release_lifts_no_later_ban_that_lasts_longer(world: World, word: str, about: str) -> None:
    spam(world, Mode.SOFT, text="hello")
    world.telegram.say(GROUP, SOMEBODY, "buy now", sender_chat=CHANNEL)
    world.settle()
    if about == "the same message":
        world.telegram.reply(GROUP, ANN, notices(world.telegram)[0]["message_id"], word)
    else:
        other = {"photo": [PHOTO]} if about == "a picture" else {}
        second = world.telegram.say(GROUP, SOMEBODY, None if other else "hi all", sender_chat=CHANNEL, **other)
        world.settle()
        world.telegram.reply(GROUP, ANN, second, word)
    world.settle()
    over(world, Action.kind.in_((ActionKind.RESTRICT, ActionKind.LIFT)))
    assert world.telegram.banned_channels == {(GROUP, CHANNEL["id"])}
    over(world, Action.kind.in_((ActionKind.BAN, ActionKind.UNBAN)))
    is_for_good = word == "/ban for good"
    assert ((GROUP, CHANNEL["id"]) in world.telegram.banned_channels) == is_for_good


def test_a_channel_whose_longer_ban_is_undone_after_the_shorter_is_over_is_let_go(world: World) -> None:
    spam(world, Mode.SOFT, text="hello")
    for text in ("buy now", "buy more"):
        world.telegram.say(GROUP, SOMEBODY, text, sender_chat=CHANNEL)
        world.settle()
    first = min(n for n in given.values(world.engine, Action.verdict_id) if n is not None)
    over(world, Action.verdict_id == first)
    assert world.telegram.banned_channels == {(GROUP, CHANNEL["id"])}
    press(world, "Not spam", which=1)
    assert world.telegram.banned_channels == set()


def test_a_restriction_by_hand_waits_for_the_last_of_hamlets_mutes(world: World) -> None:
    spam(world, Mode.SOFT, text="hello")
    by_hand(world, **TEXTS_ONLY, until_date=0)
    for text in ("buy now", "buy more"):
        world.telegram.say(GROUP, EVE, text)
        world.settle()
    first = min(n for n in given.values(world.engine, Action.verdict_id) if n is not None)
    over(world, Action.verdict_id == first)
    assert not member(world)["can_send_messages"]
    over(world, Action.verdict_id.is_not(None))
    assert (member(world)["status"], member(world)["can_send_messages"]) == ("restricted", True)


def test_not_spam_lifts_no_ban_that_was_ordered_about_a_picture(world: World) -> None:
    spam(world, Mode.ENFORCE, text="hello")
    picture = world.telegram.say(GROUP, EVE, None, photo=[PHOTO])
    world.telegram.say(GROUP, EVE, "buy now")
    world.settle()
    world.telegram.reply(GROUP, ANN, picture, "/ban")
    world.settle()
    press(world, "Not spam")
    assert member(world)["status"] == "kicked"


# Forgetting


def test_forget_between_flag_and_decision_leaves_somebody_to_ban(world: World) -> None:
    spam(world, Mode.TRAINING)
    world.telegram.whisper(EVE, "/forget yes")
    world.settle()
    press(world, "Spam")
    assert member(world)["status"] == "kicked"
    assert world.texts_stored() == [""]


@pytest.mark.parametrize("order", ["/spam", "/ban"])
def test_who_forgot_is_banned_by_a_reply_to_what_they_wrote(world: World, order: str) -> None:
    said_once = spam(world, Mode.TRAINING, text="come and see")
    world.telegram.whisper(EVE, "/forget yes")
    world.settle()
    world.telegram.reply(GROUP, ANN, said_once, order)
    world.settle()
    assert not stands(world.telegram, said_once)
    assert member(world)["status"] == "kicked"
    assert given.learned(world.engine) == []


@pytest.mark.parametrize("forgets", ["by command", "by age"])
def test_what_is_forgotten_after_a_ban_leaves_somebody_to_unban(world: World, forgets: str) -> None:
    spam(world, Mode.ENFORCE)
    if forgets == "by command":
        world.telegram.whisper(EVE, "/forget yes")
        world.settle()
    else:
        with transaction(world.engine) as session:
            session.execute(update(Message).values(received_at=now() - timedelta(days=8)))
        with transaction(world.engine) as session:
            assert erasure.expire(session, 7) == 1
    press(world, "Not spam")
    assert member(world)["status"] == "left"
    assert "unbanned" in said(world)


def test_a_spammer_unlearns_nothing(world: World) -> None:
    spam(world, Mode.TRAINING)
    press(world, "Spam")
    world.telegram.whisper(EVE, "/forget yes")
    world.settle()
    assert given.values(world.engine, Correction.state) == ["accepted"]
    assert given.values(world.engine, Message.author_name) == [""]


def test_who_forgets_is_not_heard_twice(world: World) -> None:
    spam(world, Mode.ENFORCE)
    for words in ("/appeal please", "/forget yes", "/appeal please"):
        world.telegram.whisper(EVE, words)
        world.settle()
    assert world.telegram.sent_to(EVE["id"])[-1]["text"].startswith("You have appealed already")


def test_where_nobody_is_known_the_notice_says_so(world: World) -> None:
    spam(world, Mode.TRAINING)
    with transaction(world.engine) as session:
        session.execute(update(Message).values(author_id=None))
    press(world, "Spam")
    assert "banned" not in said(world)
    assert "who it was is not stored any more" in said(world)


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
    assert "banned" not in said(world)
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


# Standing


def test_short_words_earn_nobody_patience(world: World) -> None:
    spam(world, Mode.ENFORCE, text="hello", who=MAX)
    for word in ("hi", "ok", "yes", "lol", "+", "oh yes"):
        world.telegram.say(GROUP, EVE, word)
    world.settle()
    post = world.telegram.say(GROUP, EVE, "buy now, last chance")
    world.settle()
    assert not stands(world.telegram, post)
    assert member(world)["status"] == "kicked"


# What another message or order did


@pytest.mark.parametrize(
    ("mode", "word", "told"), [(Mode.SOFT, "/ban", "banned"), (Mode.ENFORCE, "/ban for good", "banned for good")]
)
def test_a_notice_tells_what_an_order_about_another_message_made_of_the_sanction(
    world: World, mode: Mode, word: str, told: str
) -> None:
    other = spam(world, mode, text="hello")
    world.telegram.say(GROUP, EVE, "buy now")
    world.settle()
    world.telegram.reply(GROUP, ANN, other, word)
    world.settle()
    assert f" · {told}" in said(world)


def test_an_earlier_notice_of_an_appeal_tells_the_end_of_the_ban_too(world: World) -> None:
    spam(world, Mode.ENFORCE)
    world.telegram.whisper(EVE, "/appeal it was not me")
    world.settle()
    press(world, "Not spam", which=1)
    assert ["unbanned" in said(world, which) for which in (0, 1)] == [True, True]


@pytest.mark.parametrize("modes", [(Mode.SOFT, Mode.ENFORCE), (Mode.ENFORCE, Mode.SOFT)])
def test_a_channel_is_let_go_with_the_last_of_what_it_was_silenced_for(world: World, modes: tuple[Mode, Mode]) -> None:
    world.telegram.say(GROUP, ANN, "welcome")
    world.settle()
    for mode, text in zip(modes, ("buy now", "buy more"), strict=True):
        world.mode(mode)
        world.telegram.say(GROUP, SOMEBODY, text, sender_chat=CHANNEL)
        world.settle()
    press(world, "Not spam", which=0)
    assert (GROUP, CHANNEL["id"]) in world.telegram.banned_channels
    press(world, "Not spam", which=1)
    assert (GROUP, CHANNEL["id"]) not in world.telegram.banned_channels


@pytest.mark.parametrize("clock_was_ahead", [timedelta(), timedelta(days=500)])
def test_a_channels_release_waits_for_its_end_whatever_the_clock_brings_back(
    world: World, clock_was_ahead: timedelta
) -> None:
    spam(world, Mode.SOFT, text="hello")
    world.telegram.say(GROUP, SOMEBODY, "buy now", sender_chat=CHANNEL)
    world.settle()
    release = Action.kind == ActionKind.LIFT
    with transaction(world.engine) as session:
        end = session.scalars(select(Action.not_before).where(release)).one() + clock_was_ahead
        session.execute(update(Action).where(release).values(not_before=end))
        clock.bring_back(session)
    world.settle()
    assert world.telegram.banned_channels == {(GROUP, CHANNEL["id"])}
    with reading(world.engine) as session:
        end = session.scalars(select(Action.not_before).where(release)).one()
    assert abs(end - now() - timedelta(days=30)) < timedelta(minutes=1)


# What keeps a sanction up


@pytest.mark.parametrize("order", ["/ban", "/ban for good"])
def test_not_spam_leaves_the_ban_that_was_ordered_for_a_picture(world: World, order: str) -> None:
    spam(world, Mode.TRAINING)
    picture = world.telegram.say(
        GROUP, EVE, None, photo=[{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
    )
    world.telegram.reply(GROUP, ANN, picture, order)
    world.settle()
    press(world, "Spam")
    press(world, "Not spam")
    assert member(world)["status"] == "kicked"
    assert (member(world)["until_date"] == 0) == (order == "/ban for good")


def test_a_pardon_leaves_the_ban_for_another_message(world: World) -> None:
    spam(world, Mode.TRAINING)
    picture = world.telegram.say(
        GROUP, EVE, None, photo=[{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
    )
    world.telegram.reply(GROUP, ANN, picture, "/ban")
    world.settle()
    world.telegram.whisper(EVE, "/appeal it was art")
    world.settle()
    appeal = next(m for m in world.telegram.sent_to(GROUP) if "Lift the ban" in str(m.get("reply_markup")))
    press(world, "Spam")
    world.telegram.press(ANN, appeal, "Lift the ban")
    world.settle()
    assert member(world)["status"] == "kicked"
    press(world, "Not spam")
    assert member(world)["status"] == "left"


@pytest.mark.parametrize("ended", ["by itself", "by hand"])
def test_a_ban_that_ended_keeps_no_later_one_up(world: World, ended: str) -> None:
    spam(world, Mode.TRAINING)
    press(world, "Spam")
    world.telegram.sanction(GROUP, ANN, EVE, "left")
    if ended == "by hand":
        world.settle()
    else:
        with world.telegram.world() as updates:
            updates.pop()  # Telegram tells nobody
            world.telegram._next_update -= 1
        with transaction(world.engine) as session:
            session.execute(update(Action).where(Action.kind == ActionKind.BAN).values(until=now() - timedelta(days=1)))
    world.telegram.come_back(GROUP, EVE)
    world.telegram.say(GROUP, EVE, "buy more")
    world.settle()
    press(world, "Spam", which=1)
    assert member(world)["status"] == "kicked"
    press(world, "Not spam", which=1)
    assert member(world)["status"] == "left"


def test_a_mute_comes_back_where_the_ban_on_top_of_it_is_undone(world: World) -> None:
    spam(world, Mode.SOFT, text="maybe so")
    press(world, "Spam")
    world.telegram.say(GROUP, EVE, "maybe another thing")
    world.settle()
    world.telegram.say(GROUP, ANN, "/ban", reply_to_message=notices(world.telegram)[1])
    world.settle()
    assert member(world)["status"] == "kicked"
    press(world, "Not spam", which=1)
    world.telegram.come_back(GROUP, EVE)
    world.settle()
    assert (member(world)["status"], "restricted" in said(world)) == ("restricted", True)
    press(world, "Not spam")
    assert member(world)["status"] == "member"


@pytest.mark.parametrize("first", ["/ban", "/ban for good"])
@pytest.mark.parametrize("about", ["words", "a picture"])
def test_a_ban_lasts_as_long_as_the_longest_that_was_not_taken_back(world: World, first: str, about: str) -> None:
    spam(world, Mode.TRAINING)
    content = {} if about == "words" else {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]}
    other = world.telegram.say(GROUP, EVE, "come and see" if about == "words" else None, **content)
    world.settle()
    world.telegram.reply(GROUP, ANN, other, first)
    world.settle()
    world.telegram.say(GROUP, ANN, "/ban for good", reply_to_message=notices(world.telegram)[0])
    world.settle()
    assert (member(world)["status"], member(world)["until_date"]) == ("kicked", 0)
    press(world, "Not spam")
    assert member(world)["status"] == "kicked"
    assert (member(world)["until_date"] == 0) == (first == "/ban for good")


def test_an_undo_lifts_a_ban_that_was_just_asked_for_anew(world: World) -> None:
    flagged = spam(world, Mode.ENFORCE)
    assert member(world)["status"] == "kicked"
    world.telegram.say(GROUP, ANN, "/ban for good", reply_to_message=notices(world.telegram)[0])
    world.telegram.press(ANN, notices(world.telegram)[0], "Not spam")
    world.settle()
    assert member(world)["status"] == "left"
    assert not stands(world.telegram, flagged)


# What could not be done


def tomorrow_without_rights(world: World) -> None:
    world.telegram.join(GROUP, BOT, "administrator", can_delete_messages=True)
    all_due(world)


def test_a_ban_that_is_refused_in_a_later_attempt_is_told(world: World) -> None:
    world.telegram.fail_next("banChatMember", Refused(502, "Bad Gateway"))
    spam(world, Mode.ENFORCE)
    tomorrow_without_rights(world)
    assert "could not be banned" in said(world)


def test_an_undoing_that_is_refused_in_a_later_attempt_is_told(world: World) -> None:
    spam(world, Mode.ENFORCE)
    world.telegram.fail_next("unbanChatMember", Refused(502, "Bad Gateway"))
    press(world, "Not spam")
    tomorrow_without_rights(world)
    assert "could not be unbanned" in said(world)


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


def test_a_notice_of_a_channel_that_was_let_go_tells_that_it_is_banned_for_another_message(world: World) -> None:
    spam(world, Mode.SOFT, text="hello", who=MAX)
    world.telegram.say(GROUP, SOMEBODY, "buy now", sender_chat=CHANNEL)
    world.settle()
    press(world, "Not spam")
    assert "unbanned" in said(world)
    world.mode(Mode.TRAINING)
    world.telegram.say(GROUP, SOMEBODY, "maybe so", sender_chat=CHANNEL)
    world.settle()
    press(world, "Spam", which=1)
    assert ("unbanned" in said(world), "banned" in said(world)) == (False, True)
    press(world, "Not spam", which=1)
    assert ("unbanned" in said(world), "unbanned" in said(world, 1)) == (True, True)
