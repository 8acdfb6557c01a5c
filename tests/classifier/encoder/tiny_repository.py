"""A repository of the hub as transformers writes it, only tiny and random: config, weights, a Unigram tokenizer."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from transformers import BertConfig, BertModel, XLMRobertaConfig, XLMRobertaModel

from classifier.encoder import quantised

LETTERS = string.ascii_lowercase + "абвгдеёжзийклмнопрстуфхцчшщъыьэюя0123456789.,:!?$"
WORDS = ("hello", "world", "query", "spam", "привет", "мир", "ing", "▁the", "▁query:")
SPECIALS = ("<s>", "<pad>", "</s>", "<unk>")
SHAPE: dict[str, Any] = {
    "hidden_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 96,
    "type_vocab_size": 2,
    "hidden_dropout_prob": 0.0,
    "attention_probs_dropout_prob": 0.0,
    "pad_token_id": 1,
}


def pieces() -> list[tuple[str, float]]:
    """The vocabulary with its scores: every letter, alone and at a word's beginning, and some words."""
    listed = [*SPECIALS, "▁", *LETTERS, *(f"▁{letter}" for letter in LETTERS), *WORDS]
    return [
        (piece, 0.0 if piece in SPECIALS else -1.0 - 0.37 * (i % 11) / len(piece)) for i, piece in enumerate(listed)
    ]


def tokenizer() -> Tokenizer:
    """The same as the tokenizers library has it."""
    made = Tokenizer(models.Unigram(pieces(), unk_id=SPECIALS.index("<unk>")))
    made.normalizer = normalizers.Replace(" {2,}", " ")
    made.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    return made


def write(folder: Path, kind: str) -> Any:
    """Write the repository of that kind, bert or xlm-roberta. Returns transformers' own model, its weights exact in 8 bits."""
    torch.manual_seed(0)
    shape = SHAPE | {"vocab_size": len(pieces()) + 1}
    if kind == "bert":
        model = BertModel(BertConfig(max_position_embeddings=48, **shape)).eval()
    else:
        model = XLMRobertaModel(XLMRobertaConfig(max_position_embeddings=50, **shape)).eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.dim() == 2 and "position" not in name and "token_type" not in name:
                weight.copy_(quantised.plain(*quantised.quantised(weight * 4)))
    model.save_pretrained(folder)
    tokenizer().save(str(folder / "tokenizer.json"))
    weights = load_file(folder / "model.safetensors")
    save_file({name: weight.clone() for name, weight in weights.items()}, folder / "model.safetensors")
    return model
