"""The line of a notice that says where its message is, who wrote it, how long they are here and how much they wrote."""

from __future__ import annotations

from collections.abc import Iterator

from telegram import MessageEntity

from actions.links import message_link, person_link
from storage.moderation.requested_actions.calls import VerdictAction
from telegram_ui.language import sentences
from telegram_ui.lengths import utf16_length

Part = tuple[str, str | None]  # words, and the address they lead to


def origin_line(action: VerdictAction, begins_at: int, *, is_in_group: bool) -> tuple[str, list[MessageEntity]]:
    """The line, "" where nothing is known, and its links; `begins_at` is where it stands in the text, in UTF-16 units.

    The author is not named, as a spammer's name can be spam too, and in the group itself (`is_in_group`) not even
    linked: Telegram would tell the person that they are mentioned.
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
    """A link to the author's page, where only moderators read it; one whose name was erased leads nowhere."""
    is_linked = action.author_name and not is_in_group
    return sentences(action.language).gettext("author"), person_link(action.author_id or 0) if is_linked else None


def _presence(action: VerdictAction) -> Iterator[str]:
    presence, catalogue = action.presence, sentences(action.language)
    if presence is None:
        return
    if presence.days == 0:
        yield catalogue.gettext("here for less than a day")
    elif presence.days is not None:
        yield catalogue.ngettext("here for {n} day", "here for {n} days", presence.days).format(n=presence.days)
    yield catalogue.ngettext("{n} message", "{n} messages", presence.messages).format(n=presence.messages)
