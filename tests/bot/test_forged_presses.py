"""A button's data can be read and made up by anybody, and gives no right: what a member presses changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, select

from bot import texts
from bot.handlers.buttons import BUTTONS
from storage.models import (
    Action,
    ActionKind,
    ActionState,
    CaseMessage,
    Chat,
    Hold,
    Message,
    Mode,
    Reactor,
    Verdict,
    now,
)
from storage.session import transaction
from tests.bot.stories import ANN, EVE, GROUP, MAX, OTHER, last_alert, spam
from tests.bot.world import World
from tests.fuzz.seeds import DATA
from tests.security.site_routes import rows
from tests.telegram_server import user

pytestmark = pytest.mark.stories

STRANGER, REACTS = user(600, "Stranger"), 500
KINDS = {kind.__name__: kind for kind, _ in BUTTONS}


@pytest.fixture
def buttons(world: World) -> dict[str, Any]:
    """One button of each kind, about something in the group that waits for a moderator's press. Max moderates another group."""
    message_id, of_a_flood = spam(world, Mode.TRAINING), world.telegram.say(GROUP, EVE, "buy more")
    world.settle()
    world.telegram.join(OTHER, MAX, "administrator", can_delete_messages=True, can_restrict_members=True)
    with transaction(world.engine) as session:
        chat = session.scalars(select(Chat.id).filter_by(external_id=GROUP)).one()
        row = session.scalars(select(Message.id).filter_by(message_id=message_id)).one()
        verdict = session.scalars(select(Verdict.id).filter_by(message_id=row)).one()
        session.execute(delete(Action))
        case = Action(chat_id=chat, kind=ActionKind.CASE, state=ActionState.DONE)
        ban = Action(chat_id=chat, kind=ActionKind.BAN, state=ActionState.DONE, user_id=EVE["id"])
        session.add_all([case, ban, Hold(message_id=row, reason="link")])
        session.add(Reactor(chat_id=chat, user_id=REACTS, recent={}, reacted_at=now(), shown_at=now()))
        session.flush()
        flooded = session.scalars(select(Message.id).filter_by(message_id=of_a_flood)).one()
        session.add(CaseMessage(message_id=flooded, case_id=case.id))
        values = {
            "CorrectionButton": (verdict, True),
            "WhyButton": (verdict,),
            "CaseButton": (case.id, True),
            "RaidButton": (chat, verdict, verdict),
            "ShowButton": (chat, verdict, verdict),
            "PardonButton": (chat, EVE["id"]),
            "ChoiceButton": (chat, "mode", "observe"),
            "PolicyButton": (chat, "spam_removes", "chat"),
            "HoldButton": (row, True),
            "ReactorButton": (chat, REACTS, True),
        }
    return {name: KINDS[name](*arguments) for name, arguments in values.items()}


def stored(world: World) -> dict[str, Any]:
    """All that is stored but the updates themselves."""
    return {table: content for table, content in rows(world.engine).items() if table != "updates"}


def press(world: World, who: dict[str, Any], data: str, chat_id: int = GROUP) -> None:
    """The press of a button that somebody put under a message of theirs."""
    message = world.telegram.messages[chat_id, world.telegram.say(chat_id, who, "hello")]
    world.hear()
    forged = message | {"reply_markup": {"inline_keyboard": [[{"text": "forged", "callback_data": data}]]}}
    world.telegram.press(who, forged, "forged")


@pytest.mark.parametrize("name", KINDS)
def test_a_press_of_whoever_is_no_moderator_of_the_chat_changes_nothing(
    world: World, buttons: dict[str, Any], name: str
) -> None:
    data = buttons[name].data
    for who, chat_id in ((MAX, GROUP), (EVE, GROUP), (STRANGER, GROUP), (MAX, OTHER)):
        press(world, who, data, chat_id)
        before = stored(world)
        world.hear()
        assert stored(world) == before, (who["first_name"], chat_id)
        assert last_alert(world) == texts.only_moderators(str)
    press(world, ANN, data)
    before = stored(world)
    world.hear()
    assert stored(world) != before, "the same data does something for a moderator"


def test_every_kind_of_button_is_fuzzed() -> None:
    for kind in KINDS.values():
        assert any(kind.parse(data) for data in DATA), kind
