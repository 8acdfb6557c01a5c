"""The bot's rights in each group: whether it may do what the group's mode has it do."""

from __future__ import annotations

from functools import partial
from typing import Any

from bot.settings import BotSettings
from cli.doctor.bot_api import Api, NoAnswer
from cli.doctor.line import Check, Line, nothing, right, wrong
from storage.access import chats
from storage.models import Chat, Mode
from storage.session import engine_for, reading
from storage.settings import StorageSettings

MOST_CHATS = 100  # that Telegram is asked about; more would be refused
AT_ONCE = 10  # threads
GONE = ("left", "kicked")
NEEDED = {"can_delete_messages": "delete messages", "can_restrict_members": "ban users"}  # as Telegram's menu says


def checks(api: Api, settings: BotSettings) -> list[Check]:
    """The groups in equal shares, in their order. Raises DatabaseUnreachable."""
    with engine_for(StorageSettings().address) as engine, reading(engine) as session:
        groups = chats.groups(session, MOST_CHATS + 1, settings.moderators_chat_id)
    if not groups:
        return [Check("rights", lambda: [nothing("rights", "no group yet: add the bot to one")])]
    size = -(-len(groups[:MOST_CHATS]) // AT_ONCE)
    shares = [groups[start : start + size] for start in range(0, min(len(groups), MOST_CHATS), size)]
    looks = [Check("rights", partial(_look_at, api, settings.bot_id, share)) for share in shares]
    more = [Check("rights", lambda: [nothing("rights", f"only the first {MOST_CHATS} groups were looked at")])]
    return looks + (more if len(groups) > MOST_CHATS else [])


def _look_at(api: Api, bot_id: int, share: list[Chat]) -> list[Line]:
    return [_look(api, bot_id, chat) for chat in share]


def _look(api: Api, bot_id: int, chat: Chat) -> Line:
    what = f"chat {chat.id}"
    try:
        answer = api.call("getChatMember", chat_id=chat.external_id, user_id=bot_id)
    except NoAnswer as error:
        return nothing(what, f"{chat.title}: no answer ({error})")
    if answer.code in (400, 403):  # not there, or no such chat any more
        return nothing(what, f"{chat.title}: the bot is not there ({answer.error})")
    if answer.error is not None:
        return nothing(what, f"{chat.title}: Telegram answers {answer.code}: {answer.error}")
    return of_member(what, chat.title, chat.mode, answer.result)


def of_member(what: str, title: str, mode: Mode, member: dict[str, Any]) -> Line:
    """What the bot may do, from Telegram's ChatMember."""
    if member.get("status") in GONE:
        return nothing(what, f"{title}: the bot is not there any more")
    missing = [name for right_, name in NEEDED.items() if not member.get(right_)]
    if not missing:
        return right(what, f"{title}: may delete messages and ban users")
    if mode == Mode.OBSERVE:
        return right(what, f"{title}: only observes, which needs no rights")
    state = "is no administrator" if member.get("status") != "administrator" else f"may not {' nor '.join(missing)}"
    return wrong(what, f"{title}: the bot {state}", f"give it the right to {' and to '.join(missing)}")
