"""What the benchmarks share."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from types import ModuleType

import pytest

from benchmarks import bench, bot, corrections, latency, memory, protocols, scaling, whole_path
from training.data.datasets import Example
from training.errors import TrainingBusy
from training.fit.thresholds import Scored


def test_a_spread_is_mean_and_sample_deviation() -> None:
    spread = bench.spread([1.0, 2.0, 3.0])
    assert (spread["mean"], spread["std"]) == (2.0, 1.0)
    assert bench.spread([1.0])["std"] == 0.0


def test_a_measurement_says_on_which_machine_and_in_which_numbers_it_ran() -> None:
    where = bench.ran_on()
    assert where["machine"].keys() == {"cores", "system", "instructions"}
    assert all(where["machine"].values())
    assert where["precision"] in ("bf16", "fp32")


@pytest.mark.parametrize("benchmark", [bot, latency, memory, scaling, whole_path])
def test_benchmarks_of_processes_say_it(benchmark: ModuleType) -> None:
    assert "ran_on()" in inspect.getsource(benchmark.measure)


def test_leaves_are_flat() -> None:
    assert bench.leaves({"a": {"b": 1, "c": {"d": 2}}, "e": 3}) == [("a.b", 1), ("a.c.d", 2), ("e", 3)]


def test_recall_at_a_low_false_positive_rate_by_hand() -> None:
    ham = [i / 2_000 for i in range(2_000)]  # two of them may be hit
    test = Scored([*ham, 0.99875, 0.9, 0.99925], [False] * 2_000 + [True] * 3)
    assert protocols.recall_at_low_fpr(test) == pytest.approx(2 / 3)


def test_fewer_corrections_of_a_draw_are_the_first_of_more() -> None:
    chat = [Example(str(i), i % 3 == 0) for i in range(50)]
    few, rest = corrections.drawn(chat, 10, draw=1)
    more, _ = corrections.drawn(chat, 25, draw=1)
    assert more[:10] == few
    assert sorted(e.text for e in few + rest) == sorted(e.text for e in chat)
    assert few != corrections.drawn(chat, 10, draw=2)[0]


def test_intervals_are_students() -> None:
    interval = corrections.interval("f1", [0.8, 0.9, 1.0])
    assert interval["f1"] == pytest.approx(0.9)
    assert interval["f1_interval"][1] - 0.9 == pytest.approx(4.303 * 0.1 / 3**0.5)


def test_a_named_error_ends_a_benchmark_with_its_sentence() -> None:
    def fails() -> dict[str, float]:
        raise TrainingBusy

    with pytest.raises(SystemExit, match="another fine-tuning run"):
        bench.answer(fails, as_json=True)


def test_json_is_one_object_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    bench.answer(lambda: {"a": 1}, as_json=True)
    assert json.loads(capsys.readouterr().out) == {"a": 1}


def test_what_child_processes_print_is_not_among_the_figures(capfd: pytest.CaptureFixture[str]) -> None:
    def measure() -> dict[str, int]:
        subprocess.run([sys.executable, "-c", "print('a warning')"], check=True)
        return {"a": 1}

    bench.answer(measure, as_json=True)
    out, err = capfd.readouterr()
    assert (json.loads(out), err) == ({"a": 1}, "a warning\n")


def test_folds_keep_near_duplicates_on_one_side_and_test_each_text_once() -> None:
    texts = [f"win a prize of {i} pounds, call {i * 7} today{'!' * (i % 3)}" for i in range(30)]
    ham = [
        f"{chr(97 + i % 26)}{chr(97 + i // 26)} see you {'soon ' * (i % 9)}{chr(110 - i % 13) * 6}" for i in range(200)
    ]
    examples = [Example(t, True) for t in texts] + [Example(t, False) for t in ham]
    examples += [
        Example(f"{chr(97 + i)}{chr(98 + i) * 5} free {chr(99 + i) * 4} entry {chr(100 + i) * 6}", True)
        for i in range(20)
    ]
    tested: list[str] = []
    for split in protocols.natural_splits(examples):
        sides = [
            {e.text[:14] for e in side if e.text.startswith("win a prize")}
            for side in (split.train, split.validation, split.hold_out)
        ]
        assert sum(bool(side) for side in sides) == 1
        tested += [e.text for e in split.hold_out]
    assert sorted(tested) == sorted(e.text for e in examples)
