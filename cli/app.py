"""The command line: every command under its name, and the one way out of an error."""

from __future__ import annotations

from collections.abc import Callable

import typer

from cli.commands import base_models, chats, classification, models, operation, samples, tokens, training
from cli.errors import errors_as_sentences
from jobs.entry_point import refuse

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

COMMANDS: dict[str, Callable[..., None]] = {
    "generate": base_models.generate,
    "experiments": training.experiments,
    "import": samples.import_file,
    "export": samples.export_file,
    "promote": models.promote,
    "rollback": models.rollback,
    "replay": classification.replay,
    "run": operation.run,
    "train": training.train,
    "classify": classification.classify,
    "login": operation.login,
    "logout": operation.logout,
    "migrate": operation.migrate,
    "strictness": chats.strictness,
    "stop": chats.stop,
    "go-on": chats.go_on,
    "retry-failed": chats.retry_failed,
    "rescan": chats.rescan,
    "health": operation.health,
    "backup": operation.backup,
    "restore": operation.restore,
    "doctor": operation.doctor,
}
GROUPS = {
    "chats": chats.chats,
    "base-models": base_models.base_models,
    "models": models.models,
    "tokens": tokens.tokens,
}

for name, command in COMMANDS.items():
    app.command(name)(command)
for name, group in GROUPS.items():
    app.add_typer(group, name=name)


def main() -> None:
    """Run the command line; a named error ends it with one sentence."""
    with errors_as_sentences():
        app()


@app.callback()
def prepare() -> None:
    """hamlet: to be spam, or not to be."""
    from cli import settings
    from jobs import logs

    logs.to_standard_error()

    if unknown := settings.unknown(settings.of_this_process()):
        refuse("; ".join(unknown))
