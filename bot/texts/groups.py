"""What is said about a group and its settings."""

from __future__ import annotations

from bot.texts.say import Say
from storage.models import Chat, Mode, Strictness
from storage.rules import TOO_OFTEN_WRONG
from storage.views.status import Consequence, Status
from telegram_ui.language import LANGUAGES


def checklist(
    say: Say,
    chat: Chat,
    site: str,
    is_read: bool,
    sees_all: bool,
    may_delete: bool,
    may_restrict: bool,
    is_administrator: bool = True,
) -> str:
    """What this group has and what is missing, and how its past can be brought in if that was not done yet.

    `is_read` says that moderators have a chat where they read notices.
    """
    lines = [
        _sees_all(say, sees_all),
        _item(may_delete, say("I may delete messages"), say("let me delete messages (administrator rights)")),
        _item(may_restrict, say("I may ban and restrict members"), say("let me ban users (administrator rights)")),
        _notices(say, is_read),
        *([_reactions(say, is_administrator)] if chat.chosen.watches_reactions else []),
    ]
    mode = say("Mode: {mode}. /settings changes it.").format(mode=mode_name(say, chat.mode))
    return "\n".join([*lines, "", mode, *([] if chat.history_settled_until else ["", _history(say, chat, site)])])


def _item(holds: bool, good: str, missing: str) -> str:
    return f"✓ {good}" if holds else f"✗ {missing}"


def _sees_all(say: Say, sees_all: bool) -> str:
    return _item(
        sees_all,
        say("I see every message"),
        say("turn my privacy mode off at @BotFather: /setprivacy, Disable; then add me again"),
    )


def _reactions(say: Say, is_administrator: bool) -> str:
    return _item(
        is_administrator,
        say("I see reactions"),
        say("make me an administrator: Telegram shows reactions to no other bot"),
    )


def _notices(say: Say, is_read: bool) -> str:
    return _item(
        is_read,
        say("notices go to the moderators' chat"),
        say("link a moderators' chat with the button; until then notices are posted here"),
    )


def is_read_in(say: Say, title: str) -> str:
    """Said in a moderators' chat, of which nothing is judged."""
    return say("{chat} is a moderators' chat: I post notices there, and judge nothing that is written there.").format(
        chat=title
    )


def _history(say: Say, chat: Chat, site: str) -> str:
    """How what was said before can be brought in."""
    return say(
        "Past messages teach me who belongs here: export this group with Telegram Desktop (machine-readable JSON) and upload "
        "the file at {page} (log in by sending me /review in private). I do not act on old messages."
    ).format(page=f"{site}/chats/{chat.id}")


def mode_name(say: Say, mode: Mode) -> str:
    return {
        Mode.OBSERVE: say("observe"),
        Mode.TRAINING: say("training"),
        Mode.SOFT: say("soft"),
        Mode.ENFORCE: say("enforce"),
    }[mode]


def mode_meaning(say: Say, mode: Mode) -> str:
    return {
        Mode.OBSERVE: say("I only report; I never act"),
        Mode.TRAINING: say("I delete and ban when a moderator says spam"),
        Mode.SOFT: say("clear spam is deleted, its author muted"),
        Mode.ENFORCE: say("clear spam is deleted, its author banned"),
    }[mode]


def strictness_name(say: Say, strictness: Strictness) -> str:
    return {
        Strictness.CAUTIOUS: say("cautious"),
        Strictness.NORMAL: say("normal"),
        Strictness.STRICT: say("strict"),
    }[strictness]


def menu(say: Say, chat: Chat, consequence: str) -> str:
    """The settings as they are, with what the strictness would have done."""
    lines = [
        say("Settings of {chat}").format(chat=chat.title),
        "",
        say("Mode: {mode}: {meaning}").format(mode=mode_name(say, chat.mode), meaning=mode_meaning(say, chat.mode)),
        say("Strictness: {strictness}").format(strictness=strictness_name(say, chat.strictness)) + consequence,
        say("Language: {language}").format(language=LANGUAGES.get(chat.language, chat.language)),
        say("Reports needed to alert the moderators: {n}").format(n=chat.reports_needed),
    ]
    return "\n".join([*lines, paused(say, chat)] if chat.paused_at else lines)


def enforce_needs_corrections(say: Say, n_corrections: int, needed: int) -> str:
    """Fits an alert's 200 characters."""
    return say(
        "Enforce acts without asking, so I offer it after {needed} accepted corrections in this chat; there are {so_far}."
    ).format(needed=needed, so_far=n_corrections)


def replayed(say: Say, counts: Consequence) -> str:
    """The offer of `enforce`, with what it would have done."""
    return say(
        "Enforce acts without asking. Of {judged} messages in the last 30 days it would have removed {removed}, "
        "{wrongly} of them wrongly. Turn it on?"
    ).format(judged=counts.judged, removed=counts.removed, wrongly=counts.wrongly)


def consequence(say: Say, removed: int, wrongly: int, judged: int) -> str:
    """What the chosen strictness would have done last week."""
    return "\n" + say("that would have removed {removed} of last week's {judged}, {wrongly} wrongly").format(
        removed=removed, judged=judged, wrongly=wrongly
    )


def paused(say: Say, chat: Chat) -> str:
    """That nothing is done any more, and who or what stopped it."""
    if chat.paused_because == TOO_OFTEN_WRONG:
        return say("Paused automatically: I was wrong too often. /resume lets me act again.")
    return say("Paused by {name}. I still report; /resume lets me act again.").format(name=chat.paused_because or "")


def resumed_by(say: Say, name: str) -> str:
    return say("Resumed by {name}.").format(name=name)


def status(say: Say, figures: Status) -> str:
    lines = [
        say("Last 7 days: {judged} judged, {flagged} flagged, {confirmed} confirmed, {wrong} not spam").format(
            judged=figures.judged, flagged=figures.flagged, confirmed=figures.confirmed, wrong=figures.wrong
        ),
        say("Waiting: {n}").format(n=figures.waiting),
        say("Model: {model}").format(model=figures.model or say("none yet")),
        say("Last learned: {when}").format(
            when=f"{figures.learned_at:%Y-%m-%d %H:%M} UTC" if figures.learned_at else say("never")
        ),
    ]
    if not figures.has_files:
        lines.append(say("The model's files are gone: hamlet's operator has to put them back"))
    return "\n".join(lines)


def run_asked(say: Say, number: int, is_running: bool) -> str:
    if is_running:
        return say("Run {n} is already under way.").format(n=number)
    return say("Run {n} is queued. Its version serves only if it passes the gate.").format(n=number)
