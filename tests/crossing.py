"""The real program, and a death at a named point: `python -m tests.crossing telegram`.

CROSSING=`point#n` kills this process, as a power cut would, the n-th time that it
comes by. The points are around what the program does to the world: its commits and
its calls; or `before storage.database.files._named`, before or after a function that is named.
They are hung onto the libraries from outside; the product has no hook.

Other mishaps, each by a setting of its own: FILE_LIMIT=bytes, a disk that is full;
OPEN_FILES=n, so many open files and no more;
READ_ONLY=1, a database that takes no writes, or READ_ONLY=path, while that file is there;
POISON=text, a turn that fails at that text; CLOCK=path, seconds by which the clock is
wrong, read again each time; SCALE=n, in which whatever waits for the database waits n
times as short, and a minute's round comes n times as often.
"""

from __future__ import annotations

import importlib
import os
import re
import resource
import signal
import sys
from contextlib import suppress
from datetime import UTC, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlcipher3.dbapi2 as sqlcipher

from bot import clock
from bot.channels.telegram.line import Line
from flows import machine
from storage.database import leader, postgresql
from storage.database.postgresql import Postgres
from tests.program import Program

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from flows.model.context import Context
    from flows.model.messages import Update
    from flows.model.turn import Intent, Turn

METHODS = ("sendMessage", "editMessageText", "answerCallbackQuery")
COMMITS = ("intake", "sent", "answered")
POINTS = (
    *(f"{when} commit: {what}" for what in COMMITS for when in ("before", "after")),
    *(f"{when} {method}" for method in METHODS for when in ("before", "after")),
    "inside intake", "before acknowledging", "after fetching",
)  # fmt: skip
"""Every boundary; 'inside intake' is after an answer was written and before all was."""

HOOKED = (
    *(point for point in POINTS[:-2] if not point.endswith(METHODS[-1])),
    "before the 200", "after a post",
)  # fmt: skip
"""The same where Telegram posts: what was fetched there, comes here; presses are answered in it."""

ON_PAGES = (
    "before commit: sent", "after commit: sent", "inside intake", "after a form", "before a page",
)  # fmt: skip
"""The same on the web, where what a form brings is kept and said in one commit."""

ROOMS = ("bot", "content", "flows", "storage")
NAMED = re.compile(r"(before|after) (storage[\w.]*)\.(\w+)")

WRITES = {
    "INSERT INTO updates": "intake",
    "UPDATE outbox SET sent_at": "sent",
    "UPDATE updates SET answered_at": "answered",
}
"""By what a statement writes, the name of the commit that it belongs to."""


class Crossing:
    """Counts how often the point was passed."""

    def __init__(self, said: str) -> None:
        self.point, _, number = said.rpartition("#")
        self.left = int(number or 0)

    def by(self, point: str) -> None:
        if point == self.point:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


HERE = Crossing(os.environ.get("CROSSING", ""))  # noqa: TID251 - a launcher's own argument
SAID = os.environ.get("READ_ONLY", "")  # noqa: TID251
REALLY = Line.do_request
REFUSING = Path(SAID) if "/" in SAID else None


class Knows:
    """A connection that knows what it is about to commit; `refuses` is how it takes no change."""

    commits = ""
    refuses = "PRAGMA query_only = {}"

    def execute(self: Any, sql: str, *values: Any) -> Any:
        above: Any = super()
        # Within a transaction that failed a server would hear nothing but its end.
        if REFUSING and (sql == "BEGIN IMMEDIATE" or not self.in_transaction):
            above.execute(self.refuses.format("ON" if REFUSING.exists() else "OFF"))
        what = next((name for start, name in WRITES.items() if sql.startswith(start)), "")
        self.commits = what or self.commits
        ends = sql == "COMMIT" or (what and not self.in_transaction)
        if ends:
            HERE.by(f"before commit: {self.commits}")
        found = above.execute(sql, *values)
        if sql.startswith("INSERT INTO answers"):
            HERE.by("inside intake")
        if sql.startswith(("DELETE FROM canvases", "DELETE FROM people")):
            HERE.by("inside erasing")
        if ends:
            HERE.by(f"after commit: {self.commits}")
            self.commits = ""
        return found


class Crossed(Knows, leader.Connection):
    """One to a file."""


class CrossedThere(Knows, Postgres):
    """One to a server."""

    refuses = "SET default_transaction_read_only = {}"


async def passes(self: Line, url: str, *rest: Any, **more: Any) -> tuple[int, bytes]:
    """A call with a moment before and a moment after."""
    method = re.sub(r".*/(\w+)(\?.*)?", r"\1", url)
    HERE.by("before acknowledging" if "offset=" in url else f"before {method}")
    found = await REALLY(self, url, *rest, **more)
    HERE.by("after fetching" if method == "getUpdates" else f"after {method}")
    return found


# ---------------------------------------------------------------- hung onto the program


def hang(settings: Mapping[str, str]) -> None:  # noqa: C901 - one row for each setting
    """Each onto what the program will import, so before it does."""
    connect = sqlcipher.connect

    def crossed(*said: Any, **more: Any) -> Any:
        found = connect(*said, **{**more, "factory": Crossed})
        if settings.get("READ_ONLY") == "1":
            found.execute("PRAGMA query_only = ON")
        return found

    sqlcipher.connect = crossed
    setattr(postgresql, "Postgres", CrossedThere)  # noqa: B010 - for a while
    Line.do_request = passes  # type: ignore[method-assign]
    if found := NAMED.fullmatch(HERE.point):
        _hang_on(*found.groups())
    if limit := settings.get("FILE_LIMIT"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), resource.RLIM_INFINITY))
    if files := settings.get("OPEN_FILES"):
        resource.setrlimit(resource.RLIMIT_NOFILE, (int(files), int(files)))
    if path := settings.get("CLOCK"):
        _move_the_clock(Path(path))
    if poison := settings.get("POISON"):
        _poison(poison)
    for name, hooks in (("OPSCHAALGIDS_WEBHOOK_URL", _hook), ("OPSCHAALGIDS_WEB_URL", _page)):
        if name in settings:
            hooks()
    if scale := settings.get("SCALE"):
        _hurry(float(scale))


def _hook() -> None:
    from bot.channels.telegram import webhook  # noqa: PLC0415 - it is the program's, and only then

    real = webhook.app

    def crossed(settings: Any, take: Callable[[list[Any]], Awaitable[None]], presses: Any) -> Any:
        async def taken(raw: list[Any]) -> None:
            HERE.by("after a post")
            await take(raw)
            HERE.by("before the 200")

        return real(settings, taken, presses)

    webhook.app = crossed  # type: ignore[assignment]


def _page() -> None:
    from bot.channels.web.site import Site  # noqa: PLC0415 - it is the program's, and only then

    real = Site.act

    async def crossed(self: Site, chat: str, *raws: Any) -> None:
        HERE.by("after a form")
        await real(self, chat, *raws)
        HERE.by("before a page")

    Site.act = crossed  # type: ignore[method-assign]


def _hurry(scale: float) -> None:
    """Before anything else reads these numbers."""
    from bot.channels.telegram import webhook  # noqa: F401, PLC0415 - it counts in the pace's own minutes
    from bot.commands import serve as command  # noqa: PLC0415
    from bot.delivery import tasks  # noqa: PLC0415
    from bot.engine import gap  # noqa: PLC0415

    tasks.PAUSE /= scale
    command.PATIENT_SECONDS /= scale
    gap.BEAT /= scale


def _hang_on(when: str, module: str, name: str) -> None:
    owner = importlib.import_module(module)
    real = getattr(owner, name)

    def passed(*said: Any, **more: Any) -> Any:
        if when == "before":
            HERE.by(HERE.point)
        found = real(*said, **more)
        if when == "after":
            HERE.by(HERE.point)
        return found

    _put(real, passed)


def _put(real: Any, other: Any) -> None:
    """In its place, wherever it was imported to."""
    for module in [one for name, one in sys.modules.items() if name.startswith(ROOMS)]:
        for name in [name for name, value in vars(module).items() if value is real]:
            setattr(module, name, other)


def _move_the_clock(path: Path) -> None:
    real = clock.now

    def moved(zone: str) -> datetime:
        right = real(zone)
        wrong_by = timedelta(seconds=float(path.read_text() or 0))
        return (right.astimezone(UTC) + wrong_by).astimezone(right.tzinfo)

    _put(real, moved)


def _poison(text: str) -> None:
    real = machine.take_turn

    def poisoned(context: Context, update: Update, intent: Intent) -> Turn:
        if update.text == text:
            raise ValueError(f"cannot take {update.text}")
        return real(context, update, intent)

    _put(real, poisoned)


class Launched(Program):
    """The program by way of this launcher. Its settings say what shall happen."""

    command = (sys.executable, "-m", "tests.crossing", "telegram")

    async def stop(self, number: int = signal.SIGTERM) -> int:
        return await ends_by(self, number)


async def ends_by(program: Program, number: int) -> int:
    """As the program's own stop, but asyncio alone asks how it ended: it may do so by itself."""
    if program.running.returncode is None:
        with suppress(ProcessLookupError):
            os.kill(program.running.pid, number)
    return await program.ends()


def main() -> None:
    hang(os.environ)  # noqa: TID251 - a launcher's own arguments
    from bot.cli import main as run  # noqa: PLC0415 - with the points in place

    run()


if __name__ == "__main__":
    main()
