"""Copies of a process that has read the program's modules, in place of reading them each time.

A start of the program reads some 1,100 modules: a second of processor time, and the tests
start it a thousand times. Here each worker reads them once, in a process that does nothing
else, and a start is a fork of that. What starts is the program all the same: a process of its
own with its own number, folder, environment, files and end, a child of whoever asked for it,
and killed by the same signals. Three things are not so: its command line in /proc is another's,
what importing does in it has been done, and where it ends by itself Python does not take all of
that apart again, which would cost more than most commands do.

COLD=1 starts everything anew; so do `make bench`, what `make prove` runs without pytest, and
tests with the fixture `cold`.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import json
import os
import runpy
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any

from bot.cli import COMMANDS

ROOT = str(Path(__file__).parent.parent)
PROGRAM = str(Path(sys.executable).parent / "opschaalgids")
KINDS = {
    (PROGRAM,): "bot.start",
    (sys.executable, "-m", "tests.crossing"): "tests.crossing",
    (sys.executable, "-I", "-m", "bot.documents"): "bot.documents",
    (sys.executable, "-I", "-m", "bot.operators.copier"): "bot.operators.copier",
}
"""By how a command begins, what it runs."""

LIBRARIES = ("aiohttp.web", "dateparser", "holidays", "icalendar", "prometheus_client",
             "rapidfuzz", "segno", "sqlcipher3.dbapi2", "sqlite_utils", "telegram",
             "flows.machine", "content.loader")  # fmt: skip
READ = {
    "bot.start": ("bot.start", "bot.program", "bot.channels.telegram.bot",
                  "bot.channels.telegram.webhook", "bot.channels.web.app", "storage.restore",
                  "filelock", "resource", *(f"bot.commands.{name}" for name in COMMANDS)),
    "tests.crossing": LIBRARIES,  # as SCALE wants it
    "bot.operators.copier": ("storage.backups.series",),
    "bot.documents": ("typst", "docx", "odfdo", "xlsxwriter", "pptx"),
}
"""What is read beforehand. tests.crossing changes numbers before bot or storage read them; the
rest it hangs on what was read for the program itself."""

PLAIN = (False, -1, None, None, None, -1, None)
"""A start without a session, group, user or mask of its own."""

FROM_THE_START = ("LC_", "LANG", "PYTHON", "TZ")
"""Settings that Python reads before anything else: those who differ in them share nothing."""

ADOPTS = 36
"""PR_SET_CHILD_SUBREAPER."""


class Nursery:
    """One kind of process under one such set of settings."""

    def __init__(self, reads: str, settings: dict[str, str]) -> None:
        self.line, theirs = socket.socketpair()
        # Pipes as a program has: Python looks at what its own are when it begins.
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from tests.warm import serve; serve()", reads,
             str(theirs.fileno())],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            cwd=ROOT, env={"PATH": os.defpath, **settings}, pass_fds=[theirs.fileno()],
        )  # fmt: skip
        theirs.close()

    def begins(self, asked: dict[str, Any], files: list[int]) -> int:
        """The number of the new process, now a child of this one."""
        _adopts(1)
        try:
            socket.send_fds(self.line, [json.dumps(asked).encode() + b"\n"], files)
            told = self.line.recv(32)
        finally:
            _adopts(0)
        if not told:
            raise ChildProcessError(self.process.communicate()[1].decode())
        return int(told)


def _adopts(whether: int) -> None:
    """Whether who loses a parent down here becomes a child of this process."""
    ctypes.CDLL(None).prctl(ADOPTS, whether, 0, 0, 0)


class Starts:
    """Stands in for the fork and exec below subprocess and asyncio."""

    def __init__(self) -> None:
        self.cold = bool(os.environ.get("COLD")) or sys.platform != "linux"  # noqa: TID251 - how a test starts things, as elsewhere
        self.really: Any = subprocess._fork_exec  # type: ignore[attr-defined]  # noqa: SLF001
        self.one_by_one, self.asked = Lock(), Counter[tuple[str, str]]()
        self.nurseries: dict[tuple[str, str], Nursery] = {}

    def __call__(self, arguments: list[Any], *said: Any) -> int:
        command = [os.fsdecode(one) for one in arguments]
        begins = next((b for b in KINDS if tuple(command[: len(b)]) == b), None)
        environment = _environment(said[4])
        first = {k: v for k, v in environment.items() if k.startswith(FROM_THE_START)}
        place = first.pop("PYTHONPATH", None)
        if self.cold or begins is None or place not in {None, ROOT} or said[14:21] != PLAIN:
            return int(self.really(arguments, *said))
        runs = KINDS[begins]
        whole = runs == "tests.crossing" and "SCALE" not in environment
        kind = "bot.start" if whole else runs, json.dumps(first)
        asked = {
            "runs": runs, "arguments": [command[0], *command[len(begins) :]],
            "environment": environment, "folder": os.fsdecode(said[3] or Path.cwd()),
        }  # fmt: skip
        files = [own if own >= 0 else n for n, own in enumerate((said[5], said[8], said[10]))]
        with self.one_by_one:
            self.asked[kind] += 1
            if self.asked[kind] > 1:
                return self._nursery(*kind).begins(asked, files)
        return int(self.really(arguments, *said))

    def _nursery(self, reads: str, first: str) -> Nursery:
        if (reads, first) not in self.nurseries:
            self.nurseries[reads, first] = Nursery(reads, json.loads(first))
        return self.nurseries[reads, first]

    def ends(self) -> None:
        for nursery in self.nurseries.values():
            nursery.line.close()
            nursery.process.communicate()
        self.nurseries.clear()


def _environment(lines: list[bytes] | None) -> dict[str, str]:
    if lines is None:
        return dict(os.environ)  # noqa: TID251 - what a child gets
    pairs = (os.fsdecode(line).partition("=") for line in lines)
    return {name: value for name, _, value in pairs}


STARTS = Starts()


# ---------------------------------------------------------------- in the other process


def serve() -> None:
    """Read everything, then become, in a copy, whatever is asked for."""
    reads, number = sys.argv[1], int(sys.argv[2])
    read(reads)
    asked = _asked(socket.socket(fileno=number))
    os.closerange(3, 4096)
    os.chdir(asked["folder"])
    os.environ.clear()  # noqa: TID251 - a launcher's own
    os.environ.update(asked["environment"])  # noqa: TID251
    time.tzset()
    sys.argv = asked["arguments"]
    try:
        if asked["runs"] == "bot.start":
            import_module("bot.start").main()
        else:
            runpy.run_module(asked["runs"], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if not isinstance(end.code, int | None):
            raise
        _ends(end.code or 0)
    _ends(0)


def read(reads: str) -> None:
    """All of that kind, for whatever is forked from here on."""
    for name in READ[reads]:
        import_module(name)
    if reads != "bot.documents":
        _content()
    if reads == "bot.start":
        import_module("tests.compiled").read()
    gc.collect()
    gc.freeze()


def _content() -> None:
    """All words in every language: each is else parsed where it is first said."""
    loader = import_module("content.loader")
    newest = loader.newest()
    for content in (newest, *newest.by_channel.values()):
        for trees in content.words.values():
            for stem in loader.WORDS:
                trees[stem]
    for table in loader.STEERING:
        newest.guide.steering[table]


def _ends(code: int) -> None:
    """As Python ends, up to where it would free what is freed anyway."""
    threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 - waits for threads
    atexit._run_exitfuncs()  # noqa: SLF001
    with suppress(OSError, ValueError):  # a reader that has gone: Python's own end says so
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _asked(line: socket.socket) -> dict[str, Any]:
    """Comes back in each copy, and never in the one that is copied."""
    while True:
        said, files, _, _ = socket.recv_fds(line, 1 << 20, 3)
        if not said:
            os._exit(0)
        while not said.endswith(b"\n"):
            said += line.recv(1 << 20)
        ours, theirs = os.pipe()
        between = os.fork()
        if not between:
            # Of a parent that has ended: whoever asked adopts it.
            if child := os.fork():
                os.write(theirs, str(child).encode())
                os._exit(0)
            for number, file in enumerate(files):
                os.dup2(file, number)
            return dict(json.loads(said))
        os.waitpid(between, 0)
        line.send(os.read(ours, 32))
        for file in (ours, theirs, *files):
            os.close(file)
