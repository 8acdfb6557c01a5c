"""A notice's line about where its message is and who wrote it: links as entities, counted as Telegram counts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import MessageEntity

from actions import notices
from actions.links import message_link
from storage.models import Correction, CorrectionState
from storage.moderation.precedents import Precedent
from storage.moderation.presence import Presence
from storage.moderation.requested_actions.calls import VerdictAction
from telegram_ui.lengths import LONGEST_CAPTION
from tests.actions.test_notices import TASK, WRITTEN, units

SUPERGROUP = -1_001_234_567_890
SHOWN = replace(TASK, chat_external_id=SUPERGROUP, author_id=7, author_name="Eve", presence=Presence(12, 3))


def covered(text: str, entity: MessageEntity) -> str:
    return units(text)[2 * entity.offset :][: 2 * entity.length].decode("utf-16-le")


def links(action: VerdictAction, longest: int = 4096) -> dict[str, str | None]:
    text, entities = notices.notice(action, longest=longest, chat_id=-100777)
    return {covered(text, entity): entity.url for entity in entities if entity.type == "text_link"}


def line(action: VerdictAction, chat_id: int = -100777) -> str:
    return notices.notice(action, chat_id=chat_id)[0].split("\n")[1]


def test_the_message_and_its_author_can_be_opened() -> None:
    assert line(SHOWN) == "message · author · here for 3 days · 12 messages"
    assert links(SHOWN) == {"message": "https://t.me/c/1234567890/9", "author": "tg://user?id=7"}


def test_in_the_group_itself_nobody_is_named_or_mentioned() -> None:
    text, entities = notices.notice(SHOWN, chat_id=SUPERGROUP)
    assert text.split("\n")[1] == "message · author · here for 3 days · 12 messages"
    assert [entity.url for entity in entities if entity.type == "text_link"] == ["https://t.me/c/1234567890/9"]


def test_a_name_that_advertises_is_not_repeated() -> None:
    spammer = replace(SHOWN, author_name="EARN 500$ A DAY")
    assert line(spammer).startswith("message · author · here")
    assert links(spammer)["author"] == "tg://user?id=7"


def test_an_erased_name_leads_nowhere() -> None:
    assert list(links(replace(SHOWN, author_name=""))) == ["message"]


def test_a_channel_has_no_page_of_a_person() -> None:
    assert list(links(replace(SHOWN, author_id=-1_009))) == ["message"]


def test_a_basic_groups_message_has_no_address() -> None:
    assert message_link(-1_001, 9) is None
    assert message_link(SUPERGROUP, -9) is None, "it stayed behind when the group moved"


@pytest.mark.parametrize(
    ("presence", "words"),
    [
        (Presence(1, 0), "here for less than a day · 1 message"),
        (Presence(1, 1), "here for 1 day · 1 message"),
        (Presence(1_200), "1200 messages"),
    ],
)
def test_how_long_and_how_much(presence: Presence, words: str) -> None:
    assert line(replace(SHOWN, presence=presence)) == f"message · author · {words}"


def test_it_is_told_in_russian_with_its_plurals() -> None:
    notice = notices.notice(replace(SHOWN, language="ru", precedent=Precedent(True, 2)))[0]
    assert "сообщение · автор · здесь 3 дня · 12 сообщений\n" in notice
    assert "уже решали: спам, 2 дня назад\n" in notice


@pytest.mark.parametrize(
    ("precedent", "words"),
    [
        (Precedent(True, 2), "decided before: spam, 2 days ago"),
        (Precedent(False, 1), "decided before: not spam, 1 day ago"),
        (Precedent(True, 0), "decided before: spam, less than a day ago"),
        (Precedent(False), "most like a message that was decided: not spam"),
    ],
)
def test_what_was_decided_about_the_same_before(precedent: Precedent, words: str) -> None:
    assert f"{words}\n\nbuy now" in notices.notice(replace(SHOWN, precedent=precedent))[0]


def test_once_it_is_decided_itself_earlier_decisions_say_nothing() -> None:
    decided = (Correction(actor_name="Ann", is_spam=True, state=CorrectionState.ACCEPTED),)
    text = notices.notice(replace(SHOWN, precedent=Precedent(True, 2), corrections=decided))[0]
    assert "decided before" not in text


@settings(max_examples=50, deadline=None)
@given(title=WRITTEN, name=WRITTEN, longest=st.sampled_from([4096, LONGEST_CAPTION]))
def test_links_cover_exactly_their_words(title: str, name: str, longest: int) -> None:
    action = replace(SHOWN, chat_title=title, author_name=name, language="ru")
    assert "сообщение" in links(action, longest)
    for words, address in links(action, longest).items():
        assert address == "https://t.me/c/1234567890/9" if words == "сообщение" else address == "tg://user?id=7"


def test_a_link_that_does_not_fit_is_left_out() -> None:
    text, entities = notices.notice(replace(SHOWN, chat_title="T" * 380), longest=LONGEST_CAPTION, chat_id=1)
    assert "…" in text
    assert [covered(text, entity) for entity in entities] == ["buy now"]
