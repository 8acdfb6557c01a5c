"""Every sentence the bot says, each in the language of its catalogue: `say` is a language's gettext."""

from __future__ import annotations

from collections.abc import Callable

from jobs.language import LANGUAGES
from storage.models import Chat, Explanation, Mode, Strictness
from storage.queries.judged import Judged
from storage.queries.members import About
from storage.queries.reports import Outcome
from storage.queries.status import Consequence, Status
from storage.rules import TOO_OFTEN_WRONG

Say = Callable[[str], str]

MOST_NGRAMS, LONGEST_EXAMPLE = 6, 200  # of an explanation; characters of an example


def start(say: Say) -> str:
    return say(
        "I flag spam in groups. Add me to a group, make me an administrator who may delete messages and ban members, "
        "turn my privacy mode off at @BotFather (/setprivacy), and send /start there: I then say what is missing."
    )


def only_moderators(say: Say) -> str:
    return say("Only moderators of that group can decide this.")


def login_link(say: Say, link: str) -> str:
    return say("The review site, once and within 15 minutes: {link}").format(link=link)


def nothing_to_review(say: Say) -> str:
    return say("You moderate no group that I know. /start in a group has me know it.")


def unknown_notice(say: Say) -> str:
    return say("I no longer know the message this button belongs to.")


def stored(say: Say, is_spam: bool) -> str:
    return say("Noted: spam. I will learn from it.") if is_spam else say("Noted: not spam. I will learn from it.")


def checklist(say: Say, chat: Chat, sees_all: bool, may_delete: bool, may_restrict: bool) -> str:
    """What this group has, and what is missing."""
    items = [
        (sees_all, say("I see every message"), say("turn my privacy mode off at @BotFather: /setprivacy, Disable; then add me again")),
        (may_delete, say("I may delete messages"), say("let me delete messages (administrator rights)")),
        (may_restrict, say("I may ban and restrict members"), say("let me ban users (administrator rights)")),
        (chat.moderators_chat_id is not None, say("notices go to the moderators' chat"), say("link a moderators' chat with the button; until then notices are posted here")),
    ]  # fmt: skip
    lines = [f"✓ {good}" if holds else f"✗ {missing}" for holds, good, missing in items]
    return "\n".join([*lines, "", say("Mode: {mode}. /settings changes it.").format(mode=mode_name(say, chat.mode))])


def mode_name(say: Say, mode: Mode) -> str:
    return {
        Mode.OBSERVE: say("observe"), Mode.TRAINING: say("training"), Mode.SOFT: say("soft"), Mode.ENFORCE: say("enforce"),
    }[mode]  # fmt: skip


def mode_meaning(say: Say, mode: Mode) -> str:
    return {
        Mode.OBSERVE: say("I only tell; nothing is ever done"),
        Mode.TRAINING: say("I delete and ban when a moderator says spam"),
        Mode.SOFT: say("clear spam is deleted, its author may not write for 30 days"),
        Mode.ENFORCE: say("clear spam is deleted, its author banned for 30 days"),
    }[mode]


def strictness_name(say: Say, strictness: Strictness) -> str:
    return {
        Strictness.CAUTIOUS: say("cautious"), Strictness.NORMAL: say("normal"), Strictness.STRICT: say("strict"),
    }[strictness]  # fmt: skip


def menu(say: Say, chat: Chat, consequence: str) -> str:
    lines = [
        say("Settings of {chat}").format(chat=chat.title),
        "",
        say("Mode: {mode}: {meaning}").format(mode=mode_name(say, chat.mode), meaning=mode_meaning(say, chat.mode)),
        say("Strictness: {strictness}").format(strictness=strictness_name(say, chat.strictness)) + consequence,
        say("Language: {language}").format(language=LANGUAGES.get(chat.language, chat.language)),
        say("Reports that show a message to moderators: {n}").format(n=chat.reports_needed),
    ]
    return "\n".join([*lines, paused(say, chat)] if chat.paused_at else lines)


def enforce_needs_corrections(say: Say, so_far: int, needed: int) -> str:
    """Fits an alert's 200 characters."""
    return say(
        "Enforce acts without asking, so I offer it after {needed} accepted corrections in this chat; there are {so_far}."
    ).format(needed=needed, so_far=so_far)


def replayed(say: Say, found: Consequence) -> str:
    return say(
        "Enforce acts without asking. Of the {judged} messages of the last 30 days it would have removed {removed}, "
        "{wrongly} of them wrongly. Turn it on?"
    ).format(judged=found.judged, removed=found.removed, wrongly=found.wrongly)


def consequence(say: Say, removed: int, wrongly: int, judged: int) -> str:
    return "\n" + say("that would have removed {removed} of last week's {judged}, {wrongly} wrongly").format(
        removed=removed, judged=judged, wrongly=wrongly
    )


def paused(say: Say, chat: Chat) -> str:
    if chat.paused_because == TOO_OFTEN_WRONG:
        return say("Paused by itself: I was wrong too often. /resume has me act again.")
    return say("Paused by {name}. I go on telling; /resume has me act again.").format(name=chat.paused_because or "")


def resumed_by(say: Say, name: str) -> str:
    return say("Resumed by {name}.").format(name=name)


def link_code(say: Say, code: str) -> str:
    return say("Within 15 minutes, send this yourself in the moderators' chat (I must be in it):") + f"\n/link {code}"


def linked(say: Say, title: str) -> str:
    return say("Linked: notices of {chat} come here from now on. Forward missed spam here, and I learn it.").format(
        chat=title
    )


def wrong_code(say: Say) -> str:
    return say("That code is wrong, used, too old, or was given to somebody else. /start in the group gives another.")


def why(say: Say, judged: Judged) -> str:
    """Fits an alert's 200 characters."""
    return say(
        "score {score:.3f}, model {model}; shown to moderators from {review:.3f}, clear from {act:.3f} on"
    ).format(score=judged.score, model=judged.model_version, review=judged.review_threshold, act=judged.act_threshold)


def explained(say: Say, judged: Judged, found: Explanation | None) -> tuple[str, str]:
    """The explanation, and behind it what others wrote, which is shown behind a spoiler."""
    lines = [why(say, judged)]
    if found is None:
        lines.append(say("The worker has not answered yet; ask again in a moment."))
    elif found.error is not None:
        lines.append(say("It cannot be explained: {reason}").format(reason=found.error))
    else:
        strongest = ", ".join(f"“{ngram.strip()}” {share:+.1f}" for ngram, share in found.ngrams[:MOST_NGRAMS])
        lines.append(say("Weighs most: {ngrams}").format(ngrams=strongest or "–"))
        lines.append(say("Nearest known examples:") if found.nearest else say("No known example is near."))
    sides = {True: say("spam"), False: say("not spam")}
    known = [
        f"{n['similarity']:.2f} {sides[n['is_spam']]}: {n['text'][:LONGEST_EXAMPLE]}"
        for n in (found.nearest if found is not None else ())
    ]
    return "\n".join([*lines, ""] if known else lines), "\n".join(known)


def utf16(text: str) -> int:
    """Length as Telegram counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def not_judged(say: Say) -> str:
    return say("I have not judged that message.")


def reported(say: Say, outcome: Outcome) -> str:
    return {
        Outcome.NO_STANDING: say("Only members who have written here for a while can report."),
        Outcome.TOO_MANY: say("That is enough reports from you for this hour."),
        Outcome.COUNTED: say("Thank you, noted."),
        Outcome.SHOWN: say("Thank you, the moderators see it now."),
    }[outcome]


def warned(say: Say, name: str) -> str:
    return say("{name}, a moderator removed your message: it is not welcome here.").format(name=name)


def status(say: Say, found: Status) -> str:
    lines = [
        say("Last 7 days: {judged} judged, {flagged} flagged, {confirmed} confirmed, {wrong} were no spam").format(
            judged=found.judged, flagged=found.flagged, confirmed=found.confirmed, wrong=found.wrong
        ),
        say("Waiting: {n}").format(n=found.waiting),
        say("Model: {model}").format(model=found.model or say("none yet")),
        say("Last learned: {when}").format(
            when=f"{found.learned_at:%Y-%m-%d %H:%M} UTC" if found.learned_at else say("never")
        ),
    ]
    return "\n".join(lines)


def forward_taken(say: Say, is_found: bool) -> str:
    if is_found:
        return say("Found: it is deleted there, and I learn from it.")
    return say("I cannot tell which message that was, so nobody is banned; I learn its words.")


def my_data(say: Say, found: list[About], reports: int) -> str:
    if not found and not reports:
        return say("Nothing is stored about you.")
    lines = [
        say("{chat}: {messages} of your messages, {spam} of them flagged").format(
            chat=about.chat_title, messages=about.messages, spam=about.spam
        )
        for about in found
    ]
    return "\n".join(
        [*lines, say("Reports you made: {n}").format(n=reports), say("/forget erases the texts and your name.")]
    )


def forget_how(say: Say) -> str:
    return say("/forget yes erases your texts and your name for good. Your standing in the groups starts anew.")


def forgotten(say: Say, count: int) -> str:
    return say("Done: {n} texts erased. The next model version will not have learned from them.").format(n=count)


def appealed(say: Say, outcome: bool | None) -> str:
    if outcome is None:
        return say("I have not banned you anywhere.")
    if not outcome:
        return say("You have appealed already; the moderators have seen it.")
    return say("The moderators see your case again.")


def run_asked(say: Say, number: int, is_running: bool) -> str:
    if is_running:
        return say("Run {n} is under way already.").format(n=number)
    return say("Run {n} is asked for. Its version serves only if the gate lets it.").format(n=number)


def raid_decided(say: Say, count: int) -> str:
    return say("Noted: {n} messages are spam.").format(n=count)
