"""What is said of one message's verdict and of decisions about it."""

from __future__ import annotations

from bot.texts.say import Say
from storage.models import Explanation, OrderKind, Standing
from storage.moderation.verdicts import JudgedMessage
from storage.odds import written
from telegram_ui import accounts, scripts
from telegram_ui.rule_names import rule_name

MOST_NGRAMS, LONGEST_EXAMPLE = 6, 200  # of an explanation; characters of an example
DIGITS = 3  # of a score and what it is held against


def only_moderators(say: Say) -> str:
    return say("Only moderators of that group can decide this.")


def of_an_administrator(say: Say) -> str:
    return say("An administrator of that group wrote this; I act on members only.")


def answer_a_notice(say: Say) -> str:
    return say("Here, reply to one of my notices, or forward the message to this chat.")


def unknown_notice(say: Say) -> str:
    return say("I no longer know the message this button belongs to.")


def stored(say: Say, is_spam: bool) -> str:
    """That a correction is stored."""
    return say("Noted: spam. I will learn from it.") if is_spam else say("Noted: not spam. I will learn from it.")


def why(say: Say, judged: JudgedMessage) -> str:
    """The score, what it is held against, and the author's standing; fits an alert's 200 characters."""
    sentence = say("score {score:.3f}, model {model}; shown to moderators from {review}, clear spam from {act}").format(
        score=judged.score,
        model=judged.model_version,
        review=written(judged.review_threshold, DIGITS),
        act=written(judged.act_threshold, DIGITS),
    )
    if judged.rule is not None:
        return say("Decided by this chat's rule “{rule}”, whatever the score; {why}").format(
            rule=rule_name(say, judged.rule), why=sentence
        )
    author = _author(say, judged.standing)
    return f"{sentence} ({author})" if author else sentence


def _author(say: Say, standing: Standing) -> str:
    """What is known of the author, which moves both thresholds."""
    return {
        Standing.UNKNOWN: "",
        Standing.NEWCOMER: say("first messages here"),
        Standing.SOME: say("some clean messages here"),
        Standing.BEFORE: say("was here before me"),
        Standing.GOOD: say("a regular"),
    }[standing]


def explained(say: Say, judged: JudgedMessage, explanation: Explanation | None) -> tuple[str, str]:
    """The explanation, and the examples after it, which others wrote and a spoiler has to hide."""
    lines = [why(say, judged), *_beside_the_words(say, judged)]
    lines += accounts.lines(say, judged.listed, judged.is_by_deleted_account)
    if explanation is None:
        lines.append(say("There is no answer yet; ask again in a moment."))
    elif explanation.error is not None:
        lines.append(say("It cannot be explained: {reason}").format(reason=explanation.error))
    else:
        strongest = ", ".join(f"“{ngram.strip()}” {share:+.1f}" for ngram, share in explanation.ngrams[:MOST_NGRAMS])
        lines.append(say("By part, above 0 means spam: {parts}").format(parts=_parts(say, explanation.parts)))
        lines.append(say("Strongest n-grams: {ngrams}").format(ngrams=strongest or "–"))
        lines.append(say("Nearest known examples:") if explanation.examples else say("No known example is similar."))
    sides = {True: say("spam"), False: say("not spam")}
    examples = [
        f"{n['similarity']:.2f} {sides[n['is_spam']]}: {n['text'][:LONGEST_EXAMPLE]}"
        for n in (explanation.examples if explanation is not None else ())
    ]
    return "\n".join([*lines, ""] if examples else lines), "\n".join(examples)


def _beside_the_words(say: Say, judged: JudgedMessage) -> list[str]:
    """What was judged or weighed beside the author's own words, a line each."""
    lines = []
    if judged.score_without_names is not None:
        line = say("The author's name or username was read too; the words alone score {score:.3f}.")
        lines.append(line.format(score=judged.score_without_names))
    elif judged.is_join:
        lines.append(say("Nothing but a name: somebody joined under it."))
    if judged.script is not None:
        line = say("{script}, as hardly anybody writes here: {weight:+.1f} towards spam, in log-odds.")
        lines.append(line.format(script=scripts.name(say, judged.script), weight=judged.script_weight))
    return lines


def _parts(say: Say, shares: dict[str, float]) -> str:
    """What each part of the model adds; parts that a version lacks are left out."""
    names = {"network": say("GPT"), "n-grams": say("n-grams"), "encoder": say("meaning"), "shift": say("shift")}
    return ", ".join(f"{name} {shares[part]:+.1f}" for part, name in names.items() if shares.get(part)) or "–"


def not_judged(say: Say) -> str:
    return say("I have not judged that message.")


def forward_taken(say: Say, is_identified: bool, kind: OrderKind) -> str:
    """What comes of an order about a forward, whose original is found or not."""
    if is_identified:
        if kind == OrderKind.SPAM:
            return say("Found it: I delete it there and learn from it.")
        return say("Found it, and it is done there.")
    if kind not in (OrderKind.SPAM, OrderKind.HAM):
        return say("I cannot tell which message that was, so nothing is done.")
    return say("I cannot tell which message that was, so nobody is banned; I will learn from its words.")


def raid_decided(say: Say, count: int) -> str:
    return say("Noted: {n} messages are spam.").format(n=count)


def digest_shown(say: Say, count: int) -> str:
    """Said to whoever asked for notices of what a digest stands for."""
    return say("Notices to come: {n}").format(n=count) if count else say("Each has been shown or decided.")


def case_decided(say: Say, count: int, is_spam: bool) -> str:
    if is_spam:
        return raid_decided(say, count)
    return say("Noted: {n} messages are not spam.").format(n=count)
