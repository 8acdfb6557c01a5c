"""While many messages wait, copies of what was spam within the last hour are judged first."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, update

from storage.formats import Sample
from storage.learning import erasure, samples
from storage.learning.samples import Importer
from storage.models import Message, ModelVersion, Picture, PictureState, RecentSpam
from storage.moderation import corrections, recent_spam
from storage.privacy import members
from storage.session import transaction
from tests.storage import given
from tests.storage.moderation.leases import claimed_rows

SPAM = "Earn 500 a day from home, write to @boss_ann"
COPY = "🔥🔥 EARN 900 a dаy from home!!! Write to @other_bob"
OTHER = "Has anybody seen the minutes of yesterday's meeting?"
IMPORTER = Importer(7, "a program", "client:7")


@pytest.fixture
def model(engine: Engine) -> ModelVersion:
    return given.version(engine)


def jumps(engine: Engine, text: str = COPY, chat: int = -100777) -> bool:
    """Whether a message goes before another, of somebody as new, that came earlier; both are claimed."""
    first, second = given.received(engine, given.incoming(OTHER, 900), given.incoming(text, 901, chat_external_id=chat))
    order = [*claimed_rows(engine, limit=1), *claimed_rows(engine, limit=1)]
    assert sorted(order) == [first, second]
    return order == [second, first]


def test_a_copy_of_what_was_flagged_in_another_chat_goes_first(engine: Engine, model: ModelVersion) -> None:
    given.verdict(engine, model, given.incoming(SPAM))
    assert jumps(engine)


@pytest.mark.parametrize("text", ["Has anybody else seen them since yesterday?", "buy now"])
def test_another_text_waits_its_turn(engine: Engine, model: ModelVersion, text: str) -> None:
    given.verdict(engine, model, given.incoming(SPAM))
    given.verdict(engine, model, given.incoming("buy now", 2))
    assert not jumps(engine, text)


def test_nor_does_a_copy_of_ham_go_first(engine: Engine, model: ModelVersion) -> None:
    given.verdict(engine, model, given.incoming(SPAM), score=0.1)
    assert not jumps(engine)


def test_a_copy_of_what_only_moderators_called_spam_goes_first(engine: Engine, model: ModelVersion) -> None:
    verdict_id = given.verdict(engine, model, given.incoming(SPAM), score=0.1)
    given.corrected(engine, verdict_id, "ann", is_spam=True)
    assert jumps(engine)


def test_members_proposals_change_nothing(engine: Engine, model: ModelVersion) -> None:
    flag = given.verdict(engine, model, given.incoming(SPAM))
    ham = given.verdict(engine, model, given.incoming("Come to our party next Sunday", 2), score=0.1)
    given.corrected(engine, flag, "ann", is_spam=False, is_moderator=False)
    given.corrected(engine, ham, "ann", is_spam=True, is_moderator=False)
    assert recent(engine) == 1
    assert jumps(engine)


def test_not_spam_ends_it_for_all_copies(engine: Engine, model: ModelVersion) -> None:
    given.verdict(engine, model, given.incoming(SPAM))
    verdict_id = given.verdict(engine, model, given.incoming(COPY, 2))
    given.corrected(engine, verdict_id, "ann", is_spam=False)
    assert recent(engine) == 0
    assert not jumps(engine)


def test_not_spam_that_is_taken_back_leaves_the_flag(engine: Engine, model: ModelVersion) -> None:
    verdict_id = given.verdict(engine, model, given.incoming(SPAM))
    given.corrected(engine, verdict_id, "ann", is_spam=False)
    take_back(engine, verdict_id)
    assert jumps(engine)


def test_spam_that_is_taken_back_leaves_nothing(engine: Engine, model: ModelVersion) -> None:
    verdict_id = given.verdict(engine, model, given.incoming(SPAM), score=0.1)
    given.corrected(engine, verdict_id, "ann", is_spam=True)
    take_back(engine, verdict_id)
    assert recent(engine) == 0


def test_what_moderators_disagree_about_is_not_looked_for(engine: Engine, model: ModelVersion) -> None:
    verdict_id = given.verdict(engine, model, given.incoming(SPAM))
    given.corrected(engine, verdict_id, "ann", is_spam=True)
    given.corrected(engine, verdict_id, "bob", is_spam=False)
    assert not jumps(engine)


def test_after_an_hour_it_is_over_and_the_next_tidying_empties_the_table(engine: Engine, model: ModelVersion) -> None:
    given.verdict(engine, model, given.incoming(SPAM))
    tidy(engine)
    assert recent(engine) == 1
    given.passed(engine, "recent_spam", "seen_at")
    assert not jumps(engine)
    tidy(engine)
    assert recent(engine) == 0


def test_imported_copies_stay_behind_and_imported_spam_is_no_news(engine: Engine, model: ModelVersion) -> None:
    with transaction(engine) as session:
        samples.take(session, IMPORTER, [Sample(1, SPAM, is_spam=True)])
    given.verdict(engine, model, given.incoming(OTHER), score=0.95)
    assert given.values(engine, RecentSpam.message_id) == given.values(engine, Message.id)[1:]
    with transaction(engine) as session:
        samples.take(session, IMPORTER, [Sample(2, OTHER, is_spam=True)])
    [live] = given.received(engine, given.incoming("good morning", 2))
    assert claimed_rows(engine, limit=1) == [live]


def test_an_edit_changes_the_turn(engine: Engine, model: ModelVersion) -> None:
    given.verdict(engine, model, given.incoming(SPAM))
    given.received(engine, given.incoming(OTHER, 2), given.incoming(COPY, 3))
    given.received(engine, given.edited(COPY, 2), given.edited(OTHER, 3))
    assert given.values(engine, Message.is_unlike_spam) == [True, False, True]


def test_a_decision_about_an_earlier_text_is_about_that_text(engine: Engine, model: ModelVersion) -> None:
    verdict_id = given.verdict(engine, model, given.incoming(SPAM), score=0.1)
    given.verdict(engine, model, given.edited(OTHER), score=0.1)
    given.corrected(engine, verdict_id, "ann", is_spam=True)
    assert jumps(engine)


def test_a_name_before_the_text_and_words_of_its_picture_do_not_count(engine: Engine, model: ModelVersion) -> None:
    name = "FREE COINS t.me/coins"
    [row] = given.received(engine, given.incoming(SPAM, author_name=name, telling_name=name, picture_id="p"))
    with transaction(engine) as session:
        session.execute(update(Message).values(text=Message.text + "\nCASINO OF THE SOUTH"))
        session.add(Picture(message_id=row, state=PictureState.READ, added="CASINO OF THE SOUTH"))
    given.verdict(engine, model, given.incoming("ok", 2))
    assert given.values(engine, Message.text)[0].startswith(name)
    assert jumps(engine)


def test_what_is_forgotten_or_expires_leaves_no_fingerprint(engine: Engine, model: ModelVersion) -> None:
    given.verdict(engine, model, given.incoming(SPAM))
    given.verdict(engine, model, given.incoming(COPY, 2, author_id=8))
    with transaction(engine) as session:
        assert members.forget(session, 7) == 1
    assert given.values(engine, RecentSpam.message_id) == given.values(engine, Message.id)[1:]
    with transaction(engine) as session:
        assert erasure.expire(session, 0) == 1
    assert recent(engine) == 0


def recent(engine: Engine) -> int:
    return len(given.values(engine, RecentSpam.id))


def take_back(engine: Engine, verdict_id: int) -> None:
    with transaction(engine) as session:
        corrections.take_back(session, verdict_id, "ann")


def tidy(engine: Engine) -> None:
    with transaction(engine) as session:
        recent_spam.tidy(session)
