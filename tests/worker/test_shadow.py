"""The challenger in shadow: judges what the champion judged, at a bounded cost, and harms nothing when it fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from classifier.errors import TextError
from classifier.spam import SpamClassifier
from classifier.windows import MAX_TOKENS
from storage.models import Message, MessageState, ModelVersion, Verdict
from storage.moderation.claiming import Claimed
from storage.session import transaction
from tests import tiny
from tests.conftest import AddVersion, count
from tests.storage import given
from worker import moderation, shadow
from worker.champion import Champion
from worker.models import Models


class Broken(SpamClassifier):
    """A classifier that fails on whatever it is shown."""

    def try_score(self, texts: list[str], lowered: float = 0.0) -> list[float | TextError]:  # type: ignore[override]  # callers pass lists
        raise MemoryError("too much of it")


def broken(directory: Path, precision: str, registered: str | None) -> SpamClassifier:
    return (
        Broken(tiny.checkpoint()) if directory.name == "v2" else SpamClassifier.load(directory, precision, registered)
    )


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "home" / "models"


@pytest.fixture
def champion(engine: Engine, models: Path, add_version: AddVersion) -> Champion:
    """v1 serves and flags nothing; v2, in its shadow, flags everything."""
    add_version(engine, "v1", made=tiny.checkpoint(review=1.0))
    add_version(engine, "v2", promoted=False, made=tiny.checkpoint(review=0.0))
    given.in_shadow(engine, "v2")
    return Champion(engine, Models(models, "fp32"))


def work(engine: Engine, champion: Champion, batch_size: int = 100) -> None:
    """What one bell has done."""
    serving = champion.current()
    assert serving is not None
    batch = moderation.judge(engine, serving, batch_size, 30)
    shadow.follow(engine, champion, batch.scored, batch_size)


def shadowed(engine: Engine) -> list[int]:
    """The rows of the messages that the shadow judged."""
    with transaction(engine) as session:
        return sorted(v.message_id for v in session.query(Verdict).filter(Verdict.is_shadow))


def test_with_few_messages_waiting_every_one_is_shadowed(engine: Engine, champion: Champion) -> None:
    rows = given.received(engine, *[given.incoming(f"message {i}", i) for i in range(5)])
    work(engine, champion)
    assert shadowed(engine) == rows
    assert count(engine, "verdicts", "disagrees") == 5


def test_the_champions_verdicts_stay_as_they_are(engine: Engine, champion: Champion) -> None:
    given.received(engine, given.incoming())
    work(engine, champion)
    assert given.values(engine, Message.state) == [MessageState.HAM]
    assert count(engine, "actions") == 0


def test_a_shadows_verdict_names_its_version_and_thresholds(engine: Engine, champion: Champion) -> None:
    given.received(engine, given.incoming())
    work(engine, champion)
    with transaction(engine) as session:
        [verdict] = session.query(Verdict).filter(Verdict.is_shadow)
    assert verdict.model_version_id == given.values(engine, ModelVersion.id)[1]
    assert (verdict.review_threshold, verdict.act_threshold, verdict.is_spam) == (0.0, 0.9, True)


def test_while_more_than_a_batch_waits_a_tenth_is_shadowed(engine: Engine, champion: Champion) -> None:
    rows = given.received(engine, *[given.incoming(f"message {i}", i) for i in range(60)])
    for _ in range(2):
        work(engine, champion, batch_size=20)
    assert shadowed(engine) == [row for row in rows[:20] if row % 10 == 0] + rows[20:40]
    work(engine, champion, batch_size=20)
    assert shadowed(engine) == [row for row in rows[:20] if row % 10 == 0] + rows[20:]


def test_the_share_is_the_same_whoever_asks() -> None:
    messages = [Claimed(row, 0, "hello") for row in range(1, 31)]
    assert [message.id for message in shadow.share(messages, is_busy=True)] == [10, 20, 30]
    assert shadow.share(messages[5:15], is_busy=True) == messages[9:10]


def test_what_cannot_be_scored_is_not_shadowed(engine: Engine, champion: Champion) -> None:
    texts = ["", "x" * (MAX_TOKENS + 1), "hello"]
    rows = given.received(engine, *[given.incoming(text, i) for i, text in enumerate(texts)])
    work(engine, champion)
    assert shadowed(engine) == rows[2:]


def test_without_a_shadow_nothing_is_shadowed(engine: Engine, models: Path, add_version: AddVersion) -> None:
    add_version(engine, "v1")
    given.received(engine, given.incoming())
    work(engine, Champion(engine, Models(models, "fp32")))
    assert count(engine, "verdicts") == 1


@pytest.mark.usefixtures("champion")
def test_a_shadow_that_fails_costs_no_verdict(engine: Engine, models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given.received(engine, given.incoming("hello", 1), given.incoming("good morning", 2))
    work(engine, Champion(engine, Models(models, "fp32", broken)))
    assert given.values(engine, Message.state) == [MessageState.HAM] * 2
    assert shadowed(engine) == []
    assert "MemoryError: too much of it" in capsys.readouterr().out


def test_a_shadow_whose_row_is_gone_costs_no_verdict(
    engine: Engine, champion: Champion, capsys: pytest.CaptureFixture[str]
) -> None:
    given.received(engine, given.incoming())
    serving = champion.current()
    assert serving is not None
    batch = moderation.judge(engine, serving, 100, 30)
    with transaction(engine) as session:
        session.query(ModelVersion).filter_by(name="v2").delete()
    shadow.follow(engine, champion, batch.scored, 100)
    assert count(engine, "verdicts") == 1
    assert "shadow left messages out" in capsys.readouterr().out


def test_following_twice_is_one_verdict(engine: Engine, champion: Champion) -> None:
    given.received(engine, given.incoming())
    serving = champion.current()
    assert serving is not None
    batch = moderation.judge(engine, serving, 100, 30)
    for _ in range(2):
        shadow.follow(engine, champion, batch.scored, 100)
    assert count(engine, "verdicts", "is_shadow") == 1
