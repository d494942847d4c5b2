"""The key file: the newest key first, then those that older backups still need."""

from __future__ import annotations

import os
import re
import secrets
from typing import TYPE_CHECKING

from storage.trouble import StoreError

if TYPE_CHECKING:
    from pathlib import Path

KEY = re.compile(r"[0-9a-f]{64}")


def fresh_key() -> str:
    return secrets.token_hex(32)


def make_key(path: Path) -> str:
    """Write a fresh key where there is none; 64 hex digits, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        key = fresh_key()
        file.write(key + "\n")
        file.flush()
        os.fsync(file.fileno())
    return key


def read_key(database: Path, key_file: Path) -> str:
    """The newest key, made at first use; never anew beside a database that has one."""
    return read_keys(database, key_file)[0]


def read_keys(database: Path, key_file: Path) -> tuple[str, ...]:
    """All keys to try, the newest first. After a key come a space and the day it was replaced."""
    if not key_file.exists():
        if database.exists():
            raise StoreError(
                f"The key file {key_file} is missing, so {database} cannot be opened; "
                "put the key back, or set OPSCHAALGIDS_KEY_FILE to where it is."
            )
        return (make_key(key_file),)
    text = key_file.read_text(encoding="ascii", errors="replace").strip()
    keys = tuple(line.partition(" ")[0] for line in text.split("\n"))
    if not all(KEY.fullmatch(key) for key in keys):
        raise StoreError(
            f"{key_file} holds no key of 64 hexadecimal digits; put the right key file back."
        )
    return keys


def sync_folder(folder: Path) -> None:
    """A new file's name is safe only when its folder is; Windows cannot and need not."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
