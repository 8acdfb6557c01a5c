"""What a chat has chosen beyond its mode and strictness: one typed, versioned value, stored as JSON in `Chat.settings`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from storage import nights
from storage.types import storable

LONGEST_GUIDELINES = 2_000  # characters


def _is_known(time_zone: str) -> str:
    nights.zone(time_zone)
    return time_zone


TimeZone = Annotated[str, AfterValidator(_is_known)]
Guidelines = Annotated[str, Field(max_length=LONGEST_GUIDELINES), AfterValidator(storable)]


class ChatSettings(BaseModel):
    """A chat's choices. Whatever could surprise is off until somebody chooses it; what only an operator can turn on may be refused."""

    model_config = ConfigDict(frozen=True, extra="ignore")  # a later release's fields are kept, and not read

    version: Literal[1] = 1
    spam_removes: Literal["message", "chat", "everywhere"] = "message"  # what a moderator's "spam" deletes
    ban_days: int = Field(30, ge=0, le=366)  # how long bans and mutes last; 0: for good
    warnings_mute: int = Field(0, ge=0, le=100)  # the warning within 30 days that mutes for a day; 0: none does
    warnings_ban: int = Field(0, ge=0, le=100)  # the warning that bans
    shares_bans: bool = False  # whose spam moderators confirm is banned in all groups that chose this
    hold_links: bool = False  # of newcomers: deleted, and kept until a moderator lets it in
    hold_forwards: bool = False
    hold_bot_mentions: bool = False
    hold_pictures: bool = False
    hold_below: int = Field(3, ge=1, le=50)  # clean messages, with which nobody is a newcomer to a hold
    wordless: Literal["nothing", "notice", "hold"] = "nothing"  # what becomes of a newcomer's picture without words
    reads_pictures: bool = False  # the words in them are judged like a caption
    knows_pictures: bool = False  # one like a picture that moderators called spam here is flagged
    removes_service: bool = False  # Telegram's messages that somebody joined or left
    weighs_scripts: bool = False  # a newcomer's message in a script that is strange to the chat is likelier spam
    reads_joining_names: bool = False  # who joins under an advertisement for a name is judged by it
    reports_hide: int = Field(0, ge=0, le=100)  # members' reports that delete a message until it is decided; 0: never
    informs_reporters: bool = False  # of what moderators decided, in private
    floods: bool = False  # the same words from several newcomers, or many messages of one, are one case
    spammer_list: bool = False  # newcomers on the operator's list of spammers are shown to moderators
    shows_deleted: bool = False  # so are messages of deleted accounts
    watches_reactions: bool = False  # of who never wrote: many within minutes are shown to moderators
    asks_second_opinion: bool = True  # where the operator named another model, which is sent the text of doubtful flags
    informs_webhook: bool = True  # where the operator has one, of decisions and pauses in the chat
    notices_vanish: bool = False  # those in the group itself are deleted once they are decided
    quiet_night: Literal["off", "22to7", "23to8", "0to9"] = "off"  # hours in which notices wait for the morning
    time_zone: TimeZone = "0"  # in which the night is, by its IANA name, or as hours from UTC
    guidelines: Guidelines = ""  # for moderators, shown beside the buttons
    rules_revision: str = ""  # another one after each change of the chat's own rules; "": it has none


def read(stored: dict[str, Any]) -> ChatSettings:
    """The settings that a row holds; what is missing has its default."""
    return ChatSettings.model_validate(stored)


def changed(stored: dict[str, Any], **choices: Any) -> dict[str, Any]:
    """What to store once these fields are chosen. Raises pydantic's ValidationError (a ValueError) for a value they cannot have."""
    chosen = ChatSettings.model_validate(read(stored).model_dump() | choices)
    return stored | chosen.model_dump(mode="json", include=set(choices))
