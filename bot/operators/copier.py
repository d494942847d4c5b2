"""A process that copies the database, each time it is asked: `python -m bot.operators.copier`.

Apart from the program, so that no slow disk and no page of a large database holds up an
answer. Of its arguments: the database, its key file, the folder of the copies, and for how
many days they may stay. Each line that it reads is a CopyAsk, each that it writes a CopyState.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from storage.backups.series import Series
from storage.database.errors import StoreError

BACKGROUND = 5  # how far it steps back for the conversation


@dataclass(frozen=True)
class CopyAsk:
    """`at`: the time. `same`: nothing changed since the last copy.

    `thin`: the clock is believed, so what is old by it may go.
    """

    at: str
    same: bool = False
    thin: bool = True


@dataclass(frozen=True)
class CopyState:
    """`wrong`: why there is no copy; empty where there is one. `apart`: on another disk."""

    wrong: str = ""
    apart: bool = True


def main() -> None:
    database, key_file, folder = map(Path, sys.argv[1:4])
    series, days = Series(database, key_file, folder, along=True), int(sys.argv[4])
    _modest()
    asked: SimpleQueue[CopyAsk] = SimpleQueue()
    Thread(target=_hears, args=[asked], daemon=True).start()
    last: Path | None = None
    while True:
        ask = asked.get()
        try:
            last = _copied(series, days, ask, last)
            told = CopyState("", series.apart)
        except (StoreError, OSError) as error:
            told = CopyState(reason(error, folder))
        sys.stdout.write(f"{json.dumps(asdict(told))}\n")
        sys.stdout.flush()


def _copied(series: Series, days: int, ask: CopyAsk, last: Path | None) -> Path:
    at = datetime.fromisoformat(ask.at)
    if not (ask.same and last and series.still(last, at)):
        last = series.add(at)
    if ask.thin:
        series.thin(days, at)
    return last


def reason(error: BaseException, folder: Path) -> str:
    """The first cause, in the words of the disk: the same while the cause is the same."""
    while error.__cause__:
        error = error.__cause__
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return said.replace(f"{folder}{os.sep}", "")


def _modest() -> None:
    """The program that asks ends it: a signal to both is not meant for this one."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    with suppress(AttributeError, OSError):  # not on Windows
        os.nice(BACKGROUND)


def _hears(asked: SimpleQueue[CopyAsk]) -> None:
    """Where who asks has ended, this ends too, whatever it is about."""
    for line in sys.stdin:
        asked.put(CopyAsk(**json.loads(line)))
    os._exit(0)


if __name__ == "__main__":
    main()
