"""The words that moderate, said in a reply or with a member's id or @name: an order or a report, with a slash or without."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot import durations
from bot.durations import UnsuitableLength
from storage.access import people
from storage.models import OrderKind
from storage.rules import FOR_GOOD, Term

WORD = re.compile(
    r"\s*(/?)(spam|ban|mute|warn|ham|report)(?:@(\w+))?(?:\s+(?P<more>\S(?:.*\S)?))?\s*", re.IGNORECASE | re.DOTALL
)
WITHOUT_END = re.compile(r"(?<!\S)(for\s+good|forever|навсегда)(?!\S)", re.IGNORECASE)
SHORTEST_ID = 5  # digits: shorter numbers are lengths whose unit was forgotten
SANCTIONS = ("ban", "mute")


@dataclass(frozen=True)
class Word:
    """An order, or a report where `order` is None."""

    order: OrderKind | None
    is_command: bool  # said with its slash, so it is meant for a bot whatever it replies to
    has_more: bool = False  # other words stand behind the command, which may change what is meant
    term: Term | None = None  # how long a ban or mute shall last, where that is said
    person: str = ""  # an id or @name, where no reply says who is meant
    unsuitable: UnsuitableLength | None = None  # it stands where a length should


@dataclass(frozen=True)
class Arguments:
    """What stands behind /ban or /mute."""

    term: Term | None = None
    person: str = ""
    has_more: bool = False
    unsuitable: UnsuitableLength | None = None


def word_of(text: str | None, username: str) -> Word | None:
    """The word that a message consists of, or its command; None where it is neither, or is addressed to another bot."""
    match = WORD.fullmatch(text or "")
    if match is None or (match[3] or username).lower() != username.lower():
        return None
    word, is_command, more = match[2].lower(), bool(match[1]), match["more"] or ""
    behind = _arguments(more) if word in SANCTIONS else Arguments(has_more=bool(more))
    if not is_command and (behind.has_more or behind.person or behind.unsuitable):
        return None
    return Word(_order(word, behind), is_command, behind.has_more, behind.term, behind.person, behind.unsuitable)


def _order(word: str, behind: Arguments) -> OrderKind | None:
    if word == "report":
        return None
    return OrderKind.BAN_FOR_GOOD if word == "ban" and behind.term == FOR_GOOD else OrderKind(word)


def _arguments(more: str) -> Arguments:
    """A length or "for good", a person, or both, in any order; whatever else is there is not guessed at."""
    bare, without_end = WITHOUT_END.subn(" ", more)
    typed = bare.split()
    persons = [one for one in typed if _is_person(one)]
    lengths = [one for one in typed if one not in persons and one[0].isdecimal()]
    if len(persons) > 1 or len(lengths) + without_end > 1 or len(persons) + len(lengths) < len(typed):
        return Arguments(has_more=True)
    person = persons[0] if persons else ""
    try:
        term = Term(durations.parse(lengths[0])) if lengths else FOR_GOOD if without_end else None
    except UnsuitableLength as error:
        return Arguments(person=person, unsuitable=error)
    return Arguments(term, person)


def _is_person(typed: str) -> bool:
    return people.is_address(typed) and (typed.startswith("@") or len(typed) >= SHORTEST_ID)
