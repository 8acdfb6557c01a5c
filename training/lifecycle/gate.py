"""The gate at work: both versions score the same texts, and each of its parts says whether the challenger passes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from classifier.errors import CheckpointError
from classifier.spam import SpamClassifier
from storage.models import ModelVersion
from storage.moderation.corrections import CorrectedText
from training.data.datasets import Example
from training.data.snapshot import Snapshot, hash_of_measured_seed
from training.lifecycle import gate_presumed_ham, gate_rule, gate_scripts
from training.lifecycle.gate_decision import Gate
from training.lifecycle.gate_evidence import Evidence, Scores

log = structlog.get_logger()


@dataclass(frozen=True)
class _TextScores:
    """One version's scores of the gate's texts, and which texts of the hold-out set and everyday sentences it flags."""

    hold_out: Scores
    undone: Scores
    presumed: Scores
    flags: dict[str, bool]


@dataclass(frozen=True)
class _Texts:
    """What the gate has versions score; `everyday` sentences may be among the hold-out set."""

    hold_out: list[str]
    undone: list[str]
    presumed: list[str]
    everyday: list[str]

    def scored(self, classifier: SpamClassifier) -> _TextScores:
        """The version's scores of every text."""
        beside = sorted(set(self.everyday) - set(self.hold_out))
        hold_out, undone, presumed, further = (
            _scores(classifier, texts) for texts in (self.hold_out, self.undone, self.presumed, beside)
        )
        flags = _flags(self.hold_out, hold_out) | _flags(beside, further)
        return _TextScores(hold_out, undone, presumed, flags)


def examine(
    models: Path,
    served: Sequence[ModelVersion],
    challenger: ModelVersion,
    snapshot: Snapshot,
    corrected: Sequence[CorrectedText],
    measured: Sequence[Example],
    scores: Scores,
) -> Gate:
    """Whether the challenger may take the champion's place, with every reason why not. Raises CheckpointError.

    `served` is the champion followed by the versions that served before it: the challenger is compared with the first
    whose files are whole. Where there is none, it passes, by the run's own `scores` of what it was `measured` on.
    """
    labels = [example.is_spam for example in snapshot.split.hold_out]
    texts = _texts(snapshot, corrected)
    figures = {"champion": served[0].name if served else None}
    if (compared := _first_whole(models, served, texts)) is None:
        return Gate(True, [], {**figures, **_first_figures(measured, scores)})
    version, before = compared
    decision = _decide(texts, labels, before, texts.scored(_loaded(models, challenger)))
    measured_seed_hash = version.provenance.get("measured_seed_hash")
    if not decision.passes and measured_seed_hash != hash_of_measured_seed(snapshot.split):
        decision.reasons.append(
            f"{version.name} was made from another seed set or by another release, and may know some of "
            f"these texts by heart: `hamlet promote {challenger.name}` promotes it anyway"
        )
    figures["compared_with"] = version.name
    return Gate(decision.passes, decision.reasons, {**figures, **decision.figures})


def _decide(texts: _Texts, labels: list[bool], before: _TextScores, after: _TextScores) -> Gate:
    decision = gate_rule.decide(Evidence(labels, before.hold_out, after.hold_out, before.undone, after.undone))
    decision = decision.and_also(gate_presumed_ham.decide(before.presumed, after.presumed))
    return decision.and_also(gate_scripts.decide(texts.everyday, before.flags, after.flags))


def _first_figures(measured: Sequence[Example], scores: Scores) -> dict[str, object]:
    """What is noted of a version that is compared with none: until it serves, no message is scored at all."""
    flags = _flags([example.text for example in measured], scores)
    suspicion = gate_scripts.decide([text for text in gate_scripts.everyday(measured) if text in flags], None, flags)
    return {**suspicion.figures, **gate_rule.decide_alone([e.is_spam for e in measured], scores).figures}


def _texts(snapshot: Snapshot, corrected: Sequence[CorrectedText]) -> _Texts:
    hold_out = snapshot.split.hold_out
    return _Texts(
        hold_out=[example.text for example in hold_out],
        undone=must_not_break(snapshot, corrected),
        presumed=[example.text for example in snapshot.presumed_held_out],
        everyday=gate_scripts.everyday(hold_out),
    )


def must_not_break(snapshot: Snapshot, corrected: Sequence[CorrectedText]) -> list[str]:
    """Texts that were flagged and that moderators said were no spam, as far as the defences trust them.

    Of near-duplicates, those that are learned from stand for all.
    """
    return [c.text for c in corrected if c.was_flagged and not c.is_spam and c.correction_id in snapshot.trusted]


def _first_whole(
    models: Path, served: Sequence[ModelVersion], texts: _Texts
) -> tuple[ModelVersion, _TextScores] | None:
    """The first version that loads, with its scores. It is let go at once: two networks would double a run's memory."""
    for version in served:
        if (classifier := _load(models, version)) is not None:
            return version, texts.scored(classifier)
    return None


def _load(models: Path, version: ModelVersion) -> SpamClassifier | None:
    try:
        return _loaded(models, version)
    except CheckpointError as error:
        log.error("a version cannot be compared with", model_version=version.name, reason=str(error))
        return None


def _loaded(models: Path, version: ModelVersion) -> SpamClassifier:
    return SpamClassifier.load(models / version.name, registered=version.manifest_hash)


def _scores(classifier: SpamClassifier, texts: Sequence[str]) -> Scores:
    """The version's scores; a text that has none, as nothing of it is visible, is no spam."""
    answers = classifier.try_score(texts)
    scores = [answer if isinstance(answer, float) else 0.0 for answer in answers]
    return Scores(scores, classifier.thresholds.review, classifier.thresholds.act)


def _flags(texts: Sequence[str], scores: Scores) -> dict[str, bool]:
    return dict(zip(texts, scores.flagged.tolist(), strict=True))
