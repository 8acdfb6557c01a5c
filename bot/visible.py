"""What a reader sees of a Telegram message: the words of every kind there is, and of kinds that are still to come.

A message is read as Telegram sent it, `to_dict()` and with it what the library does not know yet. Whatever is not
about the message (who, where, when) is its content, and of the content every string counts that is no identifier.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from telegram import (
    Message,
    MessageOrigin,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
)

from storage import names

Payload = dict[str, Any]

ABOUT = frozenset((
    "author_signature", "boost_count", "business_connection_id", "chat", "date", "direct_messages_topic", "edit_date",
    "effect_id", "forward_origin", "from", "guest_bot_caller_chat", "guest_bot_caller_user", "guest_query_id",
    "has_media_spoiler", "has_protected_content", "is_automatic_forward", "is_from_offline", "is_paid_post",
    "is_topic_message", "media_group_id", "message_id", "message_thread_id", "paid_star_count", "reply_to_checklist_task_id",
    "reply_to_message", "reply_to_poll_option_id", "reply_to_story", "sender_boost_count", "sender_business_bot",
    "sender_chat", "sender_tag", "show_caption_above_media", "suggested_post_info", "via_bot",
))  # fmt: skip
TOLD_BY_TELEGRAM = frozenset((
    "boost_added", "channel_chat_created", "chat_background_set", "chat_owner_changed", "chat_owner_left", "chat_shared",
    "checklist_tasks_done", "connected_website", "delete_chat_photo", "direct_message_price_changed", "forum_topic_closed",
    "forum_topic_created", "forum_topic_edited", "forum_topic_reopened", "general_forum_topic_hidden",
    "general_forum_topic_unhidden", "gift", "gift_upgrade_sent", "giveaway_completed", "giveaway_created",
    "group_chat_created", "left_chat_member", "managed_bot_created", "message_auto_delete_timer_changed",
    "migrate_from_chat_id", "migrate_to_chat_id", "new_chat_member", "new_chat_members", "new_chat_participant",
    "new_chat_photo", "new_chat_title", "left_chat_participant", "paid_message_price_changed", "pinned_message",
    "poll_option_deleted", "proximity_alert_triggered", "refunded_payment", "successful_payment", "supergroup_chat_created",
    "suggested_post_approval_failed", "suggested_post_approved", "suggested_post_declined", "suggested_post_paid",
    "suggested_post_refunded", "unique_gift", "users_shared", "video_chat_ended", "video_chat_participants_invited",
    "video_chat_scheduled", "video_chat_started", "web_app_data", "write_access_allowed",
))  # fmt: skip
QUOTED = ("quote", "external_reply")  # by the author, of somebody: theirs if it was said in this chat
FIRST = ("text", "caption")  # in this order, before all else
UNSEEN = frozenset((
    "id", "type", "callback_data", "country_codes", "currency", "data", "date_time_format", "emoji",
    "foursquare_type", "google_place_type", "hash", "language", "language_code", "mime_type", "payload", "invoice_payload", "set_name", "start_parameter", "style", "username", "vcard",
    "checklist_message", "poll_message", "message", "from", "user", "users", "winners", "sender_user",
    "sender_user_name", "completed_by_user", "added_by_user",
))  # fmt: skip
PREVIEWS = ("thumbnail", "thumb", "cover", "qualities", "link_preview_options")
SIZES = ("photo",)  # one picture in many sizes
LONGEST_MEDIA = 64  # characters, which hold four numbers as Telegram writes them; of more the digest tells
CHATS = ("chat", "chats", "sender_chat", "completed_by_chat", "added_by_chat")  # of which a reader sees the title


def words(message: Message) -> str:
    """Every string that a reader sees, one a line, none twice."""
    content = _content(message.to_dict())
    inside_chat = _is_of_this_chat(message)
    parts = [str(content[name]) for name in FIRST if name in content]
    for name, value in content.items():
        if name not in FIRST and not (inside_chat and name in QUOTED):
            parts += _strings(name, value)
    return "\n".join(part for part in dict.fromkeys(parts) if part)


def media(message: Message) -> str:
    """Which pictures, videos, files, voices or stickers of the author's it consists of, whatever it is called; "" is none.

    Two messages with the same one differ in their files' ids, which are the bot's own, but not in this.
    """
    content = _content(message.to_dict())
    files = [number for name, value in content.items() if name not in QUOTED for number in _files(name, value)]
    told = " ".join(dict.fromkeys(files))
    return told if len(told) <= LONGEST_MEDIA else hashlib.sha256(told.encode()).hexdigest()


def _files(name: str, value: Any) -> Iterator[str]:
    """The unique numbers of files, of a picture in many sizes the largest's; previews, which Telegram makes, are left out."""
    if name in PREVIEWS:
        return
    if isinstance(value, dict):
        if "file_unique_id" in value:
            yield str(value["file_unique_id"])
            return
        for inner, part in value.items():
            yield from _files(inner, part)
    elif isinstance(value, list):
        are_sizes = name in SIZES and all(isinstance(part, dict) and "file_unique_id" in part for part in value)
        for part in value[-1:] if are_sizes else value:
            yield from _files(name, part)


def telling_names(message: Message) -> list[str]:
    """Names that a reader sees beside it, of where a forward or a quote comes from and the author's tag, if they advertise."""
    quoted = message.external_reply
    origins = [message.forward_origin, quoted.origin if quoted and not _is_of_this_chat(message) else None]
    seen = [*(_origins_name(origin) for origin in origins if origin is not None), message.to_dict().get("sender_tag")]
    return [name for name in seen if name and names.says_more(name)]


def _origins_name(origin: MessageOrigin) -> str | None:
    if isinstance(origin, MessageOriginUser):
        return origin.sender_user.full_name
    if isinstance(origin, MessageOriginHiddenUser):
        return origin.sender_user_name
    if isinstance(origin, MessageOriginChat):
        return origin.sender_chat.title
    return origin.chat.title if isinstance(origin, MessageOriginChannel) else None


def is_written(message: Message) -> bool:
    """Whether somebody wrote or sent it, rather than Telegram telling what happened in the chat."""
    payload = message.to_dict()
    return not any(payload.get(name) for name in TOLD_BY_TELEGRAM) and bool(_content(payload))


def _content(payload: Payload) -> Payload:
    """What the message consists of. Of what no release of the library knows, flags and numbers are about it."""
    known = set(Message.__slots__)
    return {
        name: value
        for name, value in payload.items()
        if name not in ABOUT and value and (name in known or isinstance(value, dict | list))
    }


def _is_of_this_chat(message: Message) -> bool:
    """Whether what it answers was said in this chat, another topic of it perhaps."""
    elsewhere = message.external_reply
    return elsewhere is None or (elsewhere.chat is not None and elsewhere.chat.id == message.chat.id)


def _strings(name: str, value: Any) -> Iterator[str]:
    if name in UNSEEN or name.endswith("_id"):
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        seen = {"title": value.get("title")} if name in CHATS else value
        for inner, part in seen.items():
            yield from _strings(inner, part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(name, part)
