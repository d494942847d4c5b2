"""An installation with something in its database, and its command line as a process."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.database.connection import open_database
from tests.program import INSTALLED

if TYPE_CHECKING:
    from pathlib import Path

LINES = 1_500
"""Of 2 KiB in a full database: 3 MB, somewhat more on the disk."""


@dataclass
class Installed:
    """A database with something in it, and the command line."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "guide.db"

    def filled(self, lines: int = LINES) -> Installed:
        db = open_database(self.database, self.folder / "key")
        texts = ([secrets.token_hex(1024)] for _ in range(lines))
        db.conn.execute("BEGIN")
        db.conn.executemany("INSERT INTO aside(body, error, at) VALUES ('{}', ?, 'then')", texts)
        db.conn.execute("UPDATE aside SET done_at = 'then'")
        db.conn.execute("COMMIT")
        db.conn.execute("INSERT INTO facts(name, value) VALUES ('heard', '2026-01-01')")
        db.close()
        return self

    def runs(self, *arguments: str, typed: str = "", **more: str) -> tuple[int, str, str]:
        process = subprocess.run(
            [INSTALLED, *arguments], env=self.environment() | more, cwd=self.folder,
            input=typed, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        return process.returncode, process.stdout, process.stderr

    def environment(self) -> dict[str, str]:
        ours = {k: v for k, v in os.environ.items() if not k.startswith(("OPSCHAAL", "TELEGRAM"))}  # noqa: TID251
        place = {"DATABASE": str(self.database), "KEY_FILE": str(self.folder / "key")}
        return ours | {f"OPSCHAALGIDS_{name}": value for name, value in place.items()}

    def is_put_back(self, copy: Path, lines: int = LINES) -> bool:
        """Whether another installation with the same key begins with it, and nothing is amiss."""
        other = Installed(self.folder / f"other{secrets.token_hex(4)}")
        other.folder.mkdir()
        for name in ("key", "guide.db.erased"):
            shutil.copy(self.folder / name, other.folder / name)
        if other.runs("restore", str(copy))[0]:
            return False
        db = open_database(other.database, other.folder / "key")
        (count,) = db.execute("SELECT COUNT(*) FROM aside").fetchone()
        db.close()
        return bool(count == lines)
