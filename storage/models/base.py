"""What every table shares."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Enum, Index, Integer, MetaData, text
from sqlalchemy.orm import DeclarativeBase

from storage.types import UtcTime

Id = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts only a plain INTEGER primary key up by itself


def now() -> datetime:
    return datetime.now(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: UtcTime, dict[str, Any]: JSON}


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of the rows for which `where` holds, in both databases."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


def words(kind: type[StrEnum]) -> Enum:
    """A column that holds one of the enum's values, checked by Python and readable in SQL."""
    return Enum(kind, native_enum=False, length=32, values_callable=lambda members: [m.value for m in members])
