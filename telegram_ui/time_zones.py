"""The time zones that a chat is offered: a well-known city for each way in which clocks are set, from west to east.

Any other name of the IANA database can come with a file of settings. `UTC+3` and the like follow no daylight saving
time, so they are shown where a chat has one, and offered no more.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from storage.nights import OFFSETS, zone
from telegram_ui.language import Say


def offered(say: Say, moment: datetime) -> dict[str, str]:
    """The cities with their offset from UTC at that moment, by the name of their zone; UTC itself is "0"."""
    cities = _american(say) | _african_and_european(say) | _asian(say) | _oceanian(say)
    return {"0": "UTC"} | {word: label(word, city, moment) for word, city in cities.items()}


def outdated(moment: datetime) -> dict[str, str]:
    """Fixed offsets, which are offered no more."""
    return {word: label(word, "", moment) for word in OFFSETS if word != "0"}


def label(word: str, city: str, moment: datetime) -> str:
    """What people read of a time zone: `Berlin (UTC+1)`."""
    offset = utc(moment.astimezone(zone(word)).utcoffset() or timedelta())
    return f"{city} ({offset})" if city else offset


def utc(offset: timedelta) -> str:
    """UTC, UTC−3 or UTC+5:45."""
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}{f':{rest:02}' if rest else ''}" if minutes else "UTC"


def _american(say: Say) -> dict[str, str]:
    return {
        "America/Adak": say("Adak"),
        "America/Anchorage": say("Anchorage"),
        "America/Los_Angeles": say("Los Angeles"),
        "America/Phoenix": say("Phoenix"),
        "America/Denver": say("Denver"),
        "America/Mexico_City": say("Mexico City"),
        "America/Chicago": say("Chicago"),
        "America/Bogota": say("Bogotá"),
        "America/New_York": say("New York"),
        "America/Havana": say("Havana"),
        "America/Caracas": say("Caracas"),
        "America/Santiago": say("Santiago"),
        "America/Halifax": say("Halifax"),
        "America/St_Johns": say("St. John’s"),
        "America/Sao_Paulo": say("São Paulo"),
        "America/Miquelon": say("Saint-Pierre"),
        "America/Noronha": say("Noronha"),
        "America/Nuuk": say("Nuuk"),
    }


def _african_and_european(say: Say) -> dict[str, str]:
    return {
        "Atlantic/Cape_Verde": say("Cape Verde"),
        "Atlantic/Azores": say("Azores"),
        "Africa/Abidjan": say("Abidjan"),
        "Africa/Casablanca": say("Casablanca"),
        "Europe/London": say("London"),
        "Africa/Lagos": say("Lagos"),
        "Europe/Berlin": say("Berlin"),
        "Africa/Johannesburg": say("Johannesburg"),
        "Africa/Cairo": say("Cairo"),
        "Europe/Kyiv": say("Kyiv"),
        "Europe/Moscow": say("Moscow"),
    }


def _asian(say: Say) -> dict[str, str]:
    return {
        "Asia/Beirut": say("Beirut"),
        "Asia/Gaza": say("Gaza"),
        "Asia/Jerusalem": say("Jerusalem"),
        "Asia/Tehran": say("Tehran"),
        "Asia/Dubai": say("Dubai"),
        "Asia/Kabul": say("Kabul"),
        "Asia/Tashkent": say("Tashkent"),
        "Asia/Kolkata": say("Kolkata"),
        "Asia/Kathmandu": say("Kathmandu"),
        "Asia/Dhaka": say("Dhaka"),
        "Asia/Yangon": say("Yangon"),
        "Asia/Bangkok": say("Bangkok"),
        "Asia/Shanghai": say("Shanghai"),
        "Asia/Tokyo": say("Tokyo"),
    }


def _oceanian(say: Say) -> dict[str, str]:
    return {
        "Australia/Eucla": say("Eucla"),
        "Australia/Darwin": say("Darwin"),
        "Australia/Adelaide": say("Adelaide"),
        "Australia/Brisbane": say("Brisbane"),
        "Australia/Sydney": say("Sydney"),
        "Australia/Lord_Howe": say("Lord Howe Island"),
        "Pacific/Noumea": say("Nouméa"),
        "Pacific/Norfolk": say("Norfolk Island"),
        "Pacific/Fiji": say("Fiji"),
        "Pacific/Auckland": say("Auckland"),
        "Pacific/Chatham": say("Chatham Islands"),
        "Pacific/Tongatapu": say("Tonga"),
        "Pacific/Kiritimati": say("Kiritimati"),
        "Pacific/Pago_Pago": say("Pago Pago"),
        "Pacific/Honolulu": say("Honolulu"),
        "Pacific/Marquesas": say("Marquesas Islands"),
        "Pacific/Gambier": say("Gambier Islands"),
        "Pacific/Pitcairn": say("Pitcairn"),
        "Pacific/Easter": say("Easter Island"),
    }
