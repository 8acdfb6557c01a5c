"""What `hamlet run` needs before it starts the processes: the home's lock, a free port, a champion."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from cli.errors import CommandError
from cli.supervision import MARK, python
from review.settings import ReviewSettings
from storage.learning import versions
from storage.session import open_engine, reading, transaction
from storage.settings import StorageSettings
from storage.shared_models import ModelsUnreachable
from storage.views import wellness


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold the home's lock. Raises CommandError while another `hamlet run` holds it."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        file = (home / "run.lock").open("a+")
    except OSError as error:
        raise CommandError(f"the folder {home} cannot be used: {error.strerror}; set HAMLET_HOME to another") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CommandError(
                f"hamlet is running in {home} already; stop it, or set HAMLET_HOME and HAMLET_PORT"
            ) from error
        yield


def require_free_port(review: ReviewSettings) -> None:
    """Raises CommandError where the review site could not listen."""
    family = socket.AF_INET6 if ":" in review.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((review.host, review.port))
        except OSError as error:
            reason = f"port {review.port} on {review.host} cannot be used ({error.strerror})"
            raise CommandError(f"{reason}; choose another: `HAMLET_PORT={review.port + 1} make run`") from error


def ensure_champion(console: Console, storage: StorageSettings, home: Path) -> None:
    """Fine-tune the first time; promote a version whose training ended before it was promoted."""
    engine = open_engine(storage.address)
    with reading(engine) as session:
        champion, challenger = versions.champion(session), versions.newest_challenger(session)
        usable = wellness.find_usable_version(session, storage.has_files)
    if champion is not None:
        _publish(console, storage, champion.name)
        console.print(_who_serves(storage, champion.name, usable), markup=False)
        return
    if challenger is None:
        console.print(
            "No model version yet: making a first one from a part of the seed set, in a minute or two. It serves while "
            "the next learns from all of it."
        )
        _train_apart(home)
    with transaction(engine) as session:
        challenger = versions.newest_challenger(session)
        if challenger is None:
            raise CommandError("the fine-tuning run registered no model version; run `hamlet train` to see why")
        versions.promote(session, challenger.name, "the first run")


def _publish(console: Console, storage: StorageSettings, champion: str) -> None:
    """Have the champion where other machines fetch versions; an address that is out of reach stops nothing here."""
    if not (storage.models / champion).is_dir():
        return
    try:
        storage.shared_models.publish(champion)
    except ModelsUnreachable as error:
        console.print(f"Going on without: {error}.", markup=False)


def _who_serves(storage: StorageSettings, champion: str, usable: str | None) -> str:
    """The champion, and what is wrong where another version has to judge in its place; `usable` is the one that can."""
    if usable == champion:
        return f"Model version {champion} serves."
    gone = f"The files of model version {champion} are not in {storage.models / champion}"
    remedy = "put them back, or promote another version: `hamlet models`, `hamlet promote`"
    return f"{gone}: {f'{usable} judges instead' if usable else 'nothing can be judged'} until you {remedy}."


def _train_apart(home: Path) -> None:
    """Fine-tune in a process of its own: the gigabytes of memory it takes must not stay while we serve."""
    done = subprocess.run(python("cli", "train", "--first"), env=os.environ | {MARK: str(home)})
    if done.returncode:
        raise CommandError("the fine-tuning run failed, see above; `make run` tries again")
