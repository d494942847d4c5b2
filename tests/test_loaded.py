"""Nothing is loaded that a command does not need. Counted by module: a time would depend."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.bench_start import OURS, begun, loaded

if TYPE_CHECKING:
    from pathlib import Path

MAKERS = {"typst", "docx", "odfdo", "pptx", "xlsxwriter", "PIL", "lxml"}
"""A worker makes documents, in a process of its own."""

BY_SOME = {"holidays", "icalendar", "dateparser", "regex", "segno"}
NET = {"telegram", "httpx", "aiohttp", "prometheus_client", "asyncio", "ssl"}
LINES = {"prompt_toolkit", "dotenv", "platformdirs", "filelock"}
"""A line editor where both ends are a terminal; files that are not there."""

TOOLS = {"click", "dateutil"}
"""What sqlite-utils has a command line of its own with."""

NEVER = {
    "chat": MAKERS | BY_SOME | NET | LINES | {"rapidfuzz", "content.documents.blocks"},
    "doctor": MAKERS | BY_SOME | NET | LINES,
    "forget --canvas 1": MAKERS | BY_SOME | NET | LINES,
    "traject list": MAKERS | BY_SOME | NET - {"asyncio", "ssl"} | LINES,
    "export --format json": MAKERS | BY_SOME | NET - {"asyncio", "ssl"} | LINES,
    "draw": MAKERS | BY_SOME | NET | LINES | {"sqlite_utils"},
}
"""Command -> what it must not load to do nothing."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that is there, as it is for all but the first start."""
    found = tmp_path_factory.mktemp("loaded")
    assert begun("chat", found).returncode == 0
    return found


@pytest.mark.parametrize("command", NEVER)
def test_a_command_loads_what_it_needs(command: str, folder: Path) -> None:
    found = loaded(command, folder)
    assert "bot.cli" in found
    assert not found & (NEVER[command] | TOOLS)


@pytest.mark.parametrize("command", ["--help", "chat --help", "", "nonsense"])
def test_help_and_a_mistake_load_next_to_nothing(command: str, folder: Path) -> None:
    found = loaded(command, folder)
    ours = {name for name in found if name.startswith(OURS)}
    packages = {name.partition(".")[0] for name in found} - sys.stdlib_module_names - {*OURS}
    if command != "chat --help":
        assert len(ours) < 12, ours
        assert not packages & {"jinja2", "sqlite_utils", "sqlcipher3", "transitions"}
    assert not found & (MAKERS | BY_SOME | NET | LINES)


def test_telegram_loads_no_document_and_no_calendar(folder: Path) -> None:
    """All that the program has loaded when it begins to listen."""
    said = begun(
        "telegram", folder,
        then="import bot.commands.serve, bot.channels.telegram.bot; print(*sys.modules)",
    )  # fmt: skip
    found = set(said.stdout.split())
    assert "telegram" in found
    assert not found & (MAKERS | BY_SOME | TOOLS | {"prompt_toolkit", "rapidfuzz"})
    assert not found & {"httpx", "cryptography", "pytz", "prometheus_client", "aiohttp.web"}


MADE = (
    "import atexit; from flows.machine import MACHINE; from flows.model.effects import Deed; "
    "made = lambda: [k.__name__ for k in Deed.__subclasses__() if '__match_args__' in vars(k)]; "
    "atexit.register(lambda: print('MADE', *MACHINE.events, *made())); main()"
)


def test_a_start_makes_no_move_and_no_deed_that_nobody_asks_for(folder: Path) -> None:
    """Of the table's five thousand moves only those of what the first line means."""
    said = begun("chat", folder, then=MADE)
    assert said.stdout.rpartition("MADE ")[2].split() == ["start"]


COUNTED = (
    "import atexit, sys; "
    "kinds = lambda: {k for m in [*sys.modules.values()] for k in vars(m).values() "
    "if isinstance(k, type) and k.__module__.startswith(('bot', 'content', 'flows', 'storage'))}; "
    "atexit.register(lambda: print('KINDS', sum('__match_args__' in vars(k) for k in kinds()), "
    "sum(k.__init__.__name__ == 'first' for k in kinds()))); main()"
)


def test_a_start_makes_few_dataclasses(folder: Path) -> None:
    """Each takes half a millisecond: those of trajectories wait until there is one."""
    made, waiting = map(int, begun("chat", folder, then=COUNTED).stdout.split("KINDS ")[1].split())
    assert made < 100
    assert waiting > 80
