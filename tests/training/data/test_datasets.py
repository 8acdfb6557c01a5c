"""Labelled files, repeats and splits."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.data.datasets import (
    COMPARED_AT_MOST,
    Example,
    Split,
    gist,
    read_course,
    read_sms,
    require_both_classes,
    split_by_text,
    without_repeats,
)
from training.data.labelled_tables import read_labelled
from training.errors import DatasetError, TooFewExamples

EXAMPLES = st.lists(st.builds(Example, st.text(st.characters(exclude_categories=()), max_size=12), st.booleans()))
GISTED = st.lists(st.builds(Example, st.text("aA1 2\t", min_size=1, max_size=5), st.booleans()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "work"


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def pairs(path: Path) -> list[tuple[str, bool]]:
    return [(example.text, example.is_spam) for example in read_labelled(path)]


def refusal(path: Path) -> str:
    """What is said about the file, after its name."""
    with pytest.raises(DatasetError) as refused:
        read_labelled(path)
    assert str(refused.value).startswith(str(path))
    return str(refused.value).removeprefix(str(path))


def test_a_csv_is_read(folder: Path) -> None:
    path = written(folder, "a.csv", 'label,text\nspam,"win, now"\nham,hello\n')
    assert pairs(path) == [("win, now", True), ("hello", False)]


def test_a_tsv_is_read(folder: Path) -> None:
    assert pairs(written(folder, "a.tsv", "text\tlabel\nwin, now\tspam\n")) == [("win, now", True)]


def test_a_jsonl_is_read(folder: Path) -> None:
    path = written(folder, "a.jsonl", '{"text": "win", "label": true}\n\n{"text": "hi", "label": 0, "by": "x"}\n')
    assert pairs(path) == [("win", True), ("hi", False)]


@pytest.mark.parametrize("label", ["spam", "SPAM", " Spam ", "1", "true", "True"])
def test_spam_may_be_spelt_in_several_ways(folder: Path, label: str) -> None:
    assert pairs(written(folder, "a.csv", f"text,label\nwin,{label}\n")) == [("win", True)]


def test_a_cell_may_hold_several_lines_and_quotes(folder: Path) -> None:
    path = written(folder, "a.csv", 'text,label\r\n"win\nnow\n\n""today""",spam\r\nhi,ham\r\n')
    assert pairs(path) == [('win\nnow\n\n"today"', True), ("hi", False)]


def test_the_columns_may_have_other_names(folder: Path) -> None:
    path = written(folder, "a.csv", "v2,v1\nwin,spam\n")
    assert read_labelled(path, "v2", "v1") == [Example("win", True, "file")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", ", line 1: column text and label is missing (the header has nothing)"),
        ("text,class\nwin,spam\n", ", line 1: column label is missing (the header has text, class)"),
        ("text,label\n", ": holds no example"),
        (
            "text,label\nwin,spam\nhi,maybe\n",
            ", line 3: label is 'maybe', not one of spam, ham, 1, 0, true, false, pos, neg",
        ),
        ("text,label\nwin\n", ", line 2: label is None, not one of spam, ham, 1, 0, true, false, pos, neg"),
        ("text,label\nwin,spam\n  ,ham\n", ", line 3: text is missing or empty"),
        ('text,label\n"a\nb",ham\nhi,\n', ", line 4: label is '', not one of spam, ham, 1, 0, true, false, pos, neg"),
    ],
    ids=["empty", "no column", "no row", "wrong label", "no label", "empty text", "after two lines in one cell"],
)
def test_a_refused_table_is_told_by_line(folder: Path, content: str, reason: str) -> None:
    assert refusal(written(folder, "a.csv", content)) == reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"text": "a", "label": 1}\n{"text": \n', ", line 2: is not JSON"),
        ('["a", 1]\n', ", line 1: is not a JSON object"),
        ('\n\n{"label": 1}\n', ", line 3: text is missing or empty"),
        ('{"text": 5, "label": 1}\n', ", line 1: text is missing or empty"),
        ('{"text": "a"}\n', ", line 1: label is None"),
        ("", ": holds no example"),
    ],
)
def test_a_refused_jsonl_is_told_by_line(folder: Path, content: str, reason: str) -> None:
    assert refusal(written(folder, "a.jsonl", content)).startswith(reason)


def test_a_file_that_is_not_utf8_is_refused(folder: Path) -> None:
    assert "cannot be read as UTF-8" in refusal(written(folder, "a.csv", "text,label\nnaïve,ham\n".encode("latin-1")))


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_a_file_that_cannot_be_opened_is_refused(folder: Path, name: str) -> None:
    assert "cannot be read" in refusal(folder / name)


def test_the_collection_keeps_its_quotes(folder: Path) -> None:
    path = written(folder, "sms", 'ham\t"quoted\nspam\twin " now\tor never\n')
    assert read_sms(path) == [Example('"quoted', False), Example('win " now\tor never', True)]


def test_the_course_split_is_balanced_and_the_same_each_time(folder: Path) -> None:
    rows = [f"{'spam' if i % 4 == 0 else 'ham'}\tmessage {i}" for i in range(80)]
    path = written(folder, "sms", "\n".join(rows) + "\n")
    split = read_course(path)
    everything = [*split.train, *split.validation, *split.hold_out]
    assert [len(side) for side in (split.train, split.validation, split.hold_out)] == [28, 4, 8]
    assert sum(example.is_spam for example in everything) == len(set(everything)) / 2 == 20
    assert read_course(path) == split


@pytest.mark.parametrize(
    ("one", "other"), [("WIN  now", " win\tNow "), ("call 0800", "call 1234"), ("ﬁne", "FINE"), ("a\nb", "A B")]
)
def test_case_space_digits_and_form_make_no_other_gist(one: str, other: str) -> None:
    assert gist(one) == gist(other)


def test_other_words_are_another_gist() -> None:
    assert gist("win now") != gist("win later")


def test_of_repeats_the_last_label_and_the_first_place_count() -> None:
    examples = [Example("Win 1", False), Example("hi", False), Example("win 2", True)]
    assert without_repeats(examples) == [Example("win 2", True), Example("hi", False)]


@given(GISTED)
@settings(max_examples=50, deadline=None)
def test_no_gist_is_left_twice_and_none_is_lost(examples: list[Example]) -> None:
    left = [gist(example.text) for example in without_repeats(examples)]
    assert len(left) == len(set(left))
    assert set(left) == {gist(example.text) for example in examples}


@given(st.permutations(range(40)), st.integers(1, 40))
@settings(max_examples=30, deadline=None)
def test_a_split_is_stable_when_other_texts_are_added(order: list[int], before: int) -> None:
    texts = [Example(hashlib.sha256(str(i).encode()).hexdigest(), False) for i in order]  # none is like another
    small, large = split_by_text(texts[:before]), split_by_text(texts)
    assert large.train[: len(small.train)] == small.train
    assert large.validation[: len(small.validation)] == small.validation
    assert large.hold_out[: len(small.hold_out)] == small.hold_out


def sides_of(texts: list[str], compared_at_most: int = COMPARED_AT_MOST) -> set[int]:
    """How many sides the texts stand on, each beside twenty others."""
    others = [f"{i} {chr(97 + i) * 30}" for i in range(20)]
    split = split_by_text([Example(text, True) for text in (*texts, *others)], compared_at_most=compared_at_most)
    sides = (split.train, split.validation, split.hold_out)
    return {number for number, side in enumerate(sides) if {example.text for example in side} & set(texts)}


@pytest.mark.parametrize("campaign", [f"call {name} now to claim the prize that you have won" for name in "abcdefgh"])
def test_near_duplicates_stand_on_one_side(campaign: str) -> None:
    assert len(sides_of([f"{campaign}{end}" for end in ("", "!", "!!", " ok", " x1", " now", " or", " so")])) == 1


def test_in_a_set_too_large_to_compare_only_repeats_are_kept_together() -> None:
    claims = [f"call now to claim the very large prize that you have won today, {word}" for word in ("ok", "so", "go")]
    assert len(sides_of(claims, compared_at_most=10)) > 1
    assert len(sides_of([claims[0], claims[0].upper()], compared_at_most=10)) == 1


@given(GISTED)
@settings(max_examples=50, deadline=None)
def test_no_gist_is_on_two_sides(examples: list[Example]) -> None:
    split = split_by_text(examples)
    sides = [{gist(example.text) for example in side} for side in (split.train, split.validation, split.hold_out)]
    assert sum(len(side) for side in sides) == len(set.union(*sides))
    assert len(split.train) + len(split.validation) + len(split.hold_out) == len(examples)


def test_a_split_is_about_seventy_ten_and_twenty_percent() -> None:
    words = (f"{a}{b}{c}" for a in "abcdefghij" for b in "klmnopqrst" for c in "uvwxyzäöüß")
    split = split_by_text([Example(word, False) for word in words])
    shares = [len(side) / 1_000 for side in (split.train, split.validation, split.hold_out)]
    assert shares == pytest.approx([0.7, 0.1, 0.2], abs=0.05)


@pytest.mark.parametrize("side", ["training", "validation", "hold-out"])
@pytest.mark.parametrize("left", [[], [Example("a", True)], [Example("a", False)]], ids=["none", "spam", "ham"])
def test_a_side_without_both_classes_is_refused_by_name(side: str, left: list[Example]) -> None:
    both = [Example("a", True), Example("b", False)]
    sides = [left if name == side else both for name in ("training", "validation", "hold-out")]
    with pytest.raises(TooFewExamples, match=f"the {side} split has"):
        require_both_classes(Split(*sides))


def test_a_split_with_both_classes_everywhere_is_the_same_split() -> None:
    both = [Example("a", True), Example("b", False)]
    split = Split(both, both, both)
    assert require_both_classes(split) is split


@given(st.text(st.characters(exclude_categories=()), min_size=1).filter(str.strip))
@settings(max_examples=50, deadline=None)
def test_any_text_comes_back_from_jsonl(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_text(json.dumps({"text": text, "label": "spam"}), encoding="utf-8")
    assert pairs(path) == [(text, True)]


def test_a_header_too_long_for_a_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "huge.csv").write_text("x" * 200_000 + ",label\nhello,ham\n")
    with pytest.raises(DatasetError, match=r"line 1.*cannot be read"):
        read_labelled(tmp_path / "huge.csv")
