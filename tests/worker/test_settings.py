"""The worker's settings: a wrong value refuses to start."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from jobs import processors
from training.settings import TrainingSettings
from worker.settings import WorkerSettings


@pytest.mark.parametrize("share", ["-0.1", "1.1", "nan", "some"])
def test_a_share_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, share: str) -> None:
    monkeypatch.setenv("HAMLET_AUDIT_SHARE", share)
    with pytest.raises(ValidationError, match="audit_share"):
        WorkerSettings()


def test_the_threads_are_those_this_process_may_use() -> None:
    assert WorkerSettings().worker_threads == TrainingSettings().training_threads == processors.count()


def test_more_threads_than_are_of_use_may_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAMLET_WORKER_THREADS", "384")
    assert WorkerSettings().worker_threads == 384
