"""However much is imported, a live message waits for the few samples under way and no longer."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine, select

from classifier.errors import TextError
from classifier.spam import SpamClassifier
from storage.formats import Sample
from storage.learning import samples
from storage.learning.samples import Importer
from storage.models import Message, MessageState, ModelVersion
from storage.session import reading, transaction
from storage.views import monitoring, wellness
from tests import tiny
from tests.storage import given
from tests.storage.views.test_monitoring import aged, work
from worker import moderation
from worker.models import Serving
from worker.moderation import UNHURRIED_CHARACTERS, Batch

LONG = "see you at the usual place " * (UNHURRIED_CHARACTERS // 54)  # two fill a chunk


class Noting(SpamClassifier):
    """Notes how many texts it is given, and lets something happen each time."""

    def __init__(self, happens: Callable[[], object] = lambda: None) -> None:
        super().__init__(tiny.checkpoint(review=0.9))
        self.batches: list[int] = []
        self._happens = happens

    def try_score(self, texts: list[str], lowered: float = 0.0) -> list[float | TextError]:  # type: ignore[override]  # callers pass lists
        self.batches.append(len(texts))
        self._happens()
        return super().try_score(texts, lowered)


def import_some(engine: Engine, count: int) -> None:
    with transaction(engine) as session:
        some = [Sample(n, f"{LONG}{n}", is_spam=False) for n in range(1, count + 1)]
        samples.take(session, Importer(7, "a program", "client:7"), some)


def judge(engine: Engine, classifier: SpamClassifier, longest_seconds: float = 60.0) -> Batch:
    with reading(engine) as session:
        model = session.scalars(select(ModelVersion)).one()
    return moderation.judge(engine, Serving(model.id, model.name, classifier), 100, 30, longest_seconds=longest_seconds)


def pending(engine: Engine) -> int:
    return given.values(engine, Message.state).count(MessageState.PENDING)


def test_samples_are_given_back_where_a_live_message_comes_in(engine: Engine) -> None:
    given.version(engine)
    import_some(engine, 7)
    number = iter(range(1, 100))
    classifier = Noting(lambda: given.received(engine, given.incoming("hello", next(number))))
    judge(engine, classifier)
    assert classifier.batches == [2]
    assert pending(engine) == 5 + 1
    assert set(given.values(engine, Message.attempts)) <= {0, 1}
    live = Noting()
    judge(engine, live)
    assert live.batches == [1, 2, 2, 1], "the live message first, then what was given back"
    assert pending(engine) == 0


def test_what_a_batch_has_no_time_for_is_given_back_as_if_it_had_not_been_claimed(engine: Engine) -> None:
    given.version(engine)
    for number in range(1, 13):
        given.received(engine, given.incoming(f"{LONG}{number}", number))
    classifier = Noting()
    batch = judge(engine, classifier, longest_seconds=0.0)
    assert (batch.claimed, batch.judged, len(batch.scored)) == (12, classifier.batches[0], classifier.batches[0])
    assert len(classifier.batches) == 1
    assert pending(engine) == batch.claimed - batch.judged > 0
    assert sorted(given.values(engine, Message.attempts)) == [0] * pending(engine) + [1] * batch.judged
    assert batch.may_leave_some(100)
    rest = judge(engine, Noting())
    assert rest.judged == batch.claimed - batch.judged
    assert not rest.may_leave_some(100)
    assert pending(engine) == 0


def test_without_live_messages_all_samples_are_judged(engine: Engine) -> None:
    given.version(engine)
    import_some(engine, 7)
    classifier = Noting()
    assert judge(engine, classifier).claimed == 7
    assert classifier.batches == [2, 2, 2, 1]


def test_an_import_that_takes_long_is_no_hindrance(engine: Engine) -> None:
    given.version(engine)
    work(engine)
    import_some(engine, 3)
    aged(engine, "received_at", Message, minutes=60)
    with reading(engine) as session:
        assert wellness.problems(session, lambda _: True) == []
        figures = monitoring.look(session, lambda _: True)
    assert figures.hindrances == []
    assert figures.oldest_message_age == 0.0
    assert figures.messages[MessageState.PENDING] == 3
