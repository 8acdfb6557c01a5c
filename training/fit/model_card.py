"""A model version's card (Mitchell et al., 2019): what it is, what it was measured on, what it is not for."""

from __future__ import annotations

from typing import Any

from classifier.blend import Blend
from classifier.checkpoint import Checkpoint
from storage.odds import MEANT_FOR
from training.data import origins

COLUMNS = ("balanced_accuracy", "precision", "recall", "f1", "mcc", "average_precision", "roc_auc")


def model_card(version: Checkpoint) -> str:
    """The card in Markdown."""
    figures, training = version.metrics["hold_out"], version.training
    examples, config = training["examples"], training["config"]
    return f"""# Model card

**What it is.** A spam classifier of parts whose log-odds are added:

{_parts(version)}

What each counts for was fitted on messages that no part had learned. {_short(version.blend)}The sum is shifted by
{version.blend.shift:+.2f} and divided by a temperature of {version.blend.temperature:.2f}.

**What it learned from.** {examples["train"]:,} messages: {origins.describe(training["origins"])}.
Thresholds and temperature were chosen on {examples["validation"]:,} others; recipe {training["config_hash"]}, snapshot
{training["examples_hash"][:16]}, seed {config["seed"]}, trained at {training["trained_at"]}.

**What was measured**, on {figures["examples"]:,} messages ({figures["spam"]:,} spam) it never learned or chose from. Each
line at the threshold that the validation messages asked for; the lower lines are what has to be beaten.

{_table({"this version": figures, **_by_origin(version.metrics["hold_outs"]), **version.metrics["baselines"]})}

Expected calibration error {figures["expected_calibration_error"]:.4f}{_by_length(figures["calibration_error_by_length"])}, log loss {figures["log_loss"]:.4f}. At the review
threshold {figures["confusion"]["false_spam"]} ham were flagged and {figures["confusion"]["false_ham"]} spam missed.{_on_presumed_ham(version.metrics.get("presumed"))}

**Where it flags and acts.** Thresholds are meant for newcomers, {MEANT_FOR:.0%} of whose messages are taken to be spam; for
others they move with the author's standing. `is_spam` begins at {version.thresholds.review:.3f}. Acting without a moderator
begins at:

{_strictness(version)}

The bounds say how much ham could be hit in truth, given how few were looked at: a chat is no seed set.

**What it is not for.** Languages and kinds of chat that it has not seen: until moderators have corrected it there, read
its scores as an order, not as probabilities. It reads text alone: no pictures, no links' targets, no author's past.

![loss](loss.svg) ![accuracy](accuracy.svg) ![confusion](confusion.svg) ![curves](curves.svg) ![calibration](calibration.svg)
"""


def _on_presumed_ham(figures: dict[str, Any] | None) -> str:
    if not figures:
        return ""
    return (
        f"\nOf {figures['examples']:,} messages presumed ham that no version has learned, {figures['flagged']} are flagged "
        f"(at most {figures['flagged_upper_bound_95']:.2%} in truth, at 95 %) and {figures['acted']} would be acted on (at "
        f"most {figures['acted_upper_bound_95']:.2%})."
    )


def _parts(version: Checkpoint) -> str:
    config, shares = version.training["config"], version.metrics["shares"]
    read = {
        "gpt": f"GPT: the first {config['frozen_blocks']} blocks of {version.base_model} as published, "
        f"{config['trained_blocks']} more and two classes fine-tuned",
        "probe": "probe: a weighted sum of what the published blocks made of the text",
        "ngrams": f"n-grams: a logistic regression on {config['ngram_shortest']} to {config['ngram_longest']} "
        "characters, hashed",
        "encoder": _encoder(version),
    }
    return "\n".join(
        f"- {what}; counts {shares[part]:.2f} times" for part, what in read.items() if shares[part] and what
    )


def _encoder(version: Checkpoint) -> str:
    if version.encoder is None or version.encoder_head is None:
        return ""
    blocks, of = version.encoder_head.read_out.blocks, version.encoder.config.n_blocks
    where = f"after {blocks} of its {of} blocks, " if blocks is not None and blocks < of else ""
    return f"encoder: a network of one hidden layer on the vector of {version.encoder.name}, {where}which is frozen"


def _short(blend: Blend) -> str:
    if not blend.short_shift:
        return ""
    return f"Short texts say little: one of a few characters is taken down by up to {blend.short_shift:g}, longer ones by less. "


def _by_origin(hold_outs: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {f"of these, {name}": hold_outs[origin] for origin, name in origins.NAMES.items() if origin in hold_outs}


def _by_length(errors: dict[str, float]) -> str:
    errors_by_length = [f"{error:.4f} {name.replace('_', ' ')}" for name, error in errors.items()]
    return f" ({', '.join(errors_by_length)})" if errors_by_length else ""


def _table(rows: dict[str, dict[str, Any]]) -> str:
    lines = [f"| | {' | '.join(name.replace('_', ' ') for name in COLUMNS)} |", "|---" * (len(COLUMNS) + 1) + "|"]
    for name, figures in rows.items():
        lines.append(f"| {name.replace('_', ' ')} | {' | '.join(f'{figures[column]:.4f}' for column in COLUMNS)} |")
    return "\n".join(lines)


def _strictness(version: Checkpoint) -> str:
    lines = ["| strictness | ceiling | from | ham hit on validation | at most (95 %) |", "|---|---|---|---|---|"]
    for name, figures in version.metrics["act"].items():
        threshold = version.thresholds.act_at(name)
        lines.append(
            f"| {name} | {figures['ceiling']:.2%} | {threshold:.4f} | {figures['hit']} of {figures['ham']:,} "
            f"| {figures['upper_bound_95']:.2%} |"
        )
    return "\n".join(lines)
