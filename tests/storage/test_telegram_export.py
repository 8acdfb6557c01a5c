"""Reading Telegram Desktop's exports: what is taken, what is left out, and files that are something else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from storage.errors import NotAnExport
from storage.exported import ExportedMessage, Joined, LeftOut
from storage.telegram_export import LONGEST_MESSAGE, read
from tests.storage.exports import NOON, export, head, in_parts, items, said, service, texts


def test_what_a_member_said_is_read_with_its_number_author_and_moment() -> None:
    [one] = items(said(3, "hello", edited="2025-01-01T15:05:00", edited_unixtime=str(NOON + 300)))
    edited_at = datetime(2025, 1, 1, 12, 5, tzinfo=UTC)
    assert one == ExportedMessage(3, 7, "Ann", "hello", datetime(2025, 1, 1, 12, 3, tzinfo=UTC), edited_at)


@pytest.mark.parametrize(
    ("kind", "number", "external_id"),
    [
        ("private_supergroup", 1234567890, -1001234567890),
        ("public_supergroup", 123, -1000000000123),
        ("private_group", 5, -5),
    ],
)
def test_the_group_has_the_number_that_the_bot_api_knows_it_by(kind: str, number: int, external_id: int) -> None:
    chat, _ = read([export(kind=kind, number=number)])
    assert (chat.external_id, chat.title) == (external_id, "a group")


def test_a_text_of_parts_is_one_text_with_where_its_links_lead() -> None:
    parts = [
        "see ",
        {"type": "bold", "text": "this"},
        {"type": "text_link", "text": " page", "href": "https://x.example"},
    ]
    assert texts(items(said(1, parts))) == ["see this page\nhttps://x.example"]


def test_an_old_export_tells_dates_without_seconds_since_1970() -> None:
    message = said(1)
    del message["date_unixtime"]
    [one] = items(message)
    assert isinstance(one, ExportedMessage)
    assert one.sent_at == datetime(2025, 1, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (service(1), LeftOut.SERVICE),
        (said(1, ""), LeftOut.EMPTY),
        (said(1, " \n"), LeftOut.EMPTY),
        (said(1, from_id="channel7"), LeftOut.CHANNEL),
        (said(1, from_id=None), LeftOut.CHANNEL),
        (said(1, via_bot="@gif"), LeftOut.BOT),
        (said(1, inline_bot_buttons=[[{"type": "callback", "text": "Vote"}]]), LeftOut.BOT),
        (said(1, forwarded_from="News", forwarded_from_id="channel1"), LeftOut.FORWARD),
        (said(1, forwarded_from="Somebody hidden"), LeftOut.FORWARD),
        (said(1, forwarded_from=None), LeftOut.FORWARD),
        ({"id": 1, "type": "unsupported"}, LeftOut.UNREADABLE),
        (said(1, date_unixtime="soon"), LeftOut.UNREADABLE),
        (said(1, date_unixtime="9" * 30), LeftOut.UNREADABLE),
        (said(2**70), LeftOut.UNREADABLE),
        (said(1, "a" * 200_001), LeftOut.UNREADABLE),
        ("a string", LeftOut.UNREADABLE),
        ([[]], LeftOut.UNREADABLE),
    ],
)
def test_what_no_member_wrote_is_left_out_with_its_reason(message: Any, why: LeftOut) -> None:
    assert items(message) == [why]


def test_what_a_member_forwards_of_another_is_taken() -> None:
    assert texts(items(said(1, "as he said", forwarded_from="Bob", forwarded_from_id="user8"))) == ["as he said"]


def test_who_came_in_by_a_link_is_told() -> None:
    assert items(service(1, "join_group_by_link")) == [Joined(7, datetime(2025, 1, 1, 12, 1, tzinfo=UTC))]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 10_000])
def test_control_characters_are_read_as_telegram_desktop_writes_them_wherever_a_part_ends(size: int) -> None:
    whole = export(said(1, "@"), name="@").replace(b"@", rb"a\x1Fb\\x41\\\x0A\\")
    chat, messages = read(in_parts(whole, size))
    assert chat.title == "a\x1fb\\x41\\\n\\"
    assert texts(list(messages)) == ["a\x1fb\\x41\\\n\\"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "it is empty"),
        (b"  <!DOCTYPE html><html>", "it is HTML"),
        (b"PK\x03\x04", "it is not JSON"),
        (b"[]", "it holds no messages"),
        (b"{}", "it holds no messages"),
        (head()[:30], "it is not JSON, or ends too early"),
        (b'{"about": "Here is the data", "chats": {"list": []}}', "a whole account"),
        (export(kind="personal_chat"), "of the kind 'personal_chat'"),
        (export(kind="saved_messages"), "of the kind 'saved_messages'"),
        (export(kind="public_channel"), "of the kind 'public_channel'"),
        (export(kind="bot_chat"), "of the kind 'bot_chat'"),
        (export(kind=None), "does not say what it is of"),
        (b'{"messages": [], "type": "private_group", "id": 1}', "does not say what it is of"),
        (export(number=0), "which group it is of"),
        (export(number="123"), "which group it is of"),
        (export(number=True), "which group it is of"),
        (b'{"name": "' + b"x" * (LONGEST_MESSAGE + 1), "it is not JSON"),
        (b'{"name": "' + b"\\" * (LONGEST_MESSAGE + 1), "it is not JSON"),
    ],
)
def test_what_is_no_export_of_a_group_is_refused_with_a_sentence(content: bytes, says: str) -> None:
    with pytest.raises(NotAnExport, match=says):
        read(in_parts(content, 65_536))


def test_a_byte_order_mark_before_an_export_is_not_minded() -> None:
    chat, messages = read(in_parts(b"\xef\xbb\xbf" + export(said(1), said(2)), 65_536))
    assert chat.title == "a group"
    assert len(list(messages)) == 2
