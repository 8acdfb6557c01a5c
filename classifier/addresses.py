"""Addresses and handles in a text: what is written there is a name, not words."""

from __future__ import annotations

import re

ENDINGS = (
    "com|net|org|io|me|app|xyz|info|club|online|shop|site|store|top|live|vip|bet|link|co|ly|gl|biz|dev|ai|gg|fun|pro|cc|tv|"
    "ru|su|by|kz|uz|ua|in|id|uk|de|fr|es|it|pl|pt|br|tr|ir|cn|jp|kr|vn|eu|us|рф"
)
ADDRESS = re.compile(
    rf"(?:https?://|www\.)\S+|(?<![\w@.-])[\w-]+(?:\.[\w-]+)*\.(?:{ENDINGS})\b(?:/\S*)?", re.IGNORECASE
)
HANDLE = re.compile(r"(?<!\w)@\w{3,}")
