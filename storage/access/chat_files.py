"""A chat's settings as a file: written for one chat, checked as a whole, and taken over by another."""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from storage.errors import NotSettings
from storage.models import Chat, ChatSettings, Mode, RuleEffect, RuleKind, Strictness

OWN = {"version", "rules_revision"}  # fields that say nothing to another chat


class RuleLine(BaseModel):
    """One of the chat's own rules."""

    model_config = ConfigDict(extra="forbid")

    kind: RuleKind
    effect: RuleEffect
    pattern: str
    reason: str = ""


class ChatFile(BaseModel):
    """Everything that a chat has chosen; what a file leaves out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["hamlet chat 1"] = "hamlet chat 1"
    mode: Mode | None = None
    strictness: Strictness | None = None
    language: str | None = Field(None, max_length=8)
    standing_after: int | None = Field(None, ge=0, le=1_000)
    reports_needed: int | None = Field(None, ge=1, le=100)
    reports_an_hour: int | None = Field(None, ge=1, le=1_000)
    settings: dict[str, Any] = {}
    rules: list[RuleLine] = []

    @property
    def columns(self) -> dict[str, Any]:
        """The chosen columns of the chat's row."""
        chosen = self.model_dump(exclude={"format", "settings", "rules"})
        return {name: value for name, value in chosen.items() if value is not None}


def written(chat: Chat, rules: list[RuleLine]) -> str:
    """The chat's settings and rules as the text of a file (JSON)."""
    settings = {name: value for name, value in chat.chosen.model_dump(mode="json").items() if name not in OWN}
    file = ChatFile(
        mode=chat.mode,
        strictness=chat.strictness,
        language=chat.language,
        standing_after=chat.standing_after,
        reports_needed=chat.reports_needed,
        reports_an_hour=chat.reports_an_hour,
        settings=settings,
        rules=rules,
    )
    return json.dumps(file.model_dump(mode="json"), ensure_ascii=False, indent=2) + "\n"


def read(text: str) -> ChatFile:
    """The file's settings. Raises NotSettings with the place and the reason."""
    try:
        file = ChatFile.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise NotSettings(f"{place}: {first['msg']}") from error
    if unknown := sorted(file.settings.keys() - (ChatSettings.model_fields.keys() - OWN)):
        raise NotSettings(f"there is no setting {unknown[0]!r}")
    return file
