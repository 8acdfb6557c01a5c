"""The worker's use-case: claim what waits, judge it with a real if tiny network, record it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from classifier.errors import TextError
from classifier.spam import SpamClassifier
from classifier.windows import MAX_TOKENS
from storage.models import Action, Message, MessageState, ModelVersion, Verdict
from storage.moderation import inbox
from storage.moderation.claiming import Claimed
from storage.session import reading, transaction
from tests import tiny
from tests.conftest import count
from tests.storage import given
from worker import moderation
from worker.models import Serving
from worker.moderation import CHUNK_CHARACTERS, Batch

HAM, SPAM = MessageState.HAM, MessageState.SPAM
FAILED, NOTHING = MessageState.FAILED, MessageState.NOTHING_TO_JUDGE


@pytest.fixture(scope="module")
def classifier() -> SpamClassifier:
    """Flags every text it can judge."""
    return SpamClassifier(tiny.checkpoint(review=0.0))


class Fragile(SpamClassifier):
    """A classifier that one text breaks."""

    def __init__(self) -> None:
        super().__init__(tiny.checkpoint(review=0.0))
        self.batches: list[int] = []

    def try_score(self, texts: list[str], lowered: float = 0.0) -> list[float | TextError]:  # type: ignore[override]  # callers pass lists
        self.batches.append(len(texts))
        if "break" in texts:
            raise MemoryError("too much of it")
        return super().try_score(texts, lowered)


def judge(engine: Engine, classifier: SpamClassifier, batch_size: int = 100, audit_share: float = 0.0) -> Batch:
    with reading(engine) as session:
        model = session.scalars(select(ModelVersion)).one()
    return moderation.judge(engine, Serving(model.id, model.name, classifier), batch_size, 30, audit_share)


def states(engine: Engine) -> list[MessageState]:
    return given.values(engine, Message.state)


def claimed(*texts: str) -> list[Claimed]:
    return [Claimed(i, 0, text) for i, text in enumerate(texts)]


def test_what_waits_is_judged(engine: Engine, classifier: SpamClassifier) -> None:
    model = given.version(engine)
    given.received(engine, given.incoming("buy now", 1), given.incoming("hello", 2))
    assert judge(engine, classifier).claimed == 2
    assert states(engine) == [SPAM, SPAM]
    with reading(engine) as session:
        verdicts = session.scalars(select(Verdict).order_by(Verdict.id)).all()
    scores = classifier.score(["buy now", "hello"])
    assert [verdict.score for verdict in verdicts] == pytest.approx(scores, abs=1e-5)
    assert {(v.model_version_id, v.review_threshold, v.act_threshold) for v in verdicts} == {(model.id, 0.0, 0.9)}


def test_the_verdicts_that_ask_for_actions_are_named(engine: Engine, classifier: SpamClassifier) -> None:
    given.version(engine)
    given.received(engine, given.incoming("buy now"))
    assert judge(engine, classifier).asking == given.values(engine, Action.verdict_id)


def test_a_version_that_flags_nothing_asks_for_nothing(engine: Engine) -> None:
    given.version(engine)
    given.received(engine, given.incoming("buy now"))
    assert judge(engine, SpamClassifier(tiny.checkpoint(review=1.0))).asking == []
    assert states(engine) == [HAM]


def test_nothing_waiting_is_nothing_judged(engine: Engine, classifier: SpamClassifier) -> None:
    given.version(engine)
    assert judge(engine, classifier) == Batch(0)


def test_a_batch_is_at_most_its_size(engine: Engine, classifier: SpamClassifier) -> None:
    given.version(engine)
    given.received(engine, *[given.incoming("hello", i) for i in range(5)])
    assert [judge(engine, classifier, batch_size=2).claimed for _ in range(4)] == [2, 2, 1, 0]


def test_each_message_of_a_mixed_batch_ends_in_its_own_state(engine: Engine, classifier: SpamClassifier) -> None:
    given.version(engine)
    texts = ["buy now", "", " \u200b\n", "x" * (MAX_TOKENS + 1), "hello"]
    given.received(engine, *[given.incoming(text, i) for i, text in enumerate(texts)])
    batch = judge(engine, classifier)
    assert states(engine) == [SPAM, NOTHING, NOTHING, FAILED, SPAM]
    assert [message.text for message in batch.scored] == ["buy now", "hello"]
    errors = given.values(engine, Message.error)
    assert "at most 147,456 are judged" in errors[3]
    assert errors[:3] == [None, None, None]
    assert count(engine, "verdicts") == 2


def test_a_text_that_breaks_the_classifier_fails_alone(engine: Engine) -> None:
    given.version(engine)
    given.received(engine, *[given.incoming(text, i) for i, text in enumerate(["buy now", "break", "hello"])])
    judge(engine, Fragile())
    assert states(engine) == [SPAM, FAILED, SPAM]
    assert given.values(engine, Message.error)[1] == "MemoryError: too much of it"


def test_a_text_that_takes_longer_than_a_lease_is_kept(engine: Engine) -> None:
    given.version(engine)
    given.received(engine, given.incoming("a long text"))
    with transaction(engine) as session:
        holder, _ = inbox.claim(session, 1, 0.3)
    with moderation.lease_renewed(engine, holder, 0.3):
        time.sleep(1.5)
        with transaction(engine) as session:
            assert inbox.claim(session, 1, 30)[1] == []


def test_a_batch_that_breaks_is_judged_one_by_one() -> None:
    fragile = Fragile()
    decided = moderation.decide(fragile, claimed("buy now", "break", "hello"))
    assert fragile.batches == [3, 1, 1, 1]
    assert [judgement.score is None for judgement in decided] == [False, True, False]


def test_a_judged_message_is_not_judged_again(engine: Engine, classifier: SpamClassifier) -> None:
    given.version(engine)
    given.received(engine, given.incoming("buy now"))
    for _ in range(2):
        judge(engine, classifier)
    assert count(engine, "verdicts") == 1


@pytest.mark.parametrize(("review", "share", "drawn"), [(1.0, 1.0, True), (1.0, 0.0, False), (0.0, 1.0, False)])
def test_ham_alone_is_drawn_for_audit_by_its_share(engine: Engine, review: float, share: float, drawn: bool) -> None:
    given.version(engine)
    given.received(engine, given.incoming("hello", 1), given.incoming("good morning", 2))
    judge(engine, SpamClassifier(tiny.checkpoint(review=review)), audit_share=share)
    assert given.values(engine, Verdict.is_audited) == [drawn, drawn]


def test_an_edit_is_judged_anew(engine: Engine, classifier: SpamClassifier) -> None:
    given.version(engine)
    given.received(engine, given.incoming("hello"))
    judge(engine, classifier)
    given.received(engine, given.edited("buy now"))
    judge(engine, classifier)
    assert given.values(engine, Verdict.edit) == [0, 1]


def test_what_another_worker_holds_is_left_to_it(engine: Engine, classifier: SpamClassifier) -> None:
    given.version(engine)
    given.received(engine, given.incoming("hello"))
    with transaction(engine) as session:
        inbox.claim(session, 10, 30)
    assert judge(engine, classifier) == Batch(0)


@settings(max_examples=50, deadline=None)
@examples(st.lists(st.integers(0, 2 * CHUNK_CHARACTERS), max_size=20))
def test_chunks_keep_every_message_in_order_and_stay_small(lengths: list[int]) -> None:
    messages = claimed(*("x" * length for length in lengths))
    chunks = list(moderation.chunks(messages))
    assert [message for chunk in chunks for message in chunk] == messages
    for chunk in chunks:
        assert chunk
        assert len(chunk) == 1 or sum(len(message.text) for message in chunk) <= CHUNK_CHARACTERS


def test_a_long_batch_is_judged_in_chunks(engine: Engine) -> None:
    given.version(engine)
    given.received(engine, *[given.incoming(" " * (7_000 + i), i) for i in range(3)])
    classifier = Fragile()
    assert judge(engine, classifier).claimed == 3
    assert classifier.batches == [2, 1]
    assert states(engine) == [NOTHING, NOTHING, NOTHING]
