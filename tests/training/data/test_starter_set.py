"""The starter set as it lies in the repository: sizes, kinds, shapes, repeats, its data card."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from training.data import near_duplicates, starter
from training.data.datasets import gist
from training.data.starter import HERE, LANGUAGES, Line
from training.data.starter.composition import by_language, tables
from training.data.starter.kinds import HAM, SPAM
from training.data.starter.shape import SHORT_WORDS, Shape, shape_of, words_in

PROJECT = Path(__file__).parents[3]
CARD = PROJECT / "docs/data-card-starter.md"
GIVEN = os.environ.get("HAMLET_DATASETS")
LEAST = dict.fromkeys(LANGUAGES, 150) | {"en": 1_500, "ru": 1_500}
HOST = re.compile(r"(?<![\w.])((?:[\w-]+\.)+[a-z]{2,})(?!\w)", re.IGNORECASE)
PLATFORMS = (
    "t.me",
    "wa.me",
    "github.com",
    "gitlab.com",
    "google.com",
    "goo.gl",
    "forms.gle",
    "youtube.com",
    "youtu.be",
    "instagram.com",
    "spotify.com",
    "twitch.tv",
    "vk.com",
    "whatsapp.com",
    "wikipedia.org",
)


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    return starter.lines()


@pytest.fixture(scope="module")
def shapes(lines: list[Line]) -> dict[bool, list[Shape]]:
    return {label: [shape_of(line.text) for line in lines if line.is_spam is label] for label in (True, False)}


def share(shapes: list[Shape], field: str) -> float:
    """How many of the shapes have any of it."""
    return sum(getattr(shape, field) > 0 for shape in shapes) / len(shapes)


def test_it_is_large_enough_in_every_language(lines: list[Line]) -> None:
    counts = Counter(line.language for line in lines)
    assert len(lines) >= 8_000
    assert sum(line.is_spam for line in lines) >= 3_000
    assert {code: number for code, number in LEAST.items() if counts[code] < number} == {}


def test_every_language_has_both_labels_in_like_shares(lines: list[Line]) -> None:
    spam = Counter(line.language for line in lines if line.is_spam)
    everything = Counter(line.language for line in lines)
    assert {code: n for code, n in everything.items() if not 0.3 <= spam[code] / n <= 0.5} == {}


def test_no_kind_is_above_a_tenth_of_its_label(lines: list[Line]) -> None:
    for label in (True, False):
        kinds = Counter(line.kind for line in lines if line.is_spam is label)
        assert kinds.most_common(1)[0][1] <= 0.1 * kinds.total()


def test_every_kind_is_used_and_belongs_to_one_label(lines: list[Line]) -> None:
    used = {(line.is_spam, line.kind) for line in lines}
    assert used == {(True, kind) for kind in SPAM} | {(False, kind) for kind in HAM}
    assert SPAM.keys().isdisjoint(HAM)


def test_no_text_has_blemishes_at_its_ends_or_a_tab(lines: list[Line]) -> None:
    assert [line.text for line in lines if line.text != line.text.strip() or "\t" in line.text] == []


def test_no_address_is_one_of_the_domains_kept_for_examples(lines: list[Line]) -> None:
    assert [line.text for line in lines if re.search(r"\.example\b|\bexample\.(com|org|net)\b", line.text)] == []


def test_of_the_ham_two_in_five_have_six_words_or_fewer(shapes: dict[bool, list[Shape]]) -> None:
    short = sum(shape.words <= SHORT_WORDS for shape in shapes[False]) / len(shapes[False])
    assert 0.33 <= short <= 0.47


@pytest.mark.parametrize("field", ["links", "handles", "emoji", "digits", "exclamation_marks", "line_breaks"])
def test_spam_and_ham_have_it_about_as_often(shapes: dict[bool, list[Shape]], field: str) -> None:
    assert 1 / 1.6 <= share(shapes[True], field) / share(shapes[False], field) <= 1.6


def test_no_ending_of_a_domain_gives_the_label_away(lines: list[Line]) -> None:
    counts = {label: Counter(endings(line.text for line in lines if line.is_spam is label)) for label in (True, False)}
    often = [ending for ending, times in (counts[True] + counts[False]).items() if times >= 25]
    assert len(often) >= 8
    assert {
        ending for ending in often if not 0.2 <= counts[True][ending] / (counts[True] + counts[False])[ending] <= 0.8
    } == set()


def test_an_address_begins_with_its_scheme_about_as_often(lines: list[Line]) -> None:
    spam, ham = ([line.text for line in lines if line.is_spam is label] for label in (True, False))
    assert 1 / 1.6 <= (schemes(spam) / len(spam)) / (schemes(ham) / len(ham)) <= 1.6


def schemes(texts: list[str]) -> int:
    return sum("https://" in text for text in texts)


def endings(texts: Iterable[str]) -> list[str]:
    """The endings of the addresses, those of well-known platforms left out."""
    hosts = [host.lower() for text in texts for host in HOST.findall(text)]
    return [host.rsplit(".", 1)[1] for host in hosts if not host.endswith(PLATFORMS)]


def test_no_two_lines_are_near_duplicates(lines: list[Line]) -> None:
    groups = near_duplicates.groups([line.text for line in lines]).tolist()
    repeated = {number for number, times in Counter(groups).items() if times > 1}
    assert [line.text for line, number in zip(lines, groups, strict=True) if number in repeated] == []


def test_no_line_is_near_a_text_that_is_measured_with(lines: list[Line]) -> None:
    measured = [text for path in sorted(Path(GIVEN).rglob("*")) for text in texts_of(path)] if GIVEN else []
    ours = [line.text for line in lines]
    planted = next(text for text in ours if 80 < len(text) < 120 and not re.search(r"\d", text))
    are_near = near_duplicates.near([*ours, planted], [*measured, f"{planted}!!"])
    assert [text for text, is_near in zip([*ours, planted], are_near, strict=True) if is_near] == [planted, planted]


def texts_of(path: Path) -> list[str]:
    """The texts of a data set's file, a line each: `label TAB text`, or the text alone."""
    if path.suffix not in (".tsv", ".txt", "") or not path.is_file():
        return []
    rows = path.read_text("utf-8", errors="replace").split("\n")
    return [row.split("\t", 1)[-1].replace("\\n", "\n") for row in rows if row]


def test_the_wheel_holds_it() -> None:
    packed = {Path(file.distribution_path) for file in WheelBuilder(str(PROJECT)).recurse_included_files()}
    ours = {path.relative_to(PROJECT) for path in [*HERE.glob("*.jsonl"), HERE / "LICENSE"]}
    assert len(ours) == len(LANGUAGES) + 1
    assert ours <= packed


def test_the_card_has_the_tables_of_the_files(lines: list[Line]) -> None:
    assert tables(lines) in CARD.read_text("utf-8")


def test_the_tables_count_by_language_and_label() -> None:
    some = [
        Line("hi", False, "one-word", "en"),
        Line("yo", False, "one-word", "en"),
        Line("+", True, "short-lure", "ja"),
    ]
    assert by_language(some)[2:] == ["| English | 0 | 2 | 2 |", "| Japanese | 1 | 0 | 1 |", "| all | 1 | 2 | 3 |"]


def test_a_shape_counts_what_can_be_seen() -> None:
    shape = shape_of("GO to win-more.top/a7 or @some_one 😀!\nok?")
    assert (shape.links, shape.handles, shape.emoji, shape.line_breaks) == (1, 1, 1, 1)
    assert (shape.exclamation_marks, shape.question_marks, shape.words) == (1, 1, 7)
    assert shape.capitals == pytest.approx(2 / 26)


@pytest.mark.parametrize(
    ("text", "words"), [("see you at home", 4), ("明日は雨です", 3), ("你好，世界！", 2), ("我用 GitHub 写代码", 4)]
)
def test_words_are_counted_with_and_without_spaces(text: str, words: int) -> None:
    assert words_in(text) == words


def test_its_examples_are_the_lines_of_the_files(lines: list[Line]) -> None:
    rows = [row for path in sorted(HERE.glob("*.jsonl")) for row in path.read_text("utf-8").splitlines()]
    assert len({gist(line.text) for line in lines}) == len(lines) == len(rows)
