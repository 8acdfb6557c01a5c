"""What a notice says: the message behind a spoiler, the decisions, and no markup from anybody."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions import notices
from storage.models import ActionKind, Correction, CorrectionState, Standing
from storage.moderation.listings import Listed
from storage.moderation.requested_actions.calls import VerdictAction
from telegram_ui.buttons import CorrectionButton, WhyButton

WRITTEN = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
quick = settings(max_examples=50, deadline=None)
TASK = VerdictAction(
    action_id=1,
    holder="a",
    kind=ActionKind.NOTIFY,
    verdict_id=5,
    chat_external_id=-100123,
    chat_title="a group",
    moderators_chat_id=None,
    message_id=9,
    text="buy now",
    score=0.987,
    model_version="v3",
    notice=None,
    corrections=(),
)


def said(who: str, is_spam: bool, state: CorrectionState = CorrectionState.ACCEPTED) -> Correction:
    return Correction(actor_name=who, is_spam=is_spam, state=state)


def text(**changes: Any) -> str:
    return notices.notice(replace(TASK, **changes))[0]


def units(text: str) -> bytes:
    return text.encode("utf-16-le")


def hidden(task: VerdictAction) -> str:
    """What the notice's spoiler covers, counted as Telegram counts."""
    text, [spoiler] = notices.notice(task)
    assert spoiler.type == "spoiler"
    return units(text)[2 * spoiler.offset :][: 2 * spoiler.length].decode("utf-16-le")


def test_a_notice_says_where_what_and_how_sure() -> None:
    assert text() == "Looks like spam in a group\nscore 0.99 · model v3\n\nbuy now"


@pytest.mark.parametrize(
    ("standing", "line"),
    [
        (Standing.NEWCOMER, "first messages here: shown from 0.93"),
        (Standing.SOME, "some clean messages here: shown from 0.93"),
        (Standing.BEFORE, "was here before me: shown from 0.93"),
        (Standing.GOOD, "a regular: shown from 0.93"),
    ],
)
def test_a_notice_says_what_is_known_of_the_author(standing: Standing, line: str) -> None:
    told_standing = replace(TASK, standing=standing, review_threshold=0.926)
    assert notices.notice(told_standing)[0] == f"Looks like spam in a group\nscore 0.99 · model v3\n{line}\n\nbuy now"
    assert hidden(told_standing) == "buy now"


@pytest.mark.parametrize(("score", "headline"), [(0.1, "An account to look at"), (0.9, "Somebody joined")])
def test_a_listed_persons_innocent_name_is_not_called_spam_as_they_join(score: float, headline: str) -> None:
    joined = {"is_join": True, "score": score, "review_threshold": 0.5}
    assert text(**joined, listed=Listed("lists.example")).startswith(headline)


def test_a_notice_says_it_in_the_chats_language() -> None:
    notice = text(standing=Standing.GOOD, review_threshold=0.986, language="ru")
    assert "постоянный участник: показываю с 0.99\n\nbuy now" in notice


@quick
@given(title=WRITTEN, message=WRITTEN, who=WRITTEN)
def test_the_spoiler_covers_exactly_the_message(title: str, message: str, who: str) -> None:
    assert hidden(replace(TASK, chat_title=title, text=message, corrections=(said(who, True),))) == message


def test_the_spoiler_counts_emoji_as_telegram_does() -> None:
    assert hidden(replace(TASK, chat_title="🎉 party 👩‍👩‍👧", text="💰 free 💰 money")) == "💰 free 💰 money"


def test_a_long_message_is_cut_and_fits_with_every_decision() -> None:
    decided = tuple(said("N" * 128, True, CorrectionState.DISPUTED) for _ in range(4))
    long = replace(TASK, text="x" * 4096, chat_title="T" * 256, corrections=decided)
    assert len(notices.notice(long)[0]) <= 4096
    assert hidden(long) == "x" * 3000 + "…"


def test_a_message_that_fits_is_not_cut() -> None:
    assert hidden(replace(TASK, text="x" * 3000)) == "x" * 3000


def test_no_name_or_message_becomes_markup() -> None:
    evil = "<b>*bold*</b> [link](https://evil.example) @everyone"
    written, entities = notices.notice(replace(TASK, chat_title=evil, text=evil, corrections=(said(evil, True),)))
    assert written.count(evil) == 3
    assert [entity.type for entity in entities] == ["spoiler"]


def test_a_decision_is_shown_with_its_moderator() -> None:
    assert text(corrections=(said("Ann", False),)).endswith("buy now\n\n✓ Ann: not spam")


def test_a_dispute_is_shown_with_what_follows_from_it() -> None:
    both = (said("Ann", False, CorrectionState.DISPUTED), said("Bob", True, CorrectionState.DISPUTED))
    assert text(corrections=both).endswith(
        "✓ Ann: not spam, Bob: spam\nYou disagree, so training leaves it out until you agree."
    )


@quick
@given(verdict_id=st.integers(1, 10**18 - 1))
def test_the_buttons_say_which_verdict_they_correct(verdict_id: int) -> None:
    [[spam, ham, why]] = notices.buttons(replace(TASK, verdict_id=verdict_id)).inline_keyboard
    assert CorrectionButton.parse(str(spam.callback_data)) == CorrectionButton(verdict_id, True)
    assert CorrectionButton.parse(str(ham.callback_data)) == CorrectionButton(verdict_id, False)
    assert WhyButton.parse(str(why.callback_data)) == WhyButton(verdict_id)
    assert len(str(spam.callback_data).encode()) <= 64
