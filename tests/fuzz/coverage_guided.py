"""`python -m tests.fuzz.coverage_guided TARGET [--seconds 120] [--seed 123]`: atheris looks for inputs that reach new code.

atheris (`pip install atheris`) is no requirement of the checks. The targets are those of tests/fuzz/targets.py. libFuzzer prints what it
does, ends with an error where an input breaks the target, and writes that input into the current folder.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

try:
    import atheris
except ImportError:
    sys.exit("hamlet: this looks for inputs with atheris: pip install atheris")

PACKAGES = ["actions", "bot", "classifier", "cli", "jobs", "review", "storage", "telegram_ui", "training"]
LONGEST = 20_000  # bytes of an input

with atheris.instrument_imports(include=PACKAGES):
    from tests.fuzz import seeds
    from tests.fuzz.targets import TARGETS


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.coverage_guided", description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--seed", type=int, default=123)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as corpus:
        for number, content in enumerate(seeds.of(chosen.target)):
            (Path(corpus) / f"{number}").write_bytes(content)
        limits = [
            f"-max_total_time={chosen.seconds}",
            f"-seed={chosen.seed}",
            f"-max_len={LONGEST}",
            "-rss_limit_mb=4096",
        ]
        atheris.Setup([sys.argv[0], *limits, corpus], TARGETS[chosen.target])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
