"""`python -m tests.delay SOCKET SECONDS`: what is said to a socket arrives so much later.

And what it answers too. The port of this computer by which it is reached stands on stdout.
"""

from __future__ import annotations

import ctypes
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SLACK = 29
"""Linux's PR_SET_TIMERSLACK: by how many nanoseconds a sleep may be longer; else 50,000."""


def carry(source: socket.socket, target: socket.socket, seconds: float) -> None:
    with suppress(OSError):
        while said := source.recv(1 << 20):
            time.sleep(seconds)
            target.sendall(said)
    for one in (source, target):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


def serve(path: str, seconds: float) -> None:
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(SLACK, 1, 0, 0, 0)
    door = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{door.getsockname()[1]}\n")
    sys.stdout.flush()
    while True:
        near, _ = door.accept()
        far = socket.socket(socket.AF_UNIX)
        far.connect(path)
        near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for way in ((near, far), (far, near)):
            Thread(target=carry, args=(*way, seconds), daemon=True).start()


@contextmanager
def network(to: Path, seconds: float) -> Iterator[int]:
    """The port behind which `to` is so many seconds away, there and back."""
    words = [sys.executable, "-m", "tests.delay", str(to), str(seconds / 2)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        yield int(running.stdout.readline())
        running.kill()


if __name__ == "__main__":
    serve(sys.argv[1], float(sys.argv[2]))
