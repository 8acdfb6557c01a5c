"""Where a chat wants it, what newcomers bring beside words is held until a moderator lets it in, or shown to moderators.

A newcomer here is who wrote fewer clean messages than the chat asks for and is neither in good standing nor trusted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from storage import earning, names, picture_words
from storage.models import ChatSettings, Message, Platform, Sign, Standing
from storage.moderation import albums, histories, pictures
from storage.moderation.histories import Author
from storage.moderation.policies import patterns, rules
from storage.moderation.policies.opinions import Opinion, Subject

REPORTS = "reports"  # the reason of what members' reports had hidden, about which a verdict decides
WORDLESS = "wordless"  # why a message is held or shown, where it is not one of its signs
MEDIA = frozenset((Sign.PICTURE, Sign.VIDEO, Sign.VOICE, Sign.STICKER, Sign.FORWARD))  # without a word beside them
WITHOUT_WORDS = frozenset((Sign.STORY, Sign.CONTACT))  # whose words Telegram wrote


def opinions(session: Session, subjects: Sequence[Subject]) -> Mapping[int, Opinion]:
    """Why newcomers' messages are held, or shown to the moderators."""
    reasons = {
        subject.message.id: reason
        for subject in subjects
        if _asks_for_any(subject) and (reason := _reason(session, subject)) is not None
    }
    newcomers = _newcomers(session, [subject for subject in subjects if subject.message.id in reasons])
    return {row: Opinion(hold=reasons[row]) for row in newcomers}


def _asks_for_any(subject: Subject) -> bool:
    is_asked_for = bool(_held_signs(subject.settings)) or subject.settings.wordless != "nothing"
    return is_asked_for and subject.chat.platform == Platform.TELEGRAM and subject.standing != Standing.GOOD


def _held_signs(settings: ChatSettings) -> tuple[Sign, ...]:
    """What the chat holds, in the order in which it is named as the reason."""
    choices = {
        Sign.LINK: settings.hold_links,
        Sign.FORWARD: settings.hold_forwards,
        Sign.BOT_MENTION: settings.hold_bot_mentions,
        Sign.PICTURE: settings.hold_pictures,
    }
    return tuple(sign for sign, is_chosen in choices.items() if is_chosen)


def _reason(session: Session, subject: Subject) -> str | None:
    for sign in _held_signs(subject.settings):
        if sign in subject.message.signs and not (sign == Sign.LINK and _leads_where_it_may(session, subject)):
            return sign
    return WORDLESS if subject.settings.wordless != "nothing" and _is_wordless(session, subject) else None


def _leads_where_it_may(session: Session, subject: Subject) -> bool:
    """Whether the chat's own rules allow every address in the message."""
    chat_rules, links = rules.of_chat(session, subject.chat), list(patterns.links_in(subject.message.text))
    return bool(links) and all(chat_rules.allows(link) for link in links)


def _is_wordless(session: Session, subject: Subject) -> bool:
    """Whether its author wrote nothing beside it: no words under it or under another part of its album."""
    message, signs = subject.message, set(subject.message.signs)
    if signs & WITHOUT_WORDS:
        return True
    parts = albums.together(session, message) if signs & MEDIA else []
    in_pictures = pictures.added(session, [part.id for part in parts])
    return bool(parts) and not any(_own_words(part, in_pictures) for part in parts)


def _own_words(part: Message, in_pictures: Mapping[int, str]) -> str:
    """What its author wrote, without their names and what was read in the picture."""
    written = names.without(part.text, part.author_name, part.author_username)
    return picture_words.without(written, in_pictures.get(part.id, ""))


def _newcomers(session: Session, subjects: Sequence[Subject]) -> list[int]:
    """The messages (by row) of those who wrote fewer clean ones than their chat asks for, and are not trusted."""
    if not subjects:
        return []
    known = histories.of(session, _people(subjects))
    return [
        subject.message.id
        for subject in subjects
        if (author := (subject.chat.id, subject.message.author_id)) not in known.trusted
        and earning.count(known.clean_texts.get(author, ()), subject.settings.hold_below) < subject.settings.hold_below
    ]


def _people(subjects: Sequence[Subject]) -> set[Author]:
    return {(s.chat.id, s.message.author_id) for s in subjects if s.message.author_id is not None}
