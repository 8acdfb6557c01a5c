"""Writes decided texts in the formats that can be imported again. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

from storage.formats import Decided, Format, harmless


def head(kind: Format) -> str:
    """The beginning of a file of that format."""
    return _row("text", "label", "decided_at") if kind == Format.CSV else ""


def written(kind: Format, decided: Decided) -> str:
    """The text as a line of that format, or "" where the format has no place for it."""
    return WRITERS[kind](decided)


def _row(*cells: str) -> str:
    row = io.StringIO()
    csv.writer(row, lineterminator="\r\n").writerow(cells)
    return row.getvalue()


def _write_csv(decided: Decided) -> str:
    return _row(harmless(decided.text), decided.label, decided.decided_at.isoformat())


def _json(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False) + "\n"


def _write_jsonl(decided: Decided) -> str:
    return _json({"text": decided.text, "label": decided.label, "decided_at": decided.decided_at.isoformat()})


def _write_txt(decided: Decided, is_spam: bool) -> str:
    return " ".join(decided.text.split()) + "\n" if decided.is_spam == is_spam else ""


def _write_detected(decided: Decided) -> str:
    if not decided.is_spam:
        return ""
    check = {"name": "hamlet", "spam": True, "details": f"score {decided.score:.2f}, model {decided.model_version}"}
    return _json(
        {
            "id": decided.correction_id,
            "gid": "",
            "text": decided.text,
            "user_id": decided.author_id or 0,
            "user_name": decided.author_name,
            "timestamp": decided.decided_at.isoformat(),
            "added": True,
            "checks": [check],
        }
    )


WRITERS: dict[Format, Callable[[Decided], str]] = {
    Format.CSV: _write_csv,
    Format.JSONL: _write_jsonl,
    Format.SPAM_TXT: lambda decided: _write_txt(decided, is_spam=True),
    Format.HAM_TXT: lambda decided: _write_txt(decided, is_spam=False),
    Format.DETECTED_SPAM: _write_detected,
}
