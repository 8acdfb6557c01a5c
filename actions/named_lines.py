"""Lines of a notice about what was read beside the author's words: their names, and the script they write in."""

from __future__ import annotations

from storage import names
from storage.moderation.requested_actions.calls import VerdictAction
from telegram_ui import scripts
from telegram_ui.language import Say, sentences


def are_read(action: VerdictAction) -> bool:
    """Whether the author's name or username is part of what was judged."""
    return action.is_join or names.without(action.text, action.author_name, action.author_username) != action.text


def evidence(action: VerdictAction) -> str:
    """What the names and the script had to do with it, a line each; the names themselves are not repeated."""
    say = sentences(action.language).gettext
    lines = []
    if action.script is not None:
        line = say("{script}, as hardly anybody writes here: shown earlier")
        lines.append(line.format(script=scripts.name(say, action.script)))
    if are_read(action) and not action.is_join:
        lines.append(_names(say, action))
    return "".join(f"{line}\n" for line in lines)


def _names(say: Say, action: VerdictAction) -> str:
    """Which names were judged, and whether it was they that weighed."""
    which, alone = _which(say, action), action.score_without_names
    if alone is None:
        return say("judged too, and shown on the review page: {names}").format(names=which)
    if alone < action.review_threshold <= action.score:
        return say("what weighs: {names}; the words alone score {score:.2f}").format(names=which, score=alone)
    return say("judged too: {names}; the words alone score {score:.2f}").format(names=which, score=alone)


def _which(say: Say, action: VerdictAction) -> str:
    after_name = names.without(action.text, action.author_name)
    has_username = names.without(after_name, "", action.author_username) != after_name
    if not has_username:
        return say("the author's name")
    return say("the author's username") if after_name == action.text else say("the author's name and username")
