"""What has to hold of a group when hamlet has come to rest, whatever happened there before."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Action, ActionState, Correction, CorrectionState, Message, MessageState, Update, Verdict, now
from storage.moderation import standing
from storage.sanctions import Reason
from storage.session import reading
from tests.bot.group_life import GroupLife
from tests.bot.group_people import BANNED, FREE, PEOPLE, RESTRICTED, name

SECONDS = 3  # Telegram keeps whole seconds
SANCTIONING = ("banChatMember", "restrictChatMember")


def everything(life: GroupLife) -> None:
    """Raises AssertionError, in words, for the first thing that does not hold."""
    nobody_is_sanctioned_but_the_flagged_and_the_named(life)
    no_administrator_is_touched(life)
    no_sanction_is_shorter_than_a_humans(life)
    notices_say_what_telegram_says(life)
    no_update_is_lost(life)
    rows_agree_with_each_other(life)


def nobody_is_sanctioned_but_the_flagged_and_the_named(life: GroupLife) -> None:
    for who in life.sanctionable():
        held, _ = life.stands(who)
        assert held == FREE or who in life.named | set(life.by_hand), f"{name(who)} was neither flagged nor named"
    for said in life.said:
        is_gone = said.key not in life.telegram.messages
        assert not is_gone or said.is_doomed, f"message {said.key} of {name(said.author)} was neither flagged nor named"


def no_administrator_is_touched(life: GroupLife) -> None:
    spared = {who["id"] for who in PEOPLE if not life.is_member(who["id"])}
    for method in SANCTIONING:
        for call in life.telegram.called(method):
            assert int(call["user_id"]) not in spared, f"{method} of {name(int(call['user_id']))}, an administrator"
    life.telegram.calls.clear()
    for message in life.said:
        assert not message.is_protected or message.key in life.telegram.messages, f"{message.key} speaks for the group"


def no_sanction_is_shorter_than_a_humans(life: GroupLife) -> None:
    for who, by_hand in life.by_hand.items():
        assert _lasts(life.stands(who), by_hand), f"{name(who)}: by hand {by_hand}, now {life.stands(who)}"
    for who, before in life.sanctions.items():
        is_no_less = who in life.released or _lasts(life.stands(who), before)
        assert is_no_less, f"nobody let {name(who)} go: {before} became {life.stands(who)}"
    life.sanctions = {who: life.stands(who) for who in life.sanctionable()}
    life.released.clear()


def _lasts(now: tuple[int, float], before: tuple[int, float]) -> bool:
    if before[0] == FREE or before[1] < time.time():
        return True
    return now[0] > before[0] or (now[0] == before[0] and now[1] >= before[1] - SECONDS)


def notices_say_what_telegram_says(life: GroupLife) -> None:
    for sent, verdict_id in life.notices():
        if sent["chat"]["id"] != life.here:
            continue  # nothing can be changed any more in a basic group that moved on
        said = life.shown(verdict_id)
        held, until = life.stands(said.author)
        so = {
            "deleted": said.key not in life.telegram.messages or said.chat != life.here,
            "banned for good": held == BANNED and until == float("inf"),
            "banned": held == BANNED and (until < float("inf") or said.author < 0),
            "restricted": held == RESTRICTED,
            "unbanned": held != BANNED,
            "the ban is over": held == FREE,
            "restriction lifted": held == FREE,
            "the restriction is over": held == FREE,
        }
        for word in _claims(str(sent.get("text") or sent.get("caption"))):
            assert so.get(word, True), f"{name(said.author)}, held {held, until}, at {said.key}: {word!r}"


def _claims(notice: str) -> Iterator[str]:
    for line in notice.splitlines():
        yield from line.split(" · ")


def no_update_is_lost(life: GroupLife) -> None:
    with life.telegram.world() as updates:
        told = {update["update_id"]: update for update in updates}
    with reading(life.world.engine) as session:
        handled = {u.update_id: (u.handled_at, u.error) for u in session.scalars(select(Update))}
        for number, update in told.items():
            done = handled.get(number)
            assert done is not None, f"never stored: {update}"
            assert done[0] is not None, f"never handled, {done[1]}: {update}"
        assert not session.scalars(select(Message).where(Message.state == MessageState.PENDING)).all()


def rows_agree_with_each_other(life: GroupLife) -> None:
    with reading(life.world.engine) as session:
        for action in session.scalars(select(Action)):
            is_over = action.state != ActionState.PENDING or action.not_before > now()
            assert is_over, f"{action.kind} waits still: {action.error}"
            is_explained = action.state != ActionState.FAILED or action.error in list(Reason)
            assert is_explained, f"{action.kind} failed: {action.error}"
        for verdict, message in session.execute(select(Verdict, Message).join(Verdict.message)).all():
            said = _said(session, verdict.id)
            assert len({state for state, _ in said}) <= 1, "accepted or disputed, never both"
            if said == {(CorrectionState.ACCEPTED, True)} and message.edit == verdict.edit and message.author_id:
                chat = life.world.chat(life.here)
                assert not standing.is_good(session, chat, message.author_id), "spam earns no standing"


def _said(session: Session, verdict_id: int) -> set[Any]:
    counted = (CorrectionState.ACCEPTED, CorrectionState.DISPUTED)
    found = select(Correction.state, Correction.is_spam).where(Correction.verdict_id == verdict_id)
    return {(state, is_spam) for state, is_spam in session.execute(found.where(Correction.state.in_(counted)))}
