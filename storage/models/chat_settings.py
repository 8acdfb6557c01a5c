"""What a chat has chosen beyond its mode and strictness: one typed, versioned value, stored as JSON in `Chat.settings`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from storage.types import storable

LONGEST_GUIDELINES = 2_000  # characters


class ChatSettings(BaseModel):
    """A chat's choices. Whatever could surprise is off until somebody chooses it."""

    model_config = ConfigDict(frozen=True, extra="ignore")  # a later release's fields are kept, and not read

    version: Literal[1] = 1
    spam_removes: Literal["message", "chat", "everywhere"] = "message"  # what a moderator's "spam" deletes
    guidelines: Annotated[str, Field(max_length=LONGEST_GUIDELINES), AfterValidator(storable)] = ""  # for moderators
    rules_revision: str = ""  # another one after each change of the chat's own rules; "": it has none


def read(stored: dict[str, Any]) -> ChatSettings:
    """The settings that a row holds; what is missing has its default."""
    return ChatSettings.model_validate(stored)


def changed(stored: dict[str, Any], **choices: Any) -> dict[str, Any]:
    """What to store once these fields are chosen. Raises pydantic's ValidationError (a ValueError) for a value they cannot have."""
    chosen = ChatSettings.model_validate(read(stored).model_dump() | choices)
    return stored | chosen.model_dump(mode="json", include=set(choices))
