"""The starter set as it lies in the repository, and what is said of a file of it that was edited badly."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from training import near_duplicates, starter
from training.datasets import Example, Split, gist
from training.errors import DatasetError
from training.examples import hash_of_measured_seed
from training.plan import weights_of
from training.starter import HERE, LANGUAGES, Line
from training.starter.composition import by_language, tables
from training.starter.kinds import HAM, SPAM
from training.starter.shape import SHORT_WORDS, Shape, shape_of, words_in

PROJECT = Path(__file__).parents[2]
CARD = PROJECT / "docs/data-card-starter.md"
GIVEN = os.environ.get("HAMLET_DATASETS")
GOOD = {"text": "write + in private", "is_spam": True, "kind": "short-lure"}
LEAST = dict.fromkeys(LANGUAGES, 150) | {"en": 1_500, "ru": 1_500}


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    return starter.lines()


@pytest.fixture(scope="module")
def shapes(lines: list[Line]) -> dict[bool, list[Shape]]:
    return {label: [shape_of(line.text) for line in lines if line.is_spam is label] for label in (True, False)}


def share(shapes: list[Shape], field: str) -> float:
    """How many of the shapes have any of it."""
    return sum(getattr(shape, field) > 0 for shape in shapes) / len(shapes)


def written(folder: Path, *rows: object, name: str = "en.jsonl") -> Path:
    path = folder / name
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), "utf-8")
    return path


def refusal(path: Path) -> str:
    """What is said about the file, after its name."""
    with pytest.raises(DatasetError) as refused:
        starter.read(path.parent)
    assert str(refused.value).startswith(str(path))
    return str(refused.value).removeprefix(str(path))


def test_it_is_large_enough_in_every_language(lines: list[Line]) -> None:
    found = Counter(line.language for line in lines)
    assert len(lines) >= 8_000
    assert sum(line.is_spam for line in lines) >= 3_000
    assert {code: number for code, number in LEAST.items() if found[code] < number} == {}


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


def test_no_two_lines_are_near_duplicates(lines: list[Line]) -> None:
    groups = near_duplicates.groups([line.text for line in lines]).tolist()
    repeated = {number for number, times in Counter(groups).items() if times > 1}
    assert [line.text for line, number in zip(lines, groups, strict=True) if number in repeated] == []


def test_no_line_is_near_a_text_that_is_measured_with(lines: list[Line]) -> None:
    measured = [text for path in sorted(Path(GIVEN).rglob("*")) for text in texts_of(path)] if GIVEN else []
    ours = [line.text for line in lines]
    planted = next(text for text in ours if 80 < len(text) < 120 and not re.search(r"\d", text))
    found = near_duplicates.near([*ours, planted], [*measured, f"{planted}!!"])
    assert [text for text, is_near in zip([*ours, planted], found, strict=True) if is_near] == [planted, planted]


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
    found = shape_of("GO to win-more.top/a7 or @some_one 😀!\nok?")
    assert (found.links, found.handles, found.emoji, found.line_breaks) == (1, 1, 1, 1)
    assert (found.exclamation_marks, found.question_marks, found.words) == (1, 1, 7)
    assert found.capitals == pytest.approx(2 / 26)


@pytest.mark.parametrize(
    ("text", "words"), [("see you at home", 4), ("明日は雨です", 3), ("你好，世界！", 2), ("我用 GitHub 写代码", 4)]
)
def test_words_are_counted_with_and_without_spaces(text: str, words: int) -> None:
    assert words_in(text) == words


def test_its_examples_say_where_they_come_from(tmp_path: Path) -> None:
    written(tmp_path, GOOD, {"text": "see you at six", "is_spam": False, "kind": "family"})
    assert starter.read(tmp_path) == [
        Example("write + in private", True, "starter"), Example("see you at six", False, "starter")
    ]  # fmt: skip


def test_its_examples_weigh_as_much_as_those_of_the_collection() -> None:
    assert weights_of([Example("a", True, "starter"), Example("b", True, "seed")], of_a_correction=3.0) == [1.0, 1.0]


def test_versions_measured_with_other_lines_of_it_are_told_apart() -> None:
    one, other = (Split([], [], [Example(text, True, "starter")]) for text in "ab")
    assert hash_of_measured_seed(one) != hash_of_measured_seed(other)


def test_its_examples_are_the_lines_of_the_files(lines: list[Line]) -> None:
    rows = [row for path in sorted(HERE.glob("*.jsonl")) for row in path.read_text("utf-8").splitlines()]
    assert len({gist(line.text) for line in lines}) == len(lines) == len(rows)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{", "is not JSON (Expecting property name enclosed in double quotes: line 1 column 2 (char 1))"),
        ("", "is not JSON (Expecting value: line 1 column 1 (char 0))"),
        (["a"], "is not a JSON object"),
        ({"text": "hi", "kind": "one-word"}, "is_spam is missing"),
        ({}, "is_spam and kind and text is missing"),
        ({**GOOD, "lang": "en"}, "lang is no key of a line; it has text, is_spam and kind"),
        ('{"text": "a", "text": "b", "is_spam": true, "kind": "casino"}', "gives text more than once"),
        ({**GOOD, "text": " \n"}, "text is empty or no text"),
        ({**GOOD, "text": 7}, "text is empty or no text"),
        ({**GOOD, "text": "a \ud83d"}, "text holds half of a character"),
        ({**GOOD, "is_spam": "true"}, "is_spam is 'true', neither true nor false"),
        ({**GOOD, "is_spam": 1}, "is_spam is 1, neither true nor false"),
        ({**GOOD, "kind": None}, "kind is None, no kind of spam that training/starter/kinds.py has"),
        ({**GOOD, "is_spam": False}, "kind is 'short-lure', no kind of ham that training/starter/kinds.py has"),
        ({**GOOD, "text": "WRITE +  in private"}, "says the same as en.jsonl, line 1: leave one of them out"),
    ],
)  # fmt: skip
def test_a_bad_line_is_told_by_file_line_and_reason(tmp_path: Path, row: object, reason: str) -> None:
    assert refusal(written(tmp_path, GOOD, row)) == f", line 2: {reason}"


def test_a_text_of_another_file_is_a_repeat(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    assert refusal(written(tmp_path, GOOD, name="ru.jsonl")).startswith(", line 1: says the same as en.jsonl, line 1")


def test_bytes_that_are_not_utf8_are_told_by_line(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    path.write_bytes(path.read_bytes() + '{"text": "naïve"}\n'.encode("latin-1"))
    assert refusal(path).startswith(", line 2: is not UTF-8")


def test_a_file_of_no_known_language_is_refused(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, GOOD, name="english.jsonl")).startswith(": is named after no language of the set")


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    (tmp_path / "en.jsonl").mkdir()
    assert refusal(tmp_path / "en.jsonl").startswith(": cannot be read")


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="holds no file of the starter set"):
        starter.read(tmp_path)
