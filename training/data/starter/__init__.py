"""The starter set: invented messages of group chats in twenty languages, which a run may begin with.

One file for each language, one JSON object a line; docs/data-card-starter.md says how it was written and how to add to it.

kinds.py        the kinds of spam and of ham
shape.py        what a message looks like, whatever it says
composition.py  what the set is made of, as the tables of the data card; `python -m training.data.starter` prints them
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.data.datasets import Example, gist
from training.data.starter.kinds import HAM, SPAM
from training.errors import DatasetError

HERE = Path(__file__).parent
KEYS = {"text", "is_spam", "kind"}
LANGUAGES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fr": "French",
    "hi": "Hindi",
    "hi-latn": "Hindi in Latin letters",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "kk": "Kazakh",
    "ko": "Korean",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "uz": "Uzbek",
    "vi": "Vietnamese",
    "zh": "Chinese",
}


@dataclass(frozen=True)
class Line:
    """One message of the set, with what it is and the language of its file."""

    text: str
    is_spam: bool
    kind: str
    language: str


def read(folder: Path = HERE) -> list[Example]:
    """The whole set, language by language. Raises DatasetError naming the first line that is wrong."""
    return [Example(line.text, line.is_spam, "starter") for line in lines(folder)]


def lines(folder: Path = HERE) -> list[Line]:
    """The same with kinds and languages."""
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise DatasetError(folder, None, "holds no file of the starter set")
    collected, first = [], dict[str, str]()
    for path in files:
        for number, line in _lines_of(path):
            where = first.setdefault(gist(line.text), f"{path.name}, line {number}")
            if where != f"{path.name}, line {number}":
                raise DatasetError(path, number, f"says the same as {where}: leave one of them out")
            collected.append(line)
    return collected


def _lines_of(path: Path) -> Iterator[tuple[int, Line]]:
    if path.stem not in LANGUAGES:
        raise DatasetError(path, None, f"is named after no language of the set ({', '.join(LANGUAGES)})")
    for number, row in enumerate(_content(path).removesuffix("\n").split("\n"), start=1):
        try:
            yield number, _line(json.loads(row, object_pairs_hook=_once), path.stem)
        except (json.JSONDecodeError, RecursionError) as error:
            raise DatasetError(path, number, f"is not JSON ({error})") from error
        except ValueError as error:
            raise DatasetError(path, number, str(error)) from error


def _content(path: Path) -> str:
    try:
        content = path.read_bytes()
        return content.decode()
    except OSError as error:
        raise DatasetError(path, None, f"cannot be read ({error})") from error
    except UnicodeDecodeError as error:
        raise DatasetError(path, content[: error.start].count(b"\n") + 1, f"is not UTF-8 ({error})") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"gives {' and '.join(repeated)} more than once")
    return dict(pairs)


def _line(row: object, language: str) -> Line:
    """The row as a line of the set. Raises ValueError with the reason why it is none."""
    if not isinstance(row, dict):
        raise ValueError("is not a JSON object")
    if missing := sorted(KEYS - row.keys()):
        raise ValueError(f"{' and '.join(missing)} is missing")
    if unknown := sorted(row.keys() - KEYS):
        raise ValueError(f"{' and '.join(unknown)} is no key of a line; it has text, is_spam and kind")
    text, is_spam, kind = row["text"], row["is_spam"], row["kind"]
    if not isinstance(text, str) or not text.strip():
        raise ValueError("text is empty or no text")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("text holds half of a character")
    if not isinstance(is_spam, bool):
        raise ValueError(f"is_spam is {is_spam!r}, neither true nor false")
    if not isinstance(kind, str) or kind not in (SPAM if is_spam else HAM):
        raise ValueError(
            f"kind is {kind!r}, no kind of {'spam' if is_spam else 'ham'} that training/data/starter/kinds.py has"
        )
    return Line(text, is_spam, kind, language)
