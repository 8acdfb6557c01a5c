"""Makes .venv: the pinned packages, torch, and an editable install of this clone.

Only the standard library is used, for nothing else is there yet. Run by `make`; safe to run again:
what is already installed from the same lock is left alone, and a broken run is taken up where it was.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import importlib.util
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
TORCH = "torch==2.13.0"
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
NEEDED_BYTES = 3_000_000_000  # 2.0 GB stay in .venv with the tests' packages; the rest is room to unpack in


def main() -> int:
    """Set the environment up. Returns the exit code; every refusal is one sentence."""
    parser = argparse.ArgumentParser(description="Install hamlet into .venv")
    parser.add_argument("--dev", action="store_true", help="also what the tests need")
    wants_dev = parser.parse_args().dev
    if refusal := why_not():
        print(f"hamlet: {refusal}", file=sys.stderr)
        return 1
    lock = ROOT / ("requirements-dev.txt" if wants_dev else "requirements.txt")
    stamp = VENV / f".installed-{lock.stem}"
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == fingerprint(lock):
        return 0
    try:
        install(lock)
    except InstallError as error:
        print(f"\nhamlet: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nhamlet: stopped; the next run goes on from here", file=sys.stderr)
        return 130
    stamp.write_text(fingerprint(lock))
    return 0


class InstallError(Exception):
    """A step of the installation failed; the text says which and what to do."""


def why_not() -> str | None:
    """The reason why this machine cannot take the installation, or None."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 14):
        found = f"{sys.version_info.major}.{sys.version_info.minor}"
        return f"Python 3.11 to 3.14 is needed, this is {found}; try `make run PYTHON=python3.12`."
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing and not PYTHON.exists():
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return f"Python's venv module is missing: `apt install python{version}-venv`, then run this again."
    free = shutil.disk_usage(ROOT).free
    if free < NEEDED_BYTES and not PYTHON.exists():
        return f"{free / 1e9:.1f} GB are free on this disk and the installation needs {NEEDED_BYTES / 1e9:.0f} GB."
    return None


def fingerprint(lock: Path) -> str:
    """Changes whenever the lock, the project's metadata, torch's pin or the interpreter does."""
    parts = (
        lock.read_bytes(),
        (ROOT / "pyproject.toml").read_bytes(),
        TORCH.encode(),
        sys.version.encode(),
        bytes(ROOT),
    )
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def install(lock: Path) -> None:
    """Create the environment where needed and fill it from `lock`. Raises InstallError."""
    if not is_usable():
        print(f"Creating {VENV.name} with Python {sys.version.split()[0]} …", flush=True)
        shutil.rmtree(VENV, ignore_errors=True)
        run("creating the virtual environment", [sys.executable, "-m", "venv", str(VENV)])
        (VENV / "made-for").write_text(str(ROOT))
    total = sum(1 for line in lock.read_text().splitlines() if line[:1].isalnum())
    print(f"Installing {total} pinned packages (about {'450' if 'dev' in lock.stem else '300'} MB) …", flush=True)
    pip("the pinned packages", ["--no-deps", "--require-hashes", "-r", str(lock)], total)
    install_torch()
    pip("hamlet itself", ["--no-deps", "--no-build-isolation", "-e", str(ROOT)], 1)


def is_usable() -> bool:
    """Whether .venv is whole, of this Python and of this folder; half-made or moved, it is made anew."""
    check = "import pip, sys; sys.exit(sys.version != sys.argv[1] or sys.prefix != sys.argv[2])"
    home = VENV / "made-for"
    if not PYTHON.exists() or not home.exists() or home.read_text() != str(ROOT):
        return False
    return subprocess.run([PYTHON, "-c", check, sys.version, str(VENV)], capture_output=True).returncode == 0


def install_torch() -> None:
    """torch from PyTorch's own CPU index where it answers, else from the package index."""
    check = "import torch, sys; sys.exit(torch.__version__.split('+')[0] != sys.argv[1])"
    if subprocess.run([PYTHON, "-c", check, TORCH.split("==")[1]], capture_output=True).returncode == 0:
        return
    if cpu_index_answers():
        print(f"Installing {TORCH} for the CPU (about 200 MB) …", flush=True)
        try:
            pip("torch", [TORCH, "--index-url", TORCH_CPU_INDEX], 1)
            return
        except InstallError:
            print("  PyTorch's CPU index answers, but gave no torch.", flush=True)
    print(f"Installing {TORCH} from the package index (PyTorch's CPU index is out of reach): about 200 MB where")
    print("a CPU build is offered, up to 3 GB on Linux with the CUDA libraries the general build brings …", flush=True)
    pip("torch", [TORCH], 1)


def cpu_index_answers() -> bool:
    try:
        with urllib.request.urlopen(f"{TORCH_CPU_INDEX}/torch/", timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, http.client.HTTPException):
        return False


def run(what: str, command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise InstallError(f"{what} failed:\n{(done.stdout + done.stderr)[-2000:]}")


def pip(what: str, arguments: list[str], total: int) -> None:
    """Run pip and draw its progress, one step a package. Raises InstallError with pip's last lines."""
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", *arguments]
    tail: list[str] = []
    seen, started = 0, time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            tail = [*tail[-30:], line]
            seen += line.startswith("Collecting")
            draw(line.strip(), seen, total, started)
    if process.returncode:
        raise InstallError(f"installing {what} failed; mend what pip says and run this again:\n{''.join(tail)}")
    print(
        f"\r\033[K  {what}: {time.monotonic() - started:.0f} s" if sys.stdout.isatty() else f"  {what}: done",
        flush=True,
    )


def draw(line: str, seen: int, total: int, started: float) -> None:
    if not sys.stdout.isatty():
        return
    share = min(seen / total, 1.0)
    left = f"{(time.monotonic() - started) * (1 - share) / share:3.0f} s left" if 0.05 < share < 1 else ""
    width = max(shutil.get_terminal_size().columns - 50, 10)
    bar = "█" * int(20 * share) + "░" * (20 - int(20 * share))
    print(f"\r\033[K  {bar} {min(seen, total)}/{total} {left} {line[:width]}", end="", flush=True)


if __name__ == "__main__":
    os.environ.setdefault("PIP_ROOT_USER_ACTION", "ignore")
    sys.exit(main())
