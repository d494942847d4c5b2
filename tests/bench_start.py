"""What each command costs before it does anything: `python -m tests.bench_start [FOLDER]`.

Processor time and loaded modules of whole processes with nothing to read, and how long each
package takes to load. FOLDER is another checkout, measured by turns with this one, such as a
worktree of a commit before.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench_report import Table

ROOT = Path(__file__).parent.parent
ROUNDS = 20
OURS = ("bot", "content", "flows", "storage")
COMMANDS = ("--help", "chat", "export --format json", "traject list", "doctor", "draw")
"""In an order in which each finds what it needs: a chat makes the database."""

LISTENS = "import bot.commands.serve, bot.program, bot.channels.{0}"
LOADED = {
    "chat": ("chat", "main()"),
    "telegram": ("telegram", LISTENS.format("telegram.bot")),
    "telegram and the web": (
        "serve", f"{LISTENS.format('telegram.bot')}, bot.channels.web.app",
    ),
}  # fmt: skip
"""What is loaded before the first line, or before the program begins to listen."""

LEAST = 2.0  # milliseconds of a package that is named
BEGIN = "import sys; sys.argv = ['opschaalgids', *{words}]; from bot.start import main; "
TELLING = "import atexit; atexit.register(lambda: print('LOADED', *sys.modules, file=sys.stderr)); "


def begun(
    command: str, folder: Path, tree: Path = ROOT, then: str = "main()", *options: str
) -> subprocess.CompletedProcess[str]:
    """A command over the database in `folder`, without input, from a checkout.

    `options`: of Python itself.
    """
    settings = {
        "PYTHONPATH": str(tree),
        "HOME": str(folder),
        "OPSCHAALGIDS_DATABASE": str(folder / "guide.db"),
        "OPSCHAALGIDS_KEY_FILE": str(folder / "key"),
    }
    code = BEGIN.format(words=command.split()) + then
    return subprocess.run(
        [sys.executable, "-P", *options, "-c", code],
        input="", capture_output=True, check=False, text=True, env=settings, cwd=folder,
    )  # fmt: skip


def loaded(command: str, folder: Path, tree: Path = ROOT) -> set[str]:
    """The modules that a command had loaded when it ended."""
    said = begun(command, folder, tree, TELLING + "main()").stderr
    return set(said.rpartition("LOADED ")[2].split())


def cost(command: str, folder: Path, tree: Path) -> float:
    """Processor time of one process, in milliseconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun(command, folder, tree)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def table(folder: Path, trees: tuple[Path, ...]) -> Table:
    found = Table(
        "Start-up, until a command has nothing more to do",
        ("Command", "CPU ms", "Median", "Times", "Modules", "Ours", "Packages"),
    )
    for command in COMMANDS:
        for tree in trees:  # what Python compiles is kept, and a database is made
            begun(command, _of(folder, tree), tree)
        took = [[cost(command, _of(folder, tree), tree) for tree in trees] for _ in range(ROUNDS)]
        each = [*zip(*took, strict=True)]
        for tree, times in zip(trees, each, strict=True):
            modules = loaded(command, _of(folder, tree), tree)
            tops = {name.partition(".")[0] for name in modules}
            found.row(
                command if tree == trees[0] else f"  in {tree.name}",
                f"{min(times):.0f}", f"{median(times):.0f}",
                f"{min(times) / min(each[0]):.2f}", str(len(modules)),
                str(sum(name.startswith(OURS) for name in modules)),
                str(len(tops - sys.stdlib_module_names - {*OURS})),
            )  # fmt: skip
    found.notes = ["The least and the median of processor time; times: beside the first of a kind."]
    return found


def imports(folder: Path) -> Table:
    """Of each package its own modules, the least of some processes."""
    found = Table("Import times, in ms", ("Package", *LOADED))
    took = [_imported(command, folder, then) for command, then in LOADED.values()]
    names = {name for each in took for name, ms in each.items() if ms >= LEAST}
    for name in sorted(names, key=lambda name: -max(each.get(name, 0) for each in took)):
        found.row(name, *(f"{each[name]:.0f}" if name in each else "" for each in took))
    found.row("all, with those below 2 ms", *(f"{sum(each.values()):.0f}" for each in took))
    found.notes = [
        f"By Python's own `-X importtime`, the least of {ROUNDS} processes: it is a clock on the",
        "wall. What is loaded before the first line of `chat`, and before the program listens;",
        "tests/test_loaded.py holds what is loaded by none of them.",
    ]
    return found


def _imported(command: str, folder: Path, then: str) -> dict[str, float]:
    """Package -> milliseconds of its own modules; Python's own together."""
    rounds: list[dict[str, float]] = []
    for _ in range(ROUNDS):
        spent: dict[str, float] = defaultdict(float)
        for line in begun(command, folder, ROOT, then, "-X", "importtime").stderr.splitlines():
            head, _, rest = line.partition("import time:")
            own, name = rest.partition("|")[0], rest.rpartition("|")[2].strip()
            if not head and own.strip().isdecimal():
                top = name.partition(".")[0]
                spent["Python's own" if top in sys.stdlib_module_names else top] += int(own) / 1000
        rounds.append(spent)
    return {name: min(each.get(name, 0.0) for each in rounds) for name in rounds[0]}


def rebuilt() -> Table:
    """Beside the commit before the rebuild. By hand: its program has packages of its own."""
    header = ("", "Before", "Now", "Times before", "At most")
    found = Table("Beside the program before it was rebuilt", header)
    found.row("a turn one by one, ms of the processor", "1.69", "0.58", "0.33", "0.35")
    found.row("--help, ms of the processor", "443", "36", "0.08", "0.25")
    found.row("chat to its first line, ms of the processor", "494", "224", "0.45", "0.5")
    found.row("1,000 people at once, akkoord, ms each", "10.1", "2.7", "0.28", "0.5")
    found.row("the same, p99 in seconds from handed over to sent", "13.6", "4.0", "0.30", "")
    found.row("idle, on Telegram by fetching, MB", "96.5", "65.1", "0.67", "70 MB")
    found.row("idle, on the web, MB", "", "64.4", "", "70 MB")
    found.row("idle, on both, MB", "", "71.3", "", "70 MB")
    found.row("calls a move by buttons alone, by webhook", "", "1.10", "", "2 calls")
    found.row("calls a move by buttons alone, by fetching", "", "2.07", "", "2 calls")
    found.row("the summary, warm, ms", "127", "16", "0.13", "80 ms")
    found.row("the canvas, warm, ms", "206", "12", "0.06", "150 ms")
    found.row("the card, warm, ms", "101", "30", "0.30", "80 ms")
    found.notes = [
        "Measured on 2026-11-29 beside commit 553089a, by turns. A turn: each program's own quick",
        "walk, of each step the median, on a quiet machine. The rest on a busy one: medians of 21",
        "starts (`python -m tests.bench_start FOLDER`) and of 6 crowds, one set of documents each",
        "(`python -m tests.bench_documents`). Idle: VmRSS of the process 5 seconds after it is",
        "ready. Calls: the walk of tests/walkers.py; a press has one answer, and what is said in",
        "two messages is two calls, so that by fetching akkoord, the advice and the summary take",
        "more than two; tests/test_telegram_walks.py holds that none of them could be left out.",
    ]
    return found


def _of(folder: Path, tree: Path) -> Path:
    own = folder / tree.name
    own.mkdir(exist_ok=True)
    return own


def main() -> None:
    trees = (ROOT, *map(Path, sys.argv[1:]))
    with TemporaryDirectory() as folder:
        tables = table(Path(folder), trees), imports(Path(folder))
        sys.stdout.write("\n".join(line for each in tables for line in each.lines()) + "\n")


if __name__ == "__main__":
    main()
