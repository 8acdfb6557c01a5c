"""What is said about a moderators' chat that is linked, or is not."""

from __future__ import annotations

from collections.abc import Sequence

from bot.texts.groups import mode_name
from bot.texts.say import Say
from storage.models import Chat


def link_code(say: Say, code: str) -> str:
    return say("Within 15 minutes, send this yourself in the moderators' chat (I must be in it):") + f"\n/link {code}"


def linked(say: Say, title: str) -> str:
    notices = say(
        "Linked: notices of {chat} come here from now on. Forward missed spam here, and I will learn from it."
    ).format(chat=title)
    not_judged = say("Nothing that is written here is judged any more; /unlink ends that.")
    return f"{notices} {not_judged}"


def wrong_code(say: Say) -> str:
    return say("That code is wrong, used, too old, or somebody else's. Send /start in the group for a new one.")


def link_in_own_name(say: Say) -> str:
    """Said to anonymous administrators and channels."""
    return say("Send that in your own name, not anonymously: a code works only for the person who was given it.")


def link_elsewhere(say: Say) -> str:
    return say("That code is for this very group: send it in the chat where its moderators read.")


def moderates_no_more(say: Say, title: str) -> str:
    return say(
        "You do not moderate {chat} any more: have one of its moderators get a code there and send it here."
    ).format(chat=title)


def only_this_chats_moderators(say: Say) -> str:
    return say(
        "Nothing is judged in a moderators' chat, so only an administrator of this chat who may delete messages or ban "
        "makes it one. Ask to be made one and send the code again: it is still good."
    )


def unlinked(say: Say, titles: Sequence[str], judged: Chat | None) -> str:
    """That the link of these groups has ended, and what becomes of what is written here, if that is judged now."""
    ended = say("Unlinked. These groups now have no moderators' chat of their own: {chats}.").format(
        chats=", ".join(titles)
    )
    if judged is None:
        return ended
    is_judged = say("What is written here is judged.")
    mode = say("Mode: {mode}. /settings changes it.").format(mode=mode_name(say, judged.mode))
    return f"{ended} {is_judged} {mode}"


def nothing_linked(say: Say) -> str:
    return say("There is nothing to unlink here.")
