"""The time zones that a chat is offered: one for each way in which clocks are set where people live."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest

from storage.models import ChatSettings
from storage.nights import zone
from telegram_ui.buttons import PolicyButton
from telegram_ui.language import sentences
from telegram_ui.time_zones import label, offered, outdated, utc

SUMMER, WINTER = datetime(2025, 7, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
MOMENTS = [datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=6 * number) for number in range(4 * 365)]


def offsets(name: str) -> tuple[timedelta | None, ...]:
    """From UTC, every six hours through a year that is over: a later release of the database will not change it."""
    return tuple(moment.astimezone(zone(name)).utcoffset() for moment in MOMENTS)


def test_wherever_people_live_their_clocks_are_offered() -> None:
    table = files("tzdata").joinpath("zoneinfo", "zone1970.tab").read_text(encoding="utf-8")
    names = [line.split("\t")[2] for line in table.splitlines() if not line.startswith("#")]
    inhabited = [name for name in names if not name.startswith("Antarctica/")]
    assert len(inhabited) > 250
    known = {offsets(name) for name in offered(str, SUMMER)}
    assert [name for name in inhabited if offsets(name) not in known] == []


def test_none_is_offered_twice() -> None:
    clocks = [offsets(name) for name in offered(str, SUMMER) if name != "0"]
    assert len(set(clocks)) == len(clocks)


def test_each_can_be_stored_and_stands_on_a_button() -> None:
    for word in (*offered(str, SUMMER), *outdated(SUMMER)):
        assert ChatSettings(time_zone=word).time_zone == word
        button = PolicyButton(10**18 - 1, "time_zone", word)
        assert PolicyButton.parse(button.data) == button
        assert len(button.data.encode()) <= 64
    assert len(offered(str, SUMMER)) < 100  # buttons that Telegram takes, one of which leads back


def test_cities_have_names_in_russian() -> None:
    names = offered(sentences("ru").gettext, WINTER)
    assert names["Asia/Kolkata"] == "Калькутта (UTC+5:30)"
    assert names["0"] == "UTC"


@pytest.mark.parametrize(("moment", "shown"), [(WINTER, "Berlin (UTC+1)"), (SUMMER, "Berlin (UTC+2)")])
def test_the_offset_is_that_of_the_moment(moment: datetime, shown: str) -> None:
    assert label("Europe/Berlin", "Berlin", moment) == shown


@pytest.mark.parametrize(
    ("minutes", "shown"), [(0, "UTC"), (345, "UTC+5:45"), (-210, "UTC−3:30"), (-30, "UTC−0:30"), (840, "UTC+14")]
)
def test_offsets_are_read_as_people_write_them(minutes: int, shown: str) -> None:
    assert utc(timedelta(minutes=minutes)) == shown
