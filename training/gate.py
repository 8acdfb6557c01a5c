"""The gate at work: both versions judge the hold-out set, and what promotion.py says of it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog

from classifier.errors import CheckpointError
from classifier.spam import SpamClassifier
from storage.models import ModelVersion
from storage.queries.corrections import CorrectedText
from training import ham_gate, promotion, scripts
from training.examples import Snapshot, hash_of_measured_seed
from training.promotion import Evidence, Gate, Scores

log = structlog.get_logger()


def examine(
    models: Path,
    served: Sequence[ModelVersion],
    challenger: str,
    seen: Snapshot,
    corrected: Sequence[CorrectedText],
    measured: Scores,
) -> Gate:
    """Whether the challenger may take the champion's place, and why or why not. Raises CheckpointError.

    `measured` is what the run itself found of the hold-out set: where no version serves yet, that is enough.

    `served` is the champion and, behind it, what served before: the first whose files are whole is compared with.
    Where there is none, it passes: its calibration is noted.
    """
    hold_out = seen.split.hold_out
    texts, everyday = [example.text for example in hold_out], scripts.everyday(hold_out)
    labels, serves = [example.is_spam for example in hold_out], _first_whole(models, served)
    figures: dict[str, Any] = {"champion": served[0].name if served else None}
    if serves is None:  # no message has a judge until this one serves
        flags = _flags(texts, measured)
        suspicion = scripts.judge([text for text in everyday if text in flags], None, flags)
        return Gate(True, [], {**figures, **suspicion.figures, **promotion.judge_alone(labels, measured).figures})
    unread = sorted(set(everyday) - set(texts))
    asked = (
        texts, must_not_break(seen, corrected), [example.text for example in seen.presumed_held_out], unread
    )  # fmt: skip
    version, classifier = serves
    before = [_scores(classifier, texts) for texts in asked]
    del classifier, serves  # two prepared networks at once would double what a run needs
    wants = SpamClassifier.load(models / challenger)
    after = [_scores(wants, texts) for texts in asked]
    found = promotion.judge(Evidence(labels, before[0], after[0], before[1], after[1]))
    found = ham_gate.together(found, ham_gate.judge(before[2], after[2]))
    flagged = [_flags(texts, sides[0]) | _flags(unread, sides[3]) for sides in (before, after)]
    found = ham_gate.together(found, scripts.judge(everyday, *flagged))
    if not found.passes and version.provenance.get("measured_seed_hash") != hash_of_measured_seed(seen.split):
        found.reasons.append(
            f"{version.name} was made from another seed set or by another release, and may know some of "
            f"these texts by heart: `hamlet promote {challenger}` has this one serve all the same"
        )
    return Gate(found.passes, found.reasons, {**figures, "compared_with": version.name, **found.figures})


def _flags(texts: Sequence[str], scores: Scores) -> dict[str, bool]:
    return dict(zip(texts, scores.flagged.tolist(), strict=True))


def _first_whole(models: Path, served: Sequence[ModelVersion]) -> tuple[ModelVersion, SpamClassifier] | None:
    loaded = ((version, _load(models, version)) for version in served)
    return next(((version, classifier) for version, classifier in loaded if classifier is not None), None)


def _load(models: Path, version: ModelVersion) -> SpamClassifier | None:
    try:
        return SpamClassifier.load(models / version.name)
    except CheckpointError as error:
        log.error("a version cannot be compared with", model_version=version.name, reason=str(error))
        return None


def must_not_break(seen: Snapshot, corrected: Sequence[CorrectedText]) -> list[str]:
    """Texts that were flagged and that moderators said were no spam, as far as the defences trust them.

    Of many that say the same, those that are learned from stand for all.
    """
    return [c.text for c in corrected if c.was_flagged and not c.is_spam and c.correction_id in seen.trusted]


def _scores(classifier: SpamClassifier, texts: Sequence[str]) -> Scores:
    """What has no score, because nothing of it is visible, is no spam."""
    answers = classifier.try_score(texts)
    scores = [answer if isinstance(answer, float) else 0.0 for answer in answers]
    return Scores(scores, classifier.thresholds.review, classifier.thresholds.act)
