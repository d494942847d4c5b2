"""Commands of the real program, one forked process each, with a fault at one call on the disk.

Started with tests/faulty.c between it and the disk. Reads a line of JSON for each run,
answers with one: the exit code as a shell has it (137 where it was killed), and what it said.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from bot import cli
from tests import warm


def main() -> None:
    warm.read("bot.start")
    for line in sys.stdin:
        asked = json.loads(line)
        said = Path(asked["said"])
        child = os.fork()
        if child == 0:
            _run(asked, said)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        found = {"code": 128 - code if code < 0 else code, "said": said.read_text("utf-8")}
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


def _run(asked: dict[str, Any], said: Path) -> None:
    os.environ.update(asked["env"])  # noqa: TID251 - its own, as a shell would set it
    os.chdir(asked["folder"])
    nothing = os.open(os.devnull, os.O_RDWR)
    heard = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for number, handle in enumerate((nothing, nothing, heard)):
        os.dup2(handle, number)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    try:
        cli.main(asked["arguments"])
    except SystemExit as end:
        os._exit(int(end.code or 0))
    except BaseException as error:  # noqa: BLE001 - whatever it is, the test must see it
        sys.excepthook(type(error), error, error.__traceback__)
        os._exit(1)


if __name__ == "__main__":
    main()
