"""Values that a file states, held to the types that they are declared with: JSON has any type in any place."""

from __future__ import annotations

import math
from dataclasses import fields
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


def as_declared(value: T) -> T:
    """The dataclass as it is. Raises ValueError naming the first field that is not of its declared type, or no finite number."""
    hints = get_type_hints(type(value))
    for one in fields(value):
        if not _is_of(hints[one.name], getattr(value, one.name)):
            raise ValueError(f"{one.name} is {getattr(value, one.name)!r}"[:200])
    return value


def _is_of(declared: Any, value: object) -> bool:
    if get_origin(declared) is UnionType:
        return any(_is_of(kind, value) for kind in get_args(declared))
    if get_origin(declared) is Literal:
        return value in get_args(declared)
    if declared is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if declared is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, declared)
