"""Base models and encoders from the shell: which there are, fetching one, seeing it write."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from cli.console import table
from cli.errors import CommandError
from training.fit import base_models, encoders
from training.settings import TrainingSettings


def show(console: Console) -> None:
    """A table of the named base models and encoders and of what else the cache holds."""
    cache = TrainingSettings().cache
    listed = table("base model", "from", "in the cache")
    cached_models, cached_encoders = base_models.in_cache(cache), encoders.in_cache(cache)
    for name in dict.fromkeys([*base_models.names(), *cached_models]):
        listed.add_row(name, base_models.source(name), "yes" if name in cached_models else "no")
    for name in dict.fromkeys([*encoders.names(), *cached_encoders]):
        listed.add_row(f"{name} (encoder)", encoders.source(name), "yes" if name in cached_encoders else "no")
    console.print(listed)
    console.print(
        "\nAny Llama or Qwen2 repository of the Hugging Face hub with safetensors works too, as owner/name; and as an "
        "encoder any of BERT or XLM-RoBERTa with a Unigram tokenizer (`hamlet base-models fetch owner/name --encoder`)."
    )


def fetch(console: Console, name: str, as_encoder: bool = False) -> None:
    """Download and convert, unless the cache has it. Raises DownloadError or PretrainedError."""
    cache = TrainingSettings().cache
    if as_encoder or name in encoders.names():
        _fetch_encoder(console, name, cache)
        return
    config = base_models.fetch(name, cache, console.print).config
    console.print(
        f"{name}: {config.n_blocks} blocks of width {config.d_model}, {config.vocab_size:,} tokens; "
        f"in {base_models.folder_of(name, cache)}"
    )


def _fetch_encoder(console: Console, name: str, cache: Path) -> None:
    encoders.require_supported(name)
    encoder = encoders.fetch(name, cache, console.print)
    assert encoder is not None  # only an empty name has none, and that is refused above
    shape, where = encoder.config, encoders.folder_of(name, cache)
    console.print(f"{name}: {shape.n_blocks} blocks of width {shape.d_model}, {shape.vocab_size:,} tokens; in {where}")


def generate(console: Console, text: str, name: str | None, tokens: int) -> None:
    """Print the text and, as they come, the likeliest next tokens."""
    settings = TrainingSettings()
    base = base_models.fetch(name or settings.base_model, settings.cache, console.print)
    model, ids = base.language_model(), base.tokenizer.encode(text)
    if not ids:
        raise CommandError(
            'there is no text to go on with; give one, such as `hamlet generate "Every effort moves you"`'
        )
    start, shown = len(ids), text
    print(text, end="", flush=True)
    for _ in range(tokens):
        ids += model.continue_greedily(ids, 1)
        written = text + base.tokenizer.decode(ids[start:])
        if not written.endswith("\ufffd"):  # the rest of a character is still to come
            print(written[len(shown) :], end="", flush=True)
            shown = written
    print()
