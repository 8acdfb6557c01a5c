"""Labelled texts in every format that can be imported."""

from __future__ import annotations

import json
from typing import Any

CSV = 'text,label\n"You won a prize, call now",spam\nSee you at noon,ham\n'
DETECTED: dict[str, Any] = {  # a line of tg-spam's detected_spam.jsonl
    "id": 1,
    "gid": "gr1",
    "text": "earn money",
    "user_id": 7,
    "user_name": "bob",
    "timestamp": "2025-01-01T12:00:00Z",
    "added": True,
    "checks": [{"name": "stopword", "spam": True, "details": "earn money"}],
}
BODIES = {
    "csv": CSV,
    "jsonl": '{"text": "You won a prize, call now", "label": "spam"}\n{"label": "ham", "text": "See you at noon"}',
    "spam-txt": "You won a prize, call now\n\nwin\r\n",
    "ham-txt": "See you at noon\nlunch?\n",
    "detected-spam": json.dumps(DETECTED) + "\n" + json.dumps(DETECTED | {"text": "win"}),
}
LABELS = {
    "csv": [True, False],
    "jsonl": [True, False],
    "spam-txt": [True] * 2,
    "ham-txt": [False] * 2,
    "detected-spam": [True] * 2,
}
