"""When it is night in a chat's time zone, and when morning comes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.models import ChatSettings
from storage.nights import EAST, NIGHTS, OFFSETS, WEST, morning

ZONES = ("Asia/Kolkata", "America/St_Johns", "Europe/Berlin", "Australia/Lord_Howe", "America/Argentina/Buenos_Aires")


def at(hour: int, minute: int = 0, day: int = 10) -> datetime:
    return datetime(2025, 3, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("night", "time_zone", "moment", "ends"),
    [
        ("22to7", "0", at(22), at(7, day=11)),
        ("22to7", "0", at(23, 59), at(7, day=11)),
        ("22to7", "0", at(0), at(7)),
        ("22to7", "0", at(6, 59), at(7)),
        ("22to7", "0", at(7), None),
        ("22to7", "0", at(21, 59), None),
        ("23to8", "plus3", at(20), at(5, day=11)),
        ("23to8", "plus3", at(4, 59), at(5)),
        ("23to8", "plus3", at(5), None),
        ("23to8", "minus5", at(4), at(13)),
        ("0to9", "0", at(0), at(9)),
        ("0to9", "0", at(23, 59), None),
        ("0to9", "plus14", at(10), at(19)),
        ("0to9", "minus12", at(12), at(21)),
        ("off", "0", at(3), None),
        ("22to7", "Asia/Kolkata", at(1, 29), at(1, 30)),
        ("22to7", "Asia/Kolkata", at(1, 30), None),
        ("22to7", "Asia/Kathmandu", at(1, 14), at(1, 15)),
        ("22to7", "America/New_York", at(3, day=9), at(11, day=9)),  # the night in which the clocks go forward
        ("22to7", "America/New_York", at(3, day=8), at(12, day=8)),
    ],
)
def test_a_night_ends_in_the_morning_of_its_time_zone(
    night: str, time_zone: str, moment: datetime, ends: datetime | None
) -> None:
    assert morning(night, time_zone, moment) == ends


@given(
    st.sampled_from([night for night in NIGHTS if night != "off"]),
    st.sampled_from([*OFFSETS, *ZONES]),
    st.datetimes(timezones=st.just(UTC), min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)),
)
def test_morning_is_ahead_and_no_longer_night(night: str, time_zone: str, moment: datetime) -> None:
    ends = morning(night, time_zone, moment)
    if ends is not None:
        assert moment < ends <= moment + timedelta(hours=11)  # of 9 at most, in which the clocks go back by up to 2
        assert morning(night, time_zone, ends) is None
        assert morning(night, time_zone, ends - timedelta(microseconds=1)) == ends


def test_every_choice_of_night_and_time_zone_can_be_stored() -> None:
    assert [ChatSettings(quiet_night=night).quiet_night for night in NIGHTS] == list(NIGHTS)
    stored = [ChatSettings(time_zone=time_zone).time_zone for time_zone in (*OFFSETS, *ZONES)]
    assert [OFFSETS[time_zone] for time_zone in stored[: len(OFFSETS)]] == list(range(WEST, EAST + 1))
    assert stored[len(OFFSETS) :] == list(ZONES)


@pytest.mark.parametrize(
    "time_zone",
    [
        *(
            "",
            "plus0",
            "plus15",
            "minus13",
            "3",
            "plus 3",
            "plus3\n",
            "Asia/Kolkata\n",
            "Asia/Атлантида",
            "Asia/Atlantis",
        ),
        *(
            "Europe",
            "Europe/",
            "localtime",
            "/etc/passwd",
            "Europe/../../passwd",
            "posix/Europe/Berlin",
            "Asia/" + "a" * 300,
        ),
    ],
)
def test_no_other_time_zone_can(time_zone: str) -> None:
    with pytest.raises(ValueError, match="time_zone"):
        ChatSettings(time_zone=time_zone)
