"""How every process starts: wrong settings end it with one sentence instead of a traceback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from pydantic import ValidationError

WRONG_SETTINGS = 2  # exit code, as that of wrong options


@contextmanager
def refusing() -> Iterator[None]:
    """End the process with exit code 2 and a sentence for each wrong setting."""
    try:
        yield
    except ValidationError as error:
        refuse(settings_refusal(error))


def refuse(reason: str, code: int = WRONG_SETTINGS) -> NoReturn:
    """End the process with a sentence on standard error and this exit code."""
    print(f"hamlet: {reason}", file=sys.stderr, flush=True)
    raise SystemExit(code)


def settings_refusal(error: ValidationError) -> str:
    """Each wrong setting with the name of its variable and what is wrong with it."""
    return "; ".join(_one(problem) for problem in error.errors())


def _one(problem: Any) -> str:
    reason = problem["msg"].removeprefix("Value error, ")
    if not problem["loc"]:  # about several settings together: the sentence names them without their values
        return str(reason)
    name = "HAMLET_" + "_".join(str(part) for part in problem["loc"]).upper()
    if problem["type"] == "missing":
        return f"{name} is not set"
    return f"{name} {_lowered(reason)} (it is {_shown(name, problem['input'])})"


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _shown(name: str, value: object) -> str:
    return "set to a secret" if any(word in name for word in ("TOKEN", "SECRET", "URL", "KEY", "DSN")) else repr(value)
