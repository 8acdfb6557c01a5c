"""A model version's card (Mitchell et al., 2019): what it is, what it was measured on, what it is not for."""

from __future__ import annotations

from typing import Any

from classifier.checkpoint import Checkpoint

COLUMNS = ("balanced_accuracy", "precision", "recall", "f1", "mcc", "average_precision", "roc_auc")


def model_card(version: Checkpoint) -> str:
    """The card in Markdown."""
    found, training = version.metrics["hold_out"], version.training
    examples, config = training["examples"], training["config"]
    return f"""# Model card

**What it is.** A wide and deep spam classifier: the first {config["frozen_blocks"]} blocks of {version.base_model} as
published, {config["trained_blocks"]} more and two classes fine-tuned, a linear probe of what the former made of the text, and a
logistic regression on hashed n-grams of {config["ngram_shortest"]} to {config["ngram_longest"]} characters. Their log-odds are
added, the probe's counting {config["probe_share"]:g} times and the n-grams' {version.blend.wide_share:g} times;
the sum is shifted by {version.blend.shift:+.2f} and divided by a temperature of {version.blend.temperature:.2f}.

**What it learned from.** {_learned_from(training)};
thresholds and temperature were chosen on {examples["validation"]:,} others; recipe {training["config_hash"]}, snapshot
{training["examples_hash"][:16]}, seed {config["seed"]}, trained at {training["trained_at"]}.

**What was measured**, on {found["examples"]:,} messages ({found["spam"]:,} spam) it never learned or chose from. Each
line at the threshold that the validation messages asked for; the lower lines are what has to be beaten.

{_table({"wide and deep": found, **version.metrics["baselines"]})}

Expected calibration error {found["expected_calibration_error"]:.4f}, log loss {found["log_loss"]:.4f}. At the review
threshold {found["confusion"]["false_spam"]} ham were flagged and {found["confusion"]["false_ham"]} spam missed.{_on_presumed_ham(version.metrics.get("presumed"))}

**Where it flags and acts.** `is_spam` begins at {version.thresholds.review:.3f}. Acting without a moderator begins at:

{_strictness(version)}

The bounds say how much ham could be hit in truth, given how few were looked at: a chat is no SMS collection.

**What it is not for.** Languages and kinds of chat that it has not seen: until moderators have corrected it there, read
its scores as an order, not as probabilities. It reads text alone: no pictures, no links' targets, no author's past.

![loss](loss.svg) ![accuracy](accuracy.svg) ![confusion](confusion.svg) ![curves](curves.svg) ![calibration](calibration.svg)
"""


def _learned_from(training: dict[str, Any]) -> str:
    examples, corrected, presumed = training["examples"]["train"], training["corrections"], training.get("presumed", 0)
    seed = examples - corrected - presumed
    return (
        f"{examples:,} messages: {seed:,} of the seed set, {corrected:,} moderators' corrections, and {presumed:,} messages "
        "presumed ham: of members in good standing, and for two days neither flagged nor reported nor decided"
    )


def _on_presumed_ham(found: dict[str, Any] | None) -> str:
    if not found:
        return ""
    return (
        f"\nOf {found['examples']:,} messages presumed ham that no version has learned, {found['flagged']} are flagged "
        f"(at most {found['flagged_upper_bound_95']:.2%} in truth, at 95 %) and {found['acted']} would be acted on (at "
        f"most {found['acted_upper_bound_95']:.2%})."
    )


def _table(rows: dict[str, dict[str, Any]]) -> str:
    lines = [f"| | {' | '.join(name.replace('_', ' ') for name in COLUMNS)} |", "|---" * (len(COLUMNS) + 1) + "|"]
    for name, found in rows.items():
        lines.append(f"| {name.replace('_', ' ')} | {' | '.join(f'{found[column]:.4f}' for column in COLUMNS)} |")
    return "\n".join(lines)


def _strictness(version: Checkpoint) -> str:
    lines = ["| strictness | ceiling | from | ham hit on validation | at most (95 %) |", "|---|---|---|---|---|"]
    for name, found in version.metrics["act"].items():
        threshold = version.thresholds.act_at(name)
        lines.append(
            f"| {name} | {found['ceiling']:.2%} | {threshold:.4f} | {found['hit']} of {found['ham']:,} "
            f"| {found['upper_bound_95']:.2%} |"
        )
    return "\n".join(lines)
