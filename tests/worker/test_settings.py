"""The worker's settings: a wrong value refuses to start."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from worker.settings import WorkerSettings


@pytest.mark.parametrize("share", ["-0.1", "1.1", "nan", "some"])
def test_a_share_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, share: str) -> None:
    monkeypatch.setenv("HAMLET_AUDIT_SHARE", share)
    with pytest.raises(ValidationError, match="audit_share"):
        WorkerSettings()
