"""What may be presumed ham: of whom, how old, and in which chats."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, delete, update

from storage import history
from storage.learning import presumed
from storage.learning.presumed import Limits
from storage.models import (
    Chat,
    Message,
    Verdict,
)
from storage.moderation import corrections, standing
from storage.moderation.corrections import Decision
from storage.session import reading, transaction
from tests.storage import given
from tests.storage.exports import NOON, export, said
from tests.storage.learning.spoken import NOW, rows, sample, spoken, texts


def test_what_a_member_in_good_standing_wrote_is_presumed_ham_as_it_stands(engine: Engine) -> None:
    mine = spoken(engine)
    presumed_texts = sample(engine)
    assert {one.message_id for one in presumed_texts} == set(mine)
    first = min(presumed_texts, key=lambda one: one.message_id)
    assert (first.text, first.author_id, first.chat_id, first.edit, first.sent_at) == (texts(1), 7, 1, 0, given.NOON)


def test_a_guest_is_not_presumed_to_be_right(engine: Engine) -> None:
    spoken(engine, n=4)
    assert sample(engine) == []


def test_who_once_wrote_spam_is_not(engine: Engine) -> None:
    mine = spoken(engine)
    given.corrected(engine, 1, "ann", True)
    assert sample(engine) == []
    assert len(mine) == 10


def test_a_clear_flag_takes_good_standing_until_somebody_decides_it(engine: Engine) -> None:
    mine = spoken(engine)
    [flagged] = set(spoken(engine, n=1, first=11, score=0.97)) - set(mine)
    assert sample(engine) == []
    verdicts = dict(zip(given.values(engine, Verdict.message_id), given.values(engine, Verdict.id), strict=True))
    verdict = verdicts[flagged]
    given.corrected(engine, verdict, "ann", False)
    assert rows(engine) == set(mine)


def test_it_is_two_days_old(engine: Engine) -> None:
    mine = spoken(engine)
    assert rows(engine, given.NOON + timedelta(days=2)) == set(mine)
    assert rows(engine, given.NOON + timedelta(days=2, seconds=-1)) == set()


def test_an_edit_has_to_stand_for_two_days_too(engine: Engine) -> None:
    mine = spoken(engine)
    with transaction(engine) as session:
        session.get_one(Message, mine[0]).edited_at = NOW - timedelta(days=1)
    assert rows(engine) == {*mine[1:]}


def test_web_chats_and_chats_where_moderators_read_have_none(engine: Engine) -> None:
    spoken(engine)
    with transaction(engine) as session:
        session.add(Chat(platform="telegram", external_id=-9, title="b", mode="training", moderators_chat_id=-100123))
    assert sample(engine) == []
    with transaction(engine) as session:
        session.execute(delete(Chat).where(Chat.external_id == -9))
        session.execute(update(Chat).values(platform="web"))
    assert sample(engine) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ok", False),
        ("+1", False),
        (" word ", False),
        ("https://example.org/a/long/one", False),
        ("明天见", False),
        ("see you", True),
        ("a\nb", True),
        ("明天早上见面", True),
        ("สวัสดีครับ", True),
    ],
)
def test_a_text_has_two_words_or_as_many_letters_where_none_are_parted(text: str, says: bool) -> None:
    assert presumed.says_something(text) is says


def test_with_nobody_in_good_standing_nothing_is_presumed(engine: Engine) -> None:
    assert sample(engine) == []
    with reading(engine) as session:
        assert presumed.learnable(session, NOW, Limits()) == 0


# History


def test_imported_history_counts_where_it_was_still_there_two_days_later(engine: Engine) -> None:
    days = [NOON + 86_400 * day for day in (0, 0, 0, 0, 0, 7, 8, 9, 10)]
    messages = [said(i, texts(i), date_unixtime=str(at)) for i, at in enumerate(days, 1)]
    history.import_chat(engine, [export(*messages)])
    late = datetime.fromtimestamp(NOON, UTC) + timedelta(days=365)
    assert rows(engine, late) == {1, 2, 3, 4, 5, 6, 7}, "the last two days of it may have been deleted since"


# Standing


def test_many_authors_are_asked_about_at_once_as_each_would_be_alone(engine: Engine) -> None:
    spoken(engine, n=5, author=1)
    spoken(engine, n=4, author=2, first=20)
    banned = spoken(engine, n=9, author=3, first=40)
    with transaction(engine) as session:
        corrections.correct(session, Decision(banned[0], "ann", "Ann", True))
    with reading(engine) as session:
        chat = session.get_one(Chat, 1)
        alone = {author for author in (1, 2, 3, 4) if standing.is_good(session, chat, author)}
        assert presumed.in_good_standing(session, chat, (1, 2, 3, 4)) == alone == {1}
        assert presumed.count_in_good_standing(session, 1) == 1
