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


def read_keys(database: Path, key_file: Path) -> tuple[str, ...]:
    """All keys to try, the newest first: one made at first use, never beside a database.

    After a key, 64 hex digits, come a space and the day it was replaced.
    """
    kept = database.exists()  # asked first: another program may be making both, the key first
    if not key_file.exists():
        if kept:
            raise StoreError(
                f"The key file {key_file} is missing, so {database} cannot be opened; "
                "put the key back, or set OPSCHAALGIDS_KEY_FILE to where it is."
            )
        key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):  # where two make one at the same moment the first stays
            files.write(key_file, f"{fresh_key()}\n".encode("ascii"), over=False)
    text = key_file.read_text(encoding="ascii", errors="replace").strip()
    if not (text or kept):
        raise StoreError(f"{key_file} is empty, and nothing was kept yet; remove that file.")
    keys = tuple(line.partition(" ")[0] for line in text.split("\n"))
    if not all(KEY.fullmatch(key) for key in keys):
        raise StoreError(
            f"{key_file} holds no key of 64 hexadecimal digits; put the right key file back."
        )
    return keys
