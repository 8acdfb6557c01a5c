"""What each target reads when all is well; the fuzz tests damage it."""

from __future__ import annotations

import io
import json
import tarfile
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import gguf
import numpy as np

from classifier.gpt.tokenizer import _byte_of_character
from tests.bot.given_updates import ANN, GROUP, message
from tests.cli.test_bad_backups import SETTINGS_JSON, made
from tests.fuzz.prepared_targets import PARTS, SETTINGS, version
from tests.storage.exports import export, said, service

PHOTO = [{"file_id": "AB", "file_unique_id": "Q", "width": 9, "height": 9}]
ORIGIN = {"type": "hidden_user", "date": 1_735_732_000, "sender_user_name": "Best Casino t.me/casino"}
ENTITY = {"type": "text_link", "offset": 0, "length": 5, "url": "https://a.example"}
BUTTON = {"inline_keyboard": [[{"text": "Claim", "url": "https://b.example"}]]}
RICH: dict[str, Any] = message(
    entities=[ENTITY], forward_origin=ORIGIN, reply_markup=BUTTON, reply_to_message=message(message_id=4, text="so?")
)
POLL = {"id": "1", "question": "Who?", "options": [{"text": "me", "voter_count": 0, "persistent_id": "0"}]}
FLAGS = {
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
}
UPDATES: list[dict[str, Any]] = [
    {"update_id": 1, "message": RICH},
    {"update_id": 2, "edited_message": message(text=None, photo=PHOTO, caption="see", edit_date=1_735_732_900)},
    {"update_id": 3, "message": message(text=None, poll=POLL | FLAGS)},
    {"update_id": 4, "message": message(text=None, new_chat_members=[ANN])},
    {"update_id": 5, "message": message(sender_chat=GROUP | {"id": -100_9}, text="hi")},
]
DATA = [
    "correct:17:1",
    "why:3",
    "choose:5:mode:observe",
    "raid:1:2:3",
    "show:1:2:3",
    "case:4:0",
    "pardon:5:6",
    "hold:7:1",
    "reactor:5:6:1",
    "policy:5:spam_removes:chat",
]
CHAT = {"format": "hamlet chat 1", "mode": "observe", "settings": {"ban_days": 3}, "rules": []}
RULE = {"kind": "regex", "effect": "flag", "pattern": "free.*cash"}
CSV = b'text,label\r\n"win, now",spam\r\n\'=1+1,ham\r\n'
JSONL = b'{"text": "win", "label": "spam"}\n{"text": "ten?", "label": 0}\n'
EXPRESSIONS = [r"free\s+(?:cash|money){1,3}$", r"(?<=a)b|[\p{L}--a]+", r"(?P<a>x)(?P=a)(?:y){e<=1}"]
ENVIRONMENT = {
    "HAMLET_DATABASE_URL": b"postgresql://ann:secret@localhost:5432/hamlet",
    "HAMLET_MODERATORS_CHAT_ID": b"-1001234567890",
    "HAMLET_LEASE_SECONDS": b"30.5",
}
BODIES = (
    b'{"text": "hello", "id": "a", "author_name": "Ann", "deadline_ms": 0}',
    b'{"messages": [{"text": "hello"}], "deadline_ms": 0}',
    b'{"verdict_id": 1, "is_spam": true, "note": "x"}',
    CSV,
    JSONL,
)


@cache
def base_model() -> bytes:
    """A GGUF file of the Llama family with one block of random numbers."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tiny.gguf"
        writer = gguf.GGUFWriter(path, "llama")
        writer.add_context_length(64)
        writer.add_block_count(1)
        writer.add_embedding_length(8)
        writer.add_head_count(2)
        writer.add_head_count_kv(1)
        writer.add_feed_forward_length(12)
        writer.add_rope_freq_base(10_000.0)
        writer.add_layer_norm_rms_eps(1e-5)
        writer.add_tokenizer_pre("smollm")
        writer.add_token_list([*_byte_of_character(), "<|end|>"])
        writer.add_token_types([1] * 256 + [3])
        for name, shape in SHAPES.items():
            writer.add_tensor(name, np.random.default_rng(0).normal(size=shape).astype(np.float32))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return path.read_bytes()


SHAPES: dict[str, tuple[int, ...]] = {
    "token_embd.weight": (257, 8),
    "output_norm.weight": (8,),
    "blk.0.attn_norm.weight": (8,),
    "blk.0.attn_q.weight": (8, 8),
    "blk.0.attn_k.weight": (4, 8),
    "blk.0.attn_v.weight": (4, 8),
    "blk.0.attn_output.weight": (8, 8),
    "blk.0.ffn_norm.weight": (8,),
    "blk.0.ffn_gate.weight": (12, 8),
    "blk.0.ffn_up.weight": (12, 8),
    "blk.0.ffn_down.weight": (8, 12),
}


@cache
def backup() -> bytes:
    """An archive of a setting and a model's file."""
    return archive(made({"settings.json": SETTINGS_JSON, "models/v1/x": b"short"}))


def archive(members: dict[str, bytes], mode: str = "w") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as tar:  # type: ignore[call-overload]  # the mode is a literal's
        for name, content in members.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            tar.addfile(header, io.BytesIO(content))
    return file.getvalue()


def of(target: str) -> list[bytes]:
    """What that target reads when all is well."""
    return {
        "update": [json.dumps(one).encode() for one in UPDATES],
        "callback_data": [data.encode() for data in DATA],
        "samples": [CSV, JSONL],
        "labelled_table": [CSV, JSONL],
        "history": [export(said(1), service(2), said(3, ["in", {"text": "parts"}]))],
        "chat_file": [json.dumps(CHAT | {"rules": [RULE]}).encode()],
        "expression": [pattern.encode() for pattern in EXPRESSIONS],
        "gguf": [base_model()],
        "backup": [backup(), archive(made({"settings.json": SETTINGS_JSON}), "w:gz")],
        "version_file": [bytes([i]) + (version() / name).read_bytes() for i, name in enumerate(PARTS)],
        "setting": [bytes([SETTINGS.index(name)]) + value for name, value in ENVIRONMENT.items()],
        "api_body": [bytes([i]) + body for i, body in enumerate(BODIES)],
        "reading": ["\u202eeerf\u202c b⭕nus fr33 c4sh cl1ck w\u200bin 🅰️pply".encode()],
    }[target]
