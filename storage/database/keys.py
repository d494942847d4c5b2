"""The key file: the newest key first, then those that older backups still need."""

from __future__ import annotations

import re
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from storage.database import files
from storage.database.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

KEY = re.compile(r"[0-9a-f]{64}")


def fresh_key() -> str:
    return secrets.token_hex(32)


def make_key(path: Path) -> None:
    """Write a fresh key where there is none; 64 hex digits, readable by its owner only.

    Where another program makes one at the same moment, the first one stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileExistsError):
        files.write(path, f"{fresh_key()}\n".encode("ascii"), over=False)


def read_key(database: Path, key_file: Path) -> str:
    """The newest key, made at first use; never anew beside a database that has one."""
    return read_keys(database, key_file)[0]


def read_keys(database: Path, key_file: Path) -> tuple[str, ...]:
    """All keys to try, the newest first. After a key come a space and the day it was replaced."""
    kept = database.exists()  # asked first: another program may be making both, the key first
    if not key_file.exists():
        if kept:
            raise StoreError(
                f"The key file {key_file} is missing, so {database} cannot be opened; "
                "put the key back, or set OPSCHAALGIDS_KEY_FILE to where it is."
            )
        make_key(key_file)
    text = key_file.read_text(encoding="ascii", errors="replace").strip()
    if not (text or kept):
        raise StoreError(f"{key_file} is empty, and nothing was kept yet; remove that file.")
    keys = tuple(line.partition(" ")[0] for line in text.split("\n"))
    if not all(KEY.fullmatch(key) for key in keys):
        raise StoreError(
            f"{key_file} holds no key of 64 hexadecimal digits; put the right key file back."
        )
    return keys
