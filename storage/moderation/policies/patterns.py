"""What a chat's own rules look for, compiled once: words in order, addresses, regular expressions.

A text is read once, however many words and addresses there are: each of its words is looked up among the first words
of the rules. Regular expressions run one by one, and none longer than LONGEST_SEARCH; `slow_expressions` leaves out
for a while those that were cut off several times.
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import regex

from storage.models import RuleKind
from storage.models.words import RuleEffect
from storage.moderation.policies import expressions
from storage.moderation.policies.expressions import Trials, UnsuitablePattern
from storage.moderation.policies.slow_expressions import SlowExpressions
from storage.types import storable
from storage.wording import Wording

LONGEST_SEARCH, LONGEST_SEARCHES = 0.05, 0.25  # seconds for one regular expression in a text, and for all of a chat's
LONGEST_PATTERN, LONGEST_TEXT = 512, 4_096  # characters: the column's, and a Telegram message's, which expressions read
WORD = regex.compile(r"\w+")
LABEL = r"[\p{L}\p{N}_-]"  # what the parts of a domain consist of
BEGINNING = rf"(?:\G\.?|(?<!{LABEL})(?<!{LABEL}\.))"  # no domain is looked for twice, which long texts would be slow by
ADDRESS = regex.compile(
    rf"{BEGINNING}(?:https?://)?(?:www\.)?((?:{LABEL}++\.){{1,2048}}\p{{L}}{{2,}}(?:/[^\s<>\"']*)?)|(@\w{{2,}})",
    regex.IGNORECASE,
)


@dataclass(frozen=True)
class Pattern:
    """One rule, as a text is compared with it."""

    kind: RuleKind
    effect: RuleEffect
    pattern: str
    reason: str = ""

    @property
    def label(self) -> str:
        """The rule in one line, as notices name it."""
        return f"{self.kind}: {self.pattern}" + (f" ({self.reason})" if self.reason else "")


@dataclass(frozen=True)
class Match:
    """The rule that decides about a text."""

    is_spam: bool
    label: str


@dataclass
class Compiled:
    """All rules of a chat, ready to be asked."""

    by_first_word: dict[str, list[tuple[tuple[str, ...], Pattern]]] = field(default_factory=dict)
    addresses: dict[str, Pattern] = field(default_factory=dict)
    expressions: list[tuple[regex.Pattern[str], Pattern]] = field(default_factory=list)
    slow: SlowExpressions | None = None  # where rules are in service; a preview searches for every expression

    def match(self, text: str) -> Match | None:
        """The first rule that flags the text; where none does, one that allows it.

        An allowed address keeps a text from being flagged only if every address in it is allowed.
        """
        allowed: Pattern | None = None
        for pattern in self._words(text):
            if pattern.effect == RuleEffect.FLAG:
                return Match(True, pattern.label)
            allowed = allowed or pattern
        addresses = [self._address(address) for address in addresses_in(text)]
        for about in addresses:
            if about is not None and about.effect == RuleEffect.FLAG:
                return Match(True, about.label)
        for pattern in self._expressions(text):
            if pattern.effect == RuleEffect.FLAG:
                return Match(True, pattern.label)
            allowed = allowed or pattern
        if allowed is None and addresses and all(addresses):
            allowed = addresses[0]
        return Match(False, allowed.label) if allowed is not None else None

    def allows(self, address: str) -> bool:
        """Whether links to this address are always welcome."""
        pattern = self._address(address)
        return pattern is not None and pattern.effect == RuleEffect.ALLOW

    def _words(self, text: str) -> Iterator[Pattern]:
        if not self.by_first_word:
            return
        words = words_in(text)
        for i, word in enumerate(words):
            for sequence, pattern in self.by_first_word.get(word, ()):
                if tuple(words[i : i + len(sequence)]) == sequence:
                    yield pattern

    def _address(self, address: str) -> Pattern | None:
        """The rule about an address: about itself, a longer path's beginning, or a domain above it."""
        return next((self.addresses[name] for name in _above(address, self._longest) if name in self.addresses), None)

    @cached_property
    def _longest(self) -> int:
        """How long the longest address of a rule is: nothing longer has to be looked up."""
        return max(map(len, self.addresses), default=0)

    def _expressions(self, text: str) -> Iterator[Pattern]:
        ends_at = time.monotonic() + LONGEST_SEARCHES
        for expression, pattern in self.expressions:
            if time.monotonic() > ends_at:
                return
            if self.slow is not None and self.slow.leaves_out(pattern.pattern):
                continue
            try:
                if expression.search(text[:LONGEST_TEXT], timeout=LONGEST_SEARCH):
                    yield pattern
            except (TimeoutError, MemoryError):
                if self.slow is not None:  # it was tried when it was added; this text is judged by its score alone
                    self.slow.ran_too_long(pattern.pattern)


def compiled(patterns: Iterable[Pattern], slow: SlowExpressions | None = None) -> Compiled:
    """The rules, ready to be asked; with `slow`, expressions that run too long again and again are left out. Raises UnsuitablePattern."""
    ready = Compiled(slow=slow)
    for pattern in patterns:
        if pattern.kind == RuleKind.WORDS:
            sequence = tuple(words_in(pattern.pattern))
            ready.by_first_word.setdefault(sequence[0], []).append((sequence, pattern))
        elif pattern.kind == RuleKind.ADDRESS:
            ready.addresses[next(addresses_in(pattern.pattern))] = pattern
        else:
            ready.expressions.append((expressions.compiled(pattern.pattern), pattern))
    return ready


def stored(pattern: str) -> str:
    """The pattern as it is stored."""
    return storable(pattern.strip())


def checked(kind: RuleKind, pattern: str, trials: Trials | None = None) -> str:
    """The pattern as it is stored. Raises UnsuitablePattern where it says nothing, does not compile or runs too long."""
    pattern = stored(pattern)
    if len(pattern) > LONGEST_PATTERN:
        raise UnsuitablePattern(
            Wording(
                "{pattern!r}… is longer than the {most} characters that a rule may have",
                pattern=pattern[:40],
                most=LONGEST_PATTERN,
            )
        )
    if kind == RuleKind.WORDS and not words_in(pattern):
        raise UnsuitablePattern(Wording("{pattern!r} has no letter or digit to look for", pattern=pattern))
    if kind == RuleKind.ADDRESS and [next(addresses_in(pattern), None)] != [*addresses_in(pattern)]:
        raise UnsuitablePattern(
            Wording("{pattern!r} is not one domain, link or @handle, such as example.com or t.me/name", pattern=pattern)
        )
    if kind == RuleKind.REGEX:
        expressions.require_usable(pattern, trials or Trials())
    return pattern


def words_in(text: str) -> list[str]:
    """The words of a text, in the form in which they are compared: NFKC, without case."""
    return list(WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def addresses_in(text: str) -> Iterator[str]:
    """Domains with their paths, and @handles as t.me/handle, without case and without https:// or www."""
    for domain, handle in ADDRESS.findall(unicodedata.normalize("NFKC", text)):
        yield f"t.me/{handle[1:]}".casefold() if handle else domain.rstrip("/.,;:!?)").casefold()


def links_in(text: str) -> Iterator[str]:
    """The same without the @handles."""
    for domain, _ in ADDRESS.findall(unicodedata.normalize("NFKC", text)):
        if domain:
            yield domain.rstrip("/.,;:!?)").casefold()


def _above(address: str, longest: int) -> Iterator[str]:
    """The address itself, then shorter paths of it, then the domains above its own; none longer than `longest`."""
    if len(address) <= longest:
        yield address
    end = address.rfind("/", 0, longest + 1)
    while end >= 0:
        yield address[:end]
        end = address.rfind("/", 0, end)
    domain = address.partition("/")[0]
    dot, last = domain.find(".", max(0, len(domain) - longest - 1)), domain.rfind(".")
    while 0 <= dot < last:
        yield domain[dot + 1 :]
        dot = domain.find(".", dot + 1)
