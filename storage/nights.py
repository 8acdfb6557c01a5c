"""When a chat's night is, in which notices wait for the morning. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

NIGHTS: dict[str, tuple[int, int] | None] = {"off": None, "22to7": (22, 7), "23to8": (23, 8), "0to9": (0, 9)}
WEST, EAST = -12, 14  # the time zones furthest from UTC, in hours
TIME_ZONES = {
    "0" if hours == 0 else f"{'plus' if hours > 0 else 'minus'}{abs(hours)}": hours for hours in range(WEST, EAST + 1)
}


def from_when(night: str, time_zone: str, moment: datetime) -> datetime:
    """From when on a notice that may wait is posted: the morning, if `moment` is in a night, else at once."""
    return morning(night, time_zone, moment) or moment


def morning(night: str, time_zone: str, moment: datetime) -> datetime | None:
    """When the night ends that `moment` is in; None by day. The words are keys of NIGHTS and TIME_ZONES."""
    hours = NIGHTS[night]
    if hours is None:
        return None
    begins, ends = hours
    local = moment.astimezone(timezone(timedelta(hours=TIME_ZONES[time_zone])))
    if (local.hour - begins) % 24 >= (ends - begins) % 24:
        return None
    end = local.replace(hour=ends, minute=0, second=0, microsecond=0)
    return (end if end > local else end + timedelta(days=1)).astimezone(UTC)
