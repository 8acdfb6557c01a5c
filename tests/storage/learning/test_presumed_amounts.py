"""How much is presumed ham: of one account, in all, held out, and whether a run is due for it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import Engine, update

from storage.learning import presumed
from storage.learning.presumed import Limits
from storage.models import (
    Message,
)
from storage.session import reading, transaction
from tests.storage import given
from tests.storage.learning.spoken import NOW, sample, spoken

# How much


def test_one_in_five_is_held_out_always_the_same(engine: Engine) -> None:
    for author in range(10):
        spoken(engine, n=30, author=author + 1, first=30 * author + 1)
    drawn, again = sample(engine), sample(engine)
    assert drawn == again
    held = sum(one.is_held_out for one in drawn)
    assert len(drawn) / 7 < held < len(drawn) / 3.5


def test_a_later_night_draws_nearly_the_same(engine: Engine) -> None:
    for author in range(10):
        spoken(engine, n=30, author=author + 1, first=30 * author + 1)
    small = Limits(texts=60, per_author=10)
    one = {text.message_id for text in sample(engine, limits=small)}
    spoken(engine, n=6, author=11, first=400)
    other = {text.message_id for text in sample(engine, limits=small)}
    assert len(one & other) > 0.9 * len(one)
    sides = {text.message_id: text.is_held_out for text in sample(engine)}
    assert all(sides[text.message_id] == text.is_held_out for text in sample(engine, limits=small))


def test_one_account_says_so_much_over_all_chats(engine: Engine) -> None:
    spoken(engine, n=40)
    spoken(engine, n=40, chat=-5, first=100)
    drawn = sample(engine, limits=Limits(per_author=8))
    assert Counter(one.is_held_out for one in drawn)[False] == 8
    assert len({one.chat_id for one in drawn}) == 2


def test_all_together_are_so_many_and_small_chats_have_their_turn(engine: Engine) -> None:
    for author in range(1, 7):
        spoken(engine, n=20, author=author, first=20 * author)
    spoken(engine, n=10, author=50, chat=-5, first=200)
    learned = [one for one in sample(engine, limits=Limits(texts=14)) if not one.is_held_out]
    assert len(learned) == 14
    assert Counter(one.author_id for one in learned)[50] >= 6


def test_the_same_said_twice_is_taken_once_on_one_side(engine: Engine) -> None:
    spoken(engine, n=40)
    with transaction(engine) as session:
        session.execute(update(Message).where(Message.id <= 20).values(text="Good morning  all"))
        session.execute(update(Message).where(Message.id.between(21, 35)).values(text="good MORNING all"))
    assert len(sample(engine)) == 6


# Whether a run may be due for it


def learnable(engine: Engine, at: datetime = NOW, enough: int = 1_500) -> int:
    with reading(engine) as session:
        return presumed.learnable(session, at, Limits(enough))


def test_it_counts_what_a_run_could_learn_no_further_than_it_is_asked_for(engine: Engine) -> None:
    for author in (1, 2, 3, 4):
        spoken(engine, n=15, author=author, first=20 * author)
    assert learnable(engine) == sum(not one.is_held_out for one in sample(engine))
    assert learnable(engine, enough=12) == 12


def test_two_members_alone_ask_for_no_run(engine: Engine) -> None:
    for author in (1, 2):
        spoken(engine, n=15, author=author, first=20 * author)
    assert learnable(engine) == 0
    assert sample(engine) != []


def test_a_chat_asks_for_none_in_its_first_three_days(engine: Engine) -> None:
    for author in (1, 2, 3):
        spoken(engine, n=15, author=author, first=20 * author)
    assert learnable(engine, given.NOON + timedelta(days=2.9)) == 0
    assert learnable(engine, given.NOON + timedelta(days=3)) > 0
