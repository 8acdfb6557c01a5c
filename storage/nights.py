"""When a chat's night is, in which notices wait for the morning. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

NIGHTS: dict[str, tuple[int, int] | None] = {"off": None, "22to7": (22, 7), "23to8": (23, 8), "0to9": (0, 9)}
WEST, EAST = -12, 14  # the offsets furthest from UTC, in hours
OFFSETS = {
    "0" if hours == 0 else f"{'plus' if hours > 0 else 'minus'}{abs(hours)}": hours for hours in range(WEST, EAST + 1)
}
REGIONS = "Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific"
NAME = re.compile(rf"(?:{REGIONS})(?:/[A-Za-z0-9_+-]{{1,32}}){{1,2}}", re.ASCII)  # in the IANA database


@lru_cache(maxsize=500)
def zone(word: str) -> tzinfo:
    """The time zone that is called so: a key of OFFSETS, or a name such as `Asia/Kolkata`. Raises ValueError."""
    if word in OFFSETS:
        return timezone(timedelta(hours=OFFSETS[word]))
    if NAME.fullmatch(word):
        try:
            return ZoneInfo(word)
        except (KeyError, OSError, ValueError) as error:  # KeyError: its ZoneInfoNotFoundError
            raise ValueError(f"there is no time zone {word!r}") from error
    raise ValueError(f"there is no time zone {word!r}")


def from_when(night: str, time_zone: str, moment: datetime) -> datetime:
    """From when on a notice that may wait is posted: the morning, if `moment` is in a night, else at once."""
    return morning(night, time_zone, moment) or moment


def morning(night: str, time_zone: str, moment: datetime) -> datetime | None:
    """When the night ends that `moment` is in; None by day. `night` is a key of NIGHTS; see `zone` for `time_zone`."""
    hours = NIGHTS[night]
    if hours is None:
        return None
    begins, ends = hours
    local = moment.astimezone(zone(time_zone))
    if (local.hour - begins) % 24 >= (ends - begins) % 24:
        return None
    end = local.replace(hour=ends, minute=0, second=0, microsecond=0, fold=0)
    return (end if end > local else end + timedelta(days=1)).astimezone(UTC)
