"""How every process starts: settings read, logging set up, refusals said in one sentence."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from pydantic import ValidationError


@contextmanager
def refusing() -> Iterator[None]:
    """Turn wrong settings into one sentence a setting and exit code 2, instead of a traceback."""
    try:
        yield
    except ValidationError as error:
        refuse(settings_refusal(error))


def refuse(reason: str) -> NoReturn:
    print(f"hamlet: {reason}", file=sys.stderr, flush=True)
    raise SystemExit(2)


def settings_refusal(error: ValidationError) -> str:
    """Each wrong setting with the name of its variable and what is wrong with it."""
    return "; ".join(_one(problem) for problem in error.errors())


def _one(problem: Any) -> str:
    said = problem["msg"].removeprefix("Value error, ")
    if not problem["loc"]:  # about several settings together: the sentence names them, their values stay unsaid
        return str(said)
    name = "HAMLET_" + "_".join(str(part) for part in problem["loc"]).upper()
    if problem["type"] == "missing":
        return f"{name} is not set"
    return f"{name} {_lowered(said)} (it is {_shown(name, problem['input'])})"


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _shown(name: str, value: object) -> str:
    return "set to a secret" if "TOKEN" in name or "SECRET" in name or "URL" in name else repr(value)
