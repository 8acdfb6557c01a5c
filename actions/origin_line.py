"""The line of a notice that says where its message is, who wrote it, how long they are here and how much they wrote."""

from __future__ import annotations

from collections.abc import Iterator

from telegram import MessageEntity

from actions.links import message_link, person_link
from storage import names
from storage.moderation.requested_actions.calls import VerdictAction
from telegram_ui.language import sentences
from telegram_ui.lengths import shortened, utf16_length

LONGEST_NAME = 64  # UTF-16 units

Part = tuple[str, str | None]  # words, and the address they lead to


def origin_line(action: VerdictAction, begins_at: int, *, is_in_group: bool) -> tuple[str, list[MessageEntity]]:
    """The line, "" where nothing is known, and its links; `begins_at` is where it stands in the text, in UTF-16 units.

    In the group itself (`is_in_group`) the author is not named: a spammer's name is not repeated where all read, and
    Telegram would tell the person that they are mentioned.
    """
    line, links = "", []
    for words, address in _parts(action, is_in_group):
        line += " · " if line else ""
        if address is not None:
            offset = begins_at + utf16_length(line)
            link = MessageEntity(MessageEntity.TEXT_LINK, offset=offset, length=utf16_length(words), url=address)
            links.append(link)
        line += words
    return (line + "\n" if line else ""), links


def _parts(action: VerdictAction, is_in_group: bool) -> Iterator[Part]:
    say = sentences(action.language).gettext
    if (address := message_link(action.chat_external_id, action.message_id)) is not None:
        yield say("message"), address
    if action.author_id is not None:
        yield _author(action, is_in_group)
    yield from ((words, None) for words in _presence(action))


def _author(action: VerdictAction, is_in_group: bool) -> Part:
    """The name, where only moderators read it and it is no advertisement; one that was erased leads nowhere either."""
    name = " ".join(action.author_name.split())
    link = person_link(action.author_id or 0) if name and not is_in_group else None
    if not name or is_in_group or names.says_more(name):
        return sentences(action.language).gettext("author"), link
    return shortened(name, LONGEST_NAME), link


def _presence(action: VerdictAction) -> Iterator[str]:
    presence, catalogue = action.presence, sentences(action.language)
    if presence is None:
        return
    if presence.days == 0:
        yield catalogue.gettext("here for less than a day")
    elif presence.days is not None:
        yield catalogue.ngettext("here for {n} day", "here for {n} days", presence.days).format(n=presence.days)
    yield catalogue.ngettext("{n} message", "{n} messages", presence.messages).format(n=presence.messages)
