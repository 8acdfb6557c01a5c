"""What takes bytes from outside, each as one function of bytes: nothing but its named errors leaves it.

tests/fuzz/test_bytes.py tries a few examples in every check; `python -m tests.fuzz.coverage_guided` searches by coverage.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from telegram import Update

from bot import adapter, visible
from classifier.errors import PretrainedError
from classifier.gpt.pretrained import read_gguf
from classifier.reading import MANNERS, read, words
from cli.backup import reading as backups
from cli.backup.errors import BackupTooNew, NotABackup
from storage import formats, telegram_export
from storage.access import chat_files
from storage.errors import ExportCutShort, NotAnExport, NotSettings
from storage.formats import Format, Sample
from storage.lines import LineError
from storage.models import RuleKind
from storage.models.words import RuleEffect
from storage.moderation.policies import patterns
from storage.moderation.policies.patterns import Pattern, UnsuitablePattern
from telegram_ui import buttons
from tests.fuzz.prepared_targets import api_body, setting, version_file
from training.data import labelled_tables
from training.errors import DatasetError

BUTTONS = (
    buttons.CorrectionButton,
    buttons.WhyButton,
    buttons.ChoiceButton,
    buttons.RaidButton,
    buttons.ShowButton,
    buttons.CaseButton,
    buttons.PardonButton,
    buttons.HoldButton,
    buttons.ReactorButton,
    buttons.PolicyButton,
)
LONGEST_DATA = 64  # bytes that Telegram takes
SEARCHED = "free cash at example.com, call +7 900 1234567 now now now"


def update(content: bytes) -> None:
    """Whatever Telegram's library can read becomes our values."""
    try:
        parsed = Update.de_json(json.loads(content), None)
    except Exception:  # the library's refusals have no common class; what it refuses never reaches us
        return
    try:
        payload = json.dumps(parsed.to_dict())
        stored = Update.de_json(json.loads(payload), None)
    except Exception:  # nor what it cannot write and read back: it is stored as written, and counts as failed
        return
    message = stored.message or stored.edited_message
    adapter.incoming(stored)
    adapter.channels_post(stored)
    if message is not None:
        for reader in (adapter.answered, adapter.authored_text, adapter.origin, adapter.moved, visible.media):
            reader(message)


def callback_data(content: bytes) -> None:
    """Data is a button, which writes the same data, or none."""
    data = content.decode("utf-8", "replace")
    for kind in BUTTONS:
        button: Any = kind.parse(data)
        if button is not None:
            assert kind.parse(button.data) == button
            assert len(button.data.encode()) <= LONGEST_DATA + 20, data


def samples(content: bytes) -> None:
    """Each line of an import is a sample or an error with its number."""
    for kind in Format:
        for one in formats.read(kind, [content[:100], content[100:]]):
            assert isinstance(one, Sample | LineError)
            assert one.line > 0


def labelled_table(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for ending in ("csv", "tsv", "jsonl"):
            path = Path(folder) / f"a.{ending}"
            path.write_bytes(content)
            try:
                labelled_tables.read_labelled(path)
            except DatasetError:
                continue


def history(content: bytes) -> None:
    try:
        _, items = telegram_export.read([content[:50], content[50:]])
        for _ in items:
            pass
    except (NotAnExport, ExportCutShort):
        pass


def chat_file(content: bytes) -> None:
    with contextlib.suppress(NotSettings):
        chat_files.read(content.decode("utf-8", "replace"))


def expression(content: bytes) -> None:
    """A regular expression of a chat's is refused with a reason, or searches a text in its time."""
    pattern = content.decode("utf-8", "replace")
    try:
        checked = patterns.checked(RuleKind.REGEX, pattern)
    except UnsuitablePattern:
        return
    patterns.compiled([Pattern(RuleKind.REGEX, RuleEffect.FLAG, checked)]).match(SEARCHED)


def gguf(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.gguf"
        path.write_bytes(content)
        with contextlib.suppress(PretrainedError):
            read_gguf(path, "fuzzed")


def backup(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "b.tar"
        path.write_bytes(content)
        with contextlib.suppress(NotABackup, BackupTooNew):
            backups.verified(path)


def reading(content: bytes) -> None:
    """Every manner reads every text."""
    text = content.decode("utf-8", "surrogateescape")
    for manner in MANNERS:
        read(text, manner)
        words(text, manner)


BY_THEMSELVES = (update, callback_data, samples, labelled_table, history, chat_file, expression, gguf, backup, reading)
PREPARED = (version_file, setting, api_body)
TARGETS: dict[str, Callable[[bytes], None]] = {one.__name__: one for one in (*BY_THEMSELVES, *PREPARED)}
