"""A basic group's rows when it is made a supergroup, on both databases."""

from __future__ import annotations

from sqlalchemy import Engine, select

from storage.access import chats
from storage.learning.presumable import IS_HELD_OUT
from storage.models import Action, ActionKind, ActionState, Chat, Message, RuleEffect, RuleKind
from storage.moderation.policies import rules
from storage.moderation.policies.rules import NewRule
from storage.moderation.requested_actions import requests
from storage.session import reading, transaction
from tests.conftest import count
from tests.storage import given

OLD, NEW = -5_000_000_000, -1_005_000_000_000


def moved(engine: Engine) -> None:
    with transaction(engine) as session:
        chats.move_group(session, OLD, NEW)


def sides(engine: Engine) -> list[bool]:
    with reading(engine) as session:
        return list(session.scalars(select(IS_HELD_OUT).join_from(Message, Chat).order_by(Message.id)))


def test_a_number_met_again_is_another_message(engine: Engine) -> None:
    [old] = given.received(engine, given.incoming("hello", 7, chat_external_id=OLD))
    moved(engine)
    [new] = given.received(engine, given.incoming("good morning", 7, chat_external_id=NEW))
    assert new != old
    assert count(engine, "chats") == 1


def test_a_moved_message_keeps_its_side_of_what_is_held_out(engine: Engine) -> None:
    given.received(engine, *(given.incoming("hello", number, chat_external_id=OLD) for number in range(1, 60)))
    before = sides(engine)
    moved(engine)
    assert sides(engine) == before
    assert {True, False} == set(before)


def test_what_was_heard_of_the_supergroup_first_is_the_same_chat(engine: Engine) -> None:
    [old] = given.received(engine, given.incoming("hello", 7, chat_external_id=OLD))
    [new] = given.received(engine, given.incoming("good morning", 7, chat_external_id=NEW))
    for _ in range(2):
        moved(engine)
    with reading(engine) as session:
        rows = {message.id: message.message_id for message in session.scalars(select(Message))}
        [chat] = session.scalars(select(Chat))
    assert rows == {old: -7, new: 7}
    assert chat.external_id == NEW


def test_a_notice_of_the_basic_group_is_forgotten_and_nothing_there_is_deleted(engine: Engine) -> None:
    model = given.version(engine)
    verdict = given.verdict(engine, model, given.incoming("buy", 7, chat_external_id=OLD), 0.97)
    with transaction(engine) as session:
        requests.ask_once(session, verdict, ActionKind.DELETE)
        for notice in session.scalars(select(Action).filter_by(kind=ActionKind.NOTIFY)):
            notice.receipt, notice.state = {"chat_id": OLD, "message_id": 8}, ActionState.DONE
    moved(engine)
    with transaction(engine) as session:
        requests.ask(session, verdict, ActionKind.DELETE)
        requests.ask_in_chat(session, session.scalars(select(Chat.id)).one(), ActionKind.REMOVE, message_id=-7)
        done = {action.kind: action for action in session.scalars(select(Action))}
        assert done[ActionKind.NOTIFY].receipt is None
        assert ActionKind.REMOVE not in done
        assert done[ActionKind.DELETE].state == ActionState.CANCELLED


def test_rules_of_both_groups_hold_at_once_also_where_the_first_had_removed_its_own(sqlite_engine: Engine) -> None:
    given.received(sqlite_engine, given.incoming("hello", 7, chat_external_id=OLD))
    given.received(sqlite_engine, given.incoming("hello", 7, chat_external_id=NEW))
    with transaction(sqlite_engine) as session:
        rules.add(session, 1, [NewRule(RuleKind.WORDS, RuleEffect.FLAG, "tulips")], "ann")
        rules.remove(session, 1, rules.every(session, 1)[0].id, "ann")
        rules.add(session, 2, [NewRule(RuleKind.WORDS, RuleEffect.FLAG, "roses")], "ann")
        before = [chat.chosen.rules_revision for chat in chats.every(session)]
    moved(sqlite_engine)
    with reading(sqlite_engine) as session:
        [chat] = chats.every(session)
        assert chat.chosen.rules_revision not in before
        assert rules.of_chat(session, chat).match("red roses") is not None
