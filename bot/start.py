"""Where the program begins, and whether the packages that it will load are its own.

Its four packages stand at the top of where Python looks, under names that others may
have too. An installation beside such a package would fail later, and not by a sentence.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

NAMES = ("bot", "content", "flows", "storage")
OURS = '"""Part of opschaalgids: bot/start.py looks for this line."""'
HERE = Path(__file__).parent.parent
TO_MEND = 2


def main() -> None:
    """Run a command and leave with its exit code."""
    strange = stranger()
    if strange:
        sys.stderr.write(f"opschaalgids: {strange}\n")
        sys.exit(TO_MEND)
    from bot.cli import main as run  # noqa: PLC0415 - it loads all of them

    run()


def stranger() -> str:
    """What is not this program's own, in one sentence; nothing where all is well."""
    for name in NAMES:
        found = find_spec(name)
        path = Path(found.origin) if found and found.origin else None
        if path is None or path.parent != HERE / name or not _ours(path):
            return (
                f"the package {name} in {path.parent if path else HERE} is not its own; "
                "install it apart from others, as README.md says under Install."
            )
    return ""


def _ours(path: Path) -> bool:
    """Whether another package did not write its own file over this one."""
    return path.read_text(encoding="utf-8", errors="replace").startswith(OURS)


if __name__ == "__main__":
    main()
