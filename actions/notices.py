"""What a notice to moderators says: plain text with entities, so no name or message can smuggle markup in."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from actions import call_results, named_lines
from actions.call_results import AuthorState
from actions.origin_line import origin_line
from actions.picture_lines import labelled, problem
from storage import names
from storage.models import CorrectionState, Standing
from storage.moderation.requested_actions.calls import VerdictAction
from storage.odds import written
from storage.types import ERASED
from telegram_ui import accounts
from telegram_ui.buttons import CorrectionButton, WhyButton
from telegram_ui.language import sentences
from telegram_ui.lengths import LONGEST_CAPTION, LONGEST_TEXT, shortened, spoiler, utf16_length
from telegram_ui.rule_names import rule_name

LONGEST_QUOTE = 3_000  # characters of the message shown
LONGEST_NAME = 64  # characters of a moderator's name
LONGEST_HEAD, LONGEST_TAIL = 400, 500  # UTF-16 units under a picture; four times as many without one


def notice(
    action: VerdictAction,
    state: AuthorState | None = None,
    longest: int = LONGEST_TEXT,
    chat_id: int | None = None,
) -> tuple[str, list[MessageEntity]]:
    """The notice's text, with what was done and decided, its links, and the spoilers that hide what others wrote.

    `state` is what Telegram says of the author, if it was asked; `longest` is counted in UTF-16 units; `chat_id` is
    where the notice stands.
    """
    scale = longest // LONGEST_CAPTION
    is_in_group = chat_id == action.chat_external_id
    text = _quotable(action, is_in_group)
    head, links = _head(action, is_in_group, scale * LONGEST_HEAD)
    done, label, appeal, end = _tail(action, state, scale * LONGEST_TAIL)
    tail = done + label + appeal + end
    shown = labelled(sentences(action.language).gettext, text, action.picture)
    quoted = shown if len(shown) <= LONGEST_QUOTE else shown[:LONGEST_QUOTE] + "…"
    quoted = shortened(quoted, longest - utf16_length(head + tail))
    spoilers = [spoiler(head, quoted)] if quoted or not named_lines.are_read(action) else []
    if appeal:
        spoilers.append(spoiler(head + quoted + done + label, appeal))
    return head + quoted + tail, [*links, *spoilers]


def _quotable(action: VerdictAction, is_in_group: bool) -> str:
    """What the notice may repeat: no advertisement in a name, but for who joined, where only moderators read."""
    if action.is_join and not is_in_group:
        return (
            action.text
            if action.text == ERASED
            else f"{action.author_name} @{action.author_username}".removesuffix(" @")
        )
    return names.without(action.text, action.author_name, action.author_username)


def _head(action: VerdictAction, is_in_group: bool, longest: int) -> tuple[str, list[MessageEntity]]:
    """What stands before the message, and the links in it, as far as it fits."""
    head = _headline(action) + "\n"
    line, links = origin_line(action, utf16_length(head), is_in_group=is_in_group)
    whole = head + line + _reasons(action) + "\n"
    short = shortened(whole, longest)
    end = utf16_length(short) - (short != whole)  # an ellipsis ends it
    return short, [link for link in links if link.offset + link.length <= end]


def _reasons(action: VerdictAction) -> str:
    """Why the message is shown, a line each."""
    say = sentences(action.language).gettext
    reasons = say("score {score:.2f} · model {model}").format(score=action.score, model=action.model_version) + "\n"
    if action.rule is not None:
        reasons += say("rule of this chat: {rule}").format(rule=rule_name(say, action.rule)) + "\n"
    else:
        reasons += _standing(action)
    reasons += named_lines.evidence(action) + _second_opinion(action) + problem(say, action.picture)
    reasons += "".join(f"{line}\n" for line in _of_the_account(action))
    return reasons + _precedent(action)


def _of_the_account(action: VerdictAction) -> list[str]:
    return accounts.lines(sentences(action.language).gettext, action.listed, action.is_by_deleted_account)


def _precedent(action: VerdictAction) -> str:
    """What was decided about the same before, as long as nobody has decided about this."""
    precedent, catalogue = action.precedent, sentences(action.language)
    if precedent is None or action.corrections:
        return ""
    say = catalogue.gettext
    label = say("spam") if precedent.is_spam else say("not spam")
    if precedent.days is None:
        return say("most like a message that was decided: {label}").format(label=label) + "\n"
    if precedent.days == 0:
        return say("decided before: {label}, less than a day ago").format(label=label) + "\n"
    line = catalogue.ngettext(
        "decided before: {label}, {n} day ago", "decided before: {label}, {n} days ago", precedent.days
    )
    return line.format(label=label, n=precedent.days) + "\n"


def _headline(action: VerdictAction) -> str:
    catalogue = sentences(action.language)
    if action.reports and action.score < action.review_threshold:
        headline = catalogue.ngettext(
            "{n} member reports this in {chat}", "{n} members report this in {chat}", action.reports
        )
        return headline.format(n=action.reports, chat=action.chat_title)
    is_below = action.score < action.review_threshold and action.rule is None
    if is_below and _of_the_account(action):
        return catalogue.gettext("An account to look at, in {chat}").format(chat=action.chat_title)
    if action.is_join:
        return catalogue.gettext("Somebody joined {chat} whose name looks like spam").format(chat=action.chat_title)
    headline = catalogue.gettext("Looks like spam in {chat}").format(chat=action.chat_title)
    if action.reports:
        reported = catalogue.ngettext("{n} member reported it", "{n} members reported it", action.reports)
        headline += f" ({reported.format(n=action.reports)})"
    return headline


def _standing(action: VerdictAction) -> str:
    """What is known of the author, and from which score on the chat's moderators are therefore shown their messages."""
    say = sentences(action.language).gettext
    lines = {
        Standing.NEWCOMER: say("first messages here: shown from {review}"),
        Standing.SOME: say("some clean messages here: shown from {review}"),
        Standing.BEFORE: say("was here before me: shown from {review}"),
        Standing.GOOD: say("a regular: shown from {review}"),
    }
    line = lines.get(action.standing)
    return line.format(review=written(action.review_threshold)) + "\n" if line else ""


def _second_opinion(action: VerdictAction) -> str:
    """What another model said, in a word: its reason might repeat the message for all to read, so only the site shows it."""
    say = sentences(action.language).gettext
    if action.hint is None:
        return ""
    lines = {
        True: say("second opinion: spam"),
        False: say("second opinion: not spam"),
        None: say("second opinion: no clear answer"),
    }
    return lines[action.hint.is_spam] + "\n"


def _tail(action: VerdictAction, state: AuthorState | None, longest: int) -> tuple[str, str, str, str]:
    """What was done; what stands before the appeal; the appeal; what was decided: together no longer than `longest`."""
    say = sentences(action.language).gettext
    done = shortened(call_results.summary(action, state), longest // 2)
    decisions = shortened(_decisions(action), longest // 2)
    if action.appeal is None:
        return done, "", "", decisions
    label, _, end = ("\n\n" + say("Appeal: {text}")).partition("{text}")
    left = longest - utf16_length(done + label + end + decisions)
    return done, label, shortened(action.appeal, left), end + decisions


def _decisions(action: VerdictAction) -> str:
    """Who decided what; the buttons stay, for moderators who disagree."""
    say = sentences(action.language).gettext
    if not action.corrections:
        return ""
    sides = {True: say("spam"), False: say("not spam")}
    decisions = ", ".join(f"{c.actor_name[:LONGEST_NAME]}: {sides[c.is_spam]}" for c in action.corrections)
    is_disputed = any(c.state == CorrectionState.DISPUTED for c in action.corrections)
    disagree = "\n" + say("You disagree, so training leaves it out until you agree.") if is_disputed else ""
    return f"\n\n✓ {decisions}{disagree}"


def buttons(action: VerdictAction) -> InlineKeyboardMarkup:
    """The buttons under a notice: its message is spam, or is not, or why it was flagged."""
    say = sentences(action.language).gettext
    spam, ham = CorrectionButton(action.verdict_id, True), CorrectionButton(action.verdict_id, False)
    row = [
        InlineKeyboardButton(say("Spam"), callback_data=spam.data),
        InlineKeyboardButton(say("Not spam"), callback_data=ham.data),
        InlineKeyboardButton(say("Why?"), callback_data=WhyButton(action.verdict_id).data),
    ]
    return InlineKeyboardMarkup([row])
