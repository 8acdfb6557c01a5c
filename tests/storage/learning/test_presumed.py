"""What may be presumed ham: of whom, how old, and whatever is said against it; and how much of it is taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, delete, update

from storage import history
from storage.learning import presumed, shadow
from storage.learning.presumed import Limits, PresumedText
from storage.models import (
    Action,
    ActionKind,
    ActionState,
    Chat,
    Correction,
    CorrectionState,
    Message,
    MessageState,
    Order,
    OrderKind,
    Report,
    Verdict,
)
from storage.moderation import corrections, standing
from storage.moderation.corrections import Decision
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.session import reading, transaction
from tests.storage import given
from tests.storage.exports import NOON, export, said

WORDS = [f"{a}{b}{c}" for a in "abcdefgh" for b in "ijklmn" for c in "opqrst"]
NOW = given.NOON + timedelta(days=10)
FEW = Limits(texts=1_000)


def texts(number: int) -> str:
    return f"{WORDS[number % len(WORDS)]} and {WORDS[-number % len(WORDS)]} {number // len(WORDS)}"


def spoken(
    engine: Engine, n: int = 10, author: int = 7, chat: int = -100123, first: int = 1, score: float = 0.1
) -> list[int]:
    """Messages of a member, judged ham unless the score says otherwise. Returns their rows."""
    model = given.version(engine) if not given.values(engine, given.ModelVersion.id) else None
    with reading(engine) as session:
        model = model or session.get_one(given.ModelVersion, 1)
    messages = [
        given.incoming(texts(number), number, author_id=author, chat_external_id=chat)
        for number in range(first, first + n)
    ]
    given.received(engine, *messages)
    given.verdict(engine, model, messages[-1], score)
    with reading(engine) as session:
        rows = session.query(Message.id).join(Chat).where(Chat.external_id == chat, Message.author_id == author)
        return [row for (row,) in rows.order_by(Message.id)]


def sample(engine: Engine, at: datetime = NOW, limits: Limits = FEW) -> list[PresumedText]:
    with reading(engine) as session:
        return presumed.sample(session, at, limits)


def rows(engine: Engine, at: datetime = NOW) -> set[int]:
    return {one.message_id for one in sample(engine, at)}


def test_what_a_member_in_good_standing_wrote_is_presumed_ham_as_it_stands(engine: Engine) -> None:
    mine = spoken(engine)
    found = sample(engine)
    assert {one.message_id for one in found} == set(mine)
    first = min(found, key=lambda one: one.message_id)
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


def decided(state: CorrectionState, is_spam: bool = False) -> Callable[[Engine, int], None]:
    def do(engine: Engine, row: int) -> None:
        with transaction(engine) as session:
            session.add(Correction(verdict_id=row, actor="ann", is_spam=is_spam, state=state))

    return do


def flagged_before_its_edit(engine: Engine, row: int) -> None:
    with transaction(engine) as session:
        session.execute(update(given.Verdict).where(given.Verdict.message_id == row).values(is_spam=True))


def reported(engine: Engine, row: int) -> None:
    with transaction(engine) as session:
        session.add(Report(message_id=row, reporter_id=1))


def warned(engine: Engine, row: int) -> None:
    with transaction(engine) as session:
        session.add(Order(message_id=row, kind=OrderKind.WARN, actor="telegram:1"))


def forgotten(engine: Engine, row: int) -> None:
    with transaction(engine) as session:
        session.get_one(Message, row).text = ""


def in_state(state: MessageState) -> Callable[[Engine, int], None]:
    def do(engine: Engine, row: int) -> None:
        with transaction(engine) as session:
            session.get_one(Message, row).state = state

    return do


@pytest.mark.parametrize(
    "objection",
    [
        decided(CorrectionState.ACCEPTED),
        decided(CorrectionState.DISPUTED),
        decided(CorrectionState.PROPOSED, True),
        decided(CorrectionState.SET_ASIDE),
        flagged_before_its_edit,
        reported,
        warned,
        forgotten,
        *(in_state(state) for state in MessageState if state != MessageState.HAM),
    ],
)
def test_what_anybody_has_said_something_of_is_not_presumed_and_the_rest_is(
    engine: Engine, objection: Callable[[Engine, int], None]
) -> None:
    mine = spoken(engine)
    objection(engine, mine[0])
    assert rows(engine) == {*mine[1:]}


@pytest.mark.parametrize("state", [CorrectionState.WITHDRAWN, CorrectionState.REPLACED, CorrectionState.REJECTED])
def test_what_was_taken_back_is_no_objection(engine: Engine, state: CorrectionState) -> None:
    mine = spoken(engine)
    decided(state, True)(engine, mine[0])
    assert rows(engine) == set(mine)


def test_a_shadows_flag_is_no_objection(engine: Engine) -> None:
    mine = spoken(engine)
    other = given.in_shadow(engine)
    with transaction(engine) as session:
        shadow.record(session, ScoringVersion(other.id, 0.5, 0.9), [Judgement(mine[0], 0, 0.9)])
    assert rows(engine) == set(mine)


def sanction(engine: Engine, kind: ActionKind, **about: object) -> None:
    with transaction(engine) as session:
        session.add(Action(kind=kind, state=ActionState.DONE, **about))


def test_of_a_member_whom_a_moderator_banned_nothing_is_presumed_until_that_is_undone(engine: Engine) -> None:
    mine = spoken(engine)
    sanction(engine, ActionKind.BAN, verdict_id=1)
    assert rows(engine) == set()
    sanction(engine, ActionKind.UNBAN, verdict_id=1)
    assert rows(engine) == set(mine)


def test_a_ban_without_a_verdict_counts_in_its_chat_alone(engine: Engine) -> None:
    spoken(engine)
    elsewhere = spoken(engine, chat=-5, first=100)
    sanction(engine, ActionKind.BAN, chat_id=1, user_id=7)
    assert rows(engine) == set(elsewhere)


# History


def test_imported_history_counts_where_it_was_still_there_two_days_later(engine: Engine) -> None:
    days = [NOON + 86_400 * day for day in (0, 0, 0, 0, 0, 7, 8, 9, 10)]
    told = [said(i, texts(i), date_unixtime=str(at)) for i, at in enumerate(days, 1)]
    history.import_chat(engine, [export(*told)])
    late = datetime.fromtimestamp(NOON, UTC) + timedelta(days=365)
    assert rows(engine, late) == {1, 2, 3, 4, 5, 6, 7}, "the last two days of it may have been deleted since"


# How much


def test_one_in_five_is_held_out_always_the_same(engine: Engine) -> None:
    for author in range(10):
        spoken(engine, n=30, author=author + 1, first=30 * author + 1)
    found, again = sample(engine), sample(engine)
    assert found == again
    held = sum(one.is_held_out for one in found)
    assert len(found) / 7 < held < len(found) / 3.5


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
    found = sample(engine, limits=Limits(per_author=8))
    assert Counter(one.is_held_out for one in found)[False] == 8
    assert len({one.chat_id for one in found}) == 2


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
