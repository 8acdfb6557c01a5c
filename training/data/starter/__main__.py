"""`python -m training.data.starter`: what the starter set is made of, as its data card has it."""

from __future__ import annotations

import sys

from training.data.starter import lines
from training.data.starter.composition import tables
from training.errors import DatasetError


def main() -> int:
    try:
        sys.stdout.write(f"{tables(lines())}\n")
    except DatasetError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
