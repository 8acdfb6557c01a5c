"""A proxy between a process and its server, over TCP: it can freeze, delay, cut, refuse and lead elsewhere."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

Target = tuple[str, int] | Path  # a port, or a unix socket
CHUNK = 65_536


class Proxy:
    """Listens on a port of this machine, and passes on what comes until it is told otherwise."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.delay = 0.0  # seconds by which each chunk is late, in both directions
        self.refuses = False
        self.answers_cut = 0
        self._cut_share, self._rng = 0.0, random.Random(0)
        self._flows = threading.Event()
        self._flows.set()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._server = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self._server.getsockname()[1])

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, _k: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        self._server.close()
        self._flows.set()
        self.cut()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Take connections and bytes meanwhile, and pass none on."""
        self._flows.clear()
        try:
            yield
        finally:
            self._flows.set()

    @contextlib.contextmanager
    def down(self) -> Iterator[None]:
        """End every connection and refuse new ones meanwhile."""
        self.refuses = True
        self.cut()
        try:
            yield
        finally:
            self.refuses = False

    def cut_answers(self, rng: random.Random, share: float) -> None:
        """From now on have so large a share of the answers end half-way."""
        with self._lock:
            self._rng, self._cut_share = rng, share

    def cut(self) -> None:
        """End every connection that is open now."""
        with self._lock:
            ended, self._open = self._open, set()
        for end in ended:
            _close(end)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        try:
            server = self._reached()
        except OSError:
            _close(client)
            return
        with self._lock:
            self._open |= {client, server}
        threading.Thread(target=self._pass, args=(client, server, False), daemon=True).start()
        self._pass(server, client, True)

    def _reached(self) -> socket.socket:
        if self.refuses:
            raise ConnectionRefusedError
        if isinstance(self.target, Path):
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self.target))
            return server
        return socket.create_connection(self.target, timeout=5)

    def _pass(self, source: socket.socket, to: socket.socket, is_answer: bool) -> None:
        """Until one of both ends, which ends the other."""
        with contextlib.suppress(OSError):
            source.settimeout(None)
            while data := source.recv(CHUNK):
                self._flows.wait()
                if self.delay:
                    time.sleep(self.delay)
                if is_answer and self._is_to_be_cut():
                    to.sendall(data[: len(data) // 2])
                    break
                to.sendall(data)
        with self._lock:
            self._open -= {source, to}
        for end in (source, to):
            _close(end)

    def _is_to_be_cut(self) -> bool:
        with self._lock:
            is_cut = self._rng.random() < self._cut_share
            self.answers_cut += is_cut
            return is_cut


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        end.close()
