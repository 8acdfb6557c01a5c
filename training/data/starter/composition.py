"""What the starter set is made of, as the Markdown tables that its data card holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from statistics import median

from training.data.starter import LANGUAGES, Line
from training.data.starter.shape import SHORT_WORDS, Shape, shape_of

SHAPES: dict[str, Callable[[Shape], bool]] = {
    "six words or fewer": lambda shape: shape.words <= SHORT_WORDS,
    "a link": lambda shape: shape.links > 0,
    "a handle": lambda shape: shape.handles > 0,
    "emoji": lambda shape: shape.emoji > 0,
    "digits": lambda shape: shape.digits > 0,
    "an exclamation mark": lambda shape: shape.exclamation_marks > 0,
    "a question mark": lambda shape: shape.question_marks > 0,
    "line breaks": lambda shape: shape.line_breaks > 0,
    "capitals alone": lambda shape: shape.capitals > 0.8,
}


def tables(lines: Sequence[Line]) -> str:
    """Languages by label, shapes by label, kinds by label."""
    return "\n\n".join(["\n".join(table) for table in (by_language(lines), by_shape(lines), by_kind(lines))])


def by_language(lines: Sequence[Line]) -> list[str]:
    """Spam and ham of each language, the largest first."""
    counts = Counter((line.language, line.is_spam) for line in lines)
    rows = [
        (LANGUAGES[code], counts[code, True], counts[code, False]) for code in sorted({line.language for line in lines})
    ]
    rows.sort(key=lambda row: -row[1] - row[2])
    total = ("all", sum(row[1] for row in rows), sum(row[2] for row in rows))
    return _table(("language", "spam", "ham", "lines"), [(*row, row[1] + row[2]) for row in [*rows, total]])


def by_shape(lines: Sequence[Line]) -> list[str]:
    """The share of each label that has a shape."""
    sides = _sides(lines)
    shapes = [[shape_of(text) for text in side] for side in sides]
    rows = [(name, *(f"{sum(map(has, side)) / len(side):.0%}" for side in shapes)) for name, has in SHAPES.items()]
    middle = ("words, median", *(f"{median(shape.words for shape in side):.0f}" for side in shapes))
    return _table(("of each label, with", "spam", "ham"), [*rows, middle])


def by_kind(lines: Sequence[Line]) -> list[str]:
    """The kinds of each label with their counts."""
    rows = []
    for is_spam, label in ((True, "spam"), (False, "ham")):
        counts = Counter(line.kind for line in lines if line.is_spam is is_spam)
        rows.append((label, ", ".join(f"{kind} {count}" for kind, count in counts.most_common())))
    return _table(("label", "kinds"), rows)


def _sides(lines: Sequence[Line]) -> tuple[list[str], list[str]]:
    """The texts of the spam and of the ham."""
    return [line.text for line in lines if line.is_spam], [line.text for line in lines if not line.is_spam]


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    return [f"| {' | '.join(map(str, row))} |" for row in (header, ["---"] * len(header), *rows)]
