"""What a backup says of itself: who made it, when, of which database, and the size and sha256 of every member."""

from __future__ import annotations

from datetime import datetime
from importlib import metadata

from pydantic import BaseModel, ConfigDict, Field

NAME = "manifest.json"  # the last member, for only then are all hashes known
FORMAT = 1
DATABASE, MODELS, SETTINGS = "database", "models", "settings.json"
DIGITS = 6  # of a chunk's number


class Member(BaseModel):
    """One file of the archive."""

    model_config = ConfigDict(frozen=True)

    size: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """The last member."""

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    hamlet: str
    step: str  # of the migrations
    dialect: str
    made_at: datetime
    has_models: bool
    rows: dict[str, int]  # of each table that has any
    members: dict[str, Member]
    same: dict[str, str] = {}  # files of model versions that are those of another member, byte for byte
    without_files: list[str] = []  # model versions whose files were gone or out of reach when their turn came

    @property
    def model_bytes(self) -> int:
        return sum(member.size for name, member in self.members.items() if name.startswith(f"{MODELS}/"))

    @property
    def database_bytes(self) -> int:
        return sum(member.size for name, member in self.members.items() if name.startswith(f"{DATABASE}/"))

    @property
    def versions(self) -> set[str]:
        """The model versions whose files are here."""
        names = [*self.members, *self.same]
        return {name.split("/")[1] for name in names if name.startswith(f"{MODELS}/")}


def hamlets_version() -> str:
    """The installed version, as in pyproject.toml."""
    return metadata.version("hamlet")


def as_numbers(version: str) -> tuple[int, ...]:
    """A version such as 0.10.1 as numbers that compare rightly; what follows them is left out."""
    numbers = []
    for part in version.split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits:
            break
        numbers.append(int(digits))
    return tuple(numbers)
