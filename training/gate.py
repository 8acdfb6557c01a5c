"""The gate at work: both versions judge the hold-out set, and what promotion.py says of it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import structlog

from classifier.errors import CheckpointError
from classifier.spam import SpamClassifier
from storage.models import ModelVersion
from storage.queries.corrections import CorrectedText
from training import promotion
from training.examples import Snapshot
from training.promotion import Evidence, Gate, Scores

log = structlog.get_logger()


def examine(
    models: Path, champion: ModelVersion | None, challenger: str, seen: Snapshot, corrected: Sequence[CorrectedText]
) -> Gate:
    """Whether the challenger may take the champion's place, and why or why not. Raises CheckpointError.

    Without a champion, or with one whose files are damaged, there is nothing to be worse than.
    """
    if champion is None:
        return Gate(True, [], {"champion": None})
    try:
        serves = SpamClassifier.load(models / champion.name)
    except CheckpointError as error:
        log.error("the champion cannot be compared with", model_version=champion.name, reason=str(error))
        return Gate(True, [], {"champion": champion.name, "champion_error": str(error)})
    hold_out = seen.split.hold_out
    measured, undone = [example.text for example in hold_out], must_not_break(seen, corrected)
    before, undone_before = (_scores(serves, texts) for texts in (measured, undone))
    del serves  # two prepared networks at once would double what a run needs
    wants = SpamClassifier.load(models / challenger)
    after, undone_after = (_scores(wants, texts) for texts in (measured, undone))
    labels = [example.is_spam for example in hold_out]
    found = promotion.judge(Evidence(labels, before, after, undone_before, undone_after))
    return Gate(found.passes, found.reasons, {"champion": champion.name, **found.figures})


def must_not_break(seen: Snapshot, corrected: Sequence[CorrectedText]) -> list[str]:
    """Texts that were flagged and that moderators said were no spam, as far as the snapshot trusts them."""
    trusted = {item.correction_id for item in seen.items if not item.is_spam}
    return [c.text for c in corrected if c.was_flagged and c.correction_id in trusted]


def _scores(classifier: SpamClassifier, texts: Sequence[str]) -> Scores:
    """What has no score, because nothing of it is visible, is no spam."""
    answers = classifier.try_score(texts)
    scores = [answer if isinstance(answer, float) else 0.0 for answer in answers]
    return Scores(scores, classifier.thresholds.review, classifier.thresholds.act)
